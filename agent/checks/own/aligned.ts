import { readSync, writeSync } from 'node:fs'

/** What goes past the cache must begin at such an address at the least. */
const PAGE_BYTES = 4096
/** No allocator gives out memory that begins between these. */
const ADDRESS_STEP = 16

/**
 * The part of memory that begins at a page. Nothing here tells where memory is, but the kernel takes no other for a
 * file that was opened to be used past the cache; null where it takes none.
 *
 * @param memory a page longer than the part.
 * @param writes whether the file's first page may be written to find out, or else is read.
 */
export function alignedPart(memory: Uint8Array, bytes: number, file: number, writes = false): Uint8Array | null {
  for (let start = 0; start < PAGE_BYTES; start += ADDRESS_STEP) {
    const part = memory.subarray(start, start + bytes)
    const attempt = (): number =>
      writes ? writeSync(file, part, 0, PAGE_BYTES, 0) : readSync(file, part, 0, PAGE_BYTES, 0)
    if (unlessInvalid(attempt) !== null) return part
  }
  return null
}

/** Null where the kernel says that it cannot be done so. */
export function unlessInvalid(attempt: () => number): number | null {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EINVAL') return null
    throw error
  }
}

import { constants, openSync, closeSync, fdatasyncSync, readSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { alignedPart, unlessInvalid } from './aligned.ts'
import type { Said } from './names.ts'

const BLOCK_BYTES = 4 * 1024 * 1024
const FILE_BYTES = 256 * 1024 * 1024
/**
 * Neither writing nor reading takes longer, however slow the disk; but where all is written through the page cache, the
 * sync at the end may.
 */
const MOST_MS = 600
/** Of what is free, the part that may be used. */
const FREE_SHARE = 1 / 4
const TMPFS_MAGIC = 0x0102_1994
const PAGE_BYTES = 4096

/**
 * Bytes a second, written to a file that nobody else can see and that is gone at the end of this process, whatever
 * ends it. Past the page cache where the file system can do that, or else with a sync at the end.
 */
export function disk(check: 'disk-write' | 'disk-read', path: string): Said {
  const { bavail, bsize, type } = statfsSync(dirname(path))
  if (type === TMPFS_MAGIC) return { check, skipped: 'the scratch directory is in memory' }
  const blocks = Math.floor(Math.min(FILE_BYTES, bavail * bsize * FREE_SHARE) / BLOCK_BYTES)
  if (blocks < 1) return { check, skipped: 'the scratch directory has too little room' }
  const { file, block, isDirect } = openFile(path)
  try {
    const write = (index: number): number => writeSync(file, block, 0, BLOCK_BYTES, index * BLOCK_BYTES)
    const written = transfer(blocks, write, () => fdatasyncSync(file))
    if (check === 'disk-write') return { check, value: written.rate, unit: 'B/s' }
    // Read through the cache, it would be memory that is measured.
    if (!isDirect) return { check, skipped: 'the file system of the scratch directory reads through memory alone' }
    const read = transfer(written.blocks, (index) => readSync(file, block, 0, BLOCK_BYTES, index * BLOCK_BYTES))
    return { check, value: read.rate, unit: 'B/s' }
  } finally {
    closeSync(file)
  }
}

type Opened = { readonly file: number; readonly block: Uint8Array; readonly isDirect: boolean }

function openFile(path: string): Opened {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW
  const filled = noise(BLOCK_BYTES + PAGE_BYTES)
  const hidden = (more: number): number => {
    const opened = openSync(path, flags | more, 0o600)
    unlinkSync(path)
    return opened
  }
  const direct = unlessInvalid(() => hidden(constants.O_DIRECT))
  if (direct !== null) {
    const block = alignedPart(filled, BLOCK_BYTES, direct, true)
    if (block !== null) return { file: direct, block, isDirect: true }
    closeSync(direct)
  }
  const file = hidden(0)
  return { file, block: filled.subarray(0, BLOCK_BYTES), isDirect: false }
}

/** Nothing that a disk could leave out because it is all alike. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let index = 0, state = 1; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    bytes[index] = state >>> 16
  }
  return bytes
}

type Transfer = { readonly blocks: number; readonly rate: number }

function transfer(blocks: number, move: (index: number) => number, finish: () => void = () => undefined): Transfer {
  const begun = performance.now()
  let moved = 0
  while (moved < blocks && performance.now() - begun < MOST_MS) {
    const bytes = move(moved)
    if (bytes !== BLOCK_BYTES) throw new Error(`${bytes} bytes were moved in place of ${BLOCK_BYTES}`)
    moved += 1
  }
  finish()
  return { blocks: moved, rate: (moved * BLOCK_BYTES * 1000) / (performance.now() - begun) }
}

import { Buffer } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'

const FIRST_BYTES = 64 * 1024
const BYTES_MAX = 4 * 1024 * 1024
/** Half a page: no line of the files that are read here is as long as the other half. */
const ROOM_LEFT_BYTES = 2048
/** A file that is not there is looked for again every so many readings: a failed open costs more than a reading. */
const READINGS_BETWEEN_OPENS = 16

/** One buffer that all files of a sampler are read into, one after another. */
export class ReadBuffer {
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)

  /** False where it is as large as it may become. */
  grow(): boolean {
    if (this.bytes.length >= BYTES_MAX) return false
    const larger = Buffer.allocUnsafe(this.bytes.length * 2)
    larger.set(this.bytes)
    this.bytes = larger
    return true
  }
}

export type Reading = { readonly kind: 'read'; readonly length: number } | { readonly kind: 'failed' }

const FAILED: Reading = { kind: 'failed' }

/** A file of the kernel that stays open between readings; each reading is of the whole file, from its start. */
export class KeptFile {
  readonly path: string
  readonly #buffer: ReadBuffer
  #descriptor: number | null = null
  #readingsUntilOpen = 0
  #failure = ''

  constructor(path: string, buffer: ReadBuffer) {
    this.path = path
    this.#buffer = buffer
  }

  /** Why the last reading failed; names the path. */
  get failure(): string {
    return this.#failure
  }

  get bytes(): Buffer {
    return this.#buffer.bytes
  }

  /** How many bytes are in the buffer now; -1 where the file could not be read. */
  read(): number {
    const descriptor = this.#descriptor ?? this.#open()
    if (descriptor === null) return -1
    try {
      const reading = this.#readAll(descriptor)
      if (reading.kind === 'read') return reading.length
      this.#failure = `${this.path} is larger than ${BYTES_MAX} bytes`
    } catch (error) {
      this.#failure = sentence(this.path, error)
    }
    this.close()
    this.#readingsUntilOpen = READINGS_BETWEEN_OPENS
    return -1
  }

  /** The whole file, with a line's end before its first line too; null where it could not be read. */
  text(): string | null {
    const length = this.read()
    return length < 0 ? null : `\n${this.#buffer.bytes.toString('latin1', 0, length)}`
  }

  close(): void {
    if (this.#descriptor === null) return
    const descriptor = this.#descriptor
    this.#descriptor = null
    closeSync(descriptor)
  }

  #open(): number | null {
    if (this.#readingsUntilOpen > 0) {
      this.#readingsUntilOpen -= 1
      return null
    }
    try {
      this.#descriptor = openSync(this.path, 'r')
    } catch (error) {
      this.#failure = sentence(this.path, error)
      this.#readingsUntilOpen = READINGS_BETWEEN_OPENS
    }
    return this.#descriptor
  }

  /**
   * The kernel hands out a list by as many whole lines as fit a page, so that an empty reading is the end, and so is
   * one that had room for more.
   */
  #readAll(descriptor: number): Reading {
    let length = 0
    for (;;) {
      if (length === this.#buffer.bytes.length && !this.#buffer.grow()) return FAILED
      const bytes = this.#buffer.bytes
      const count = readSync(descriptor, bytes, length, bytes.length - length, length)
      length += count
      if (count < ROOM_LEFT_BYTES) return { kind: 'read', length }
    }
  }
}

/** The system's word for a failure, such as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}

/** A failure of the system about a path, in words that stay the same from beat to beat. */
export function sentence(path: string, error: unknown): string {
  const code = codeOf(error)
  return code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read: ${code}`
}

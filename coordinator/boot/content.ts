import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** Something that is served: read in pieces, by any number at once. */
export interface Content {
  readonly type: string
  readonly bytes: number
  /** SHA-256 in hexadecimal digits. */
  readonly sha256: string
  /** Keeps it open until `release`; false where it was closed already. */
  hold(): boolean
  release(): void
  /** Reads into the buffer from a place on; says how many bytes. */
  read(into: Buffer, from: number): Promise<number>
}

/** A short text, in memory. */
export class TextContent implements Content {
  readonly type: string
  readonly bytes: number
  readonly sha256: string
  readonly #content: Buffer

  constructor(text: string, type: string) {
    this.#content = Buffer.from(text)
    this.type = type
    this.bytes = this.#content.length
    this.sha256 = createHash('sha256').update(this.#content).digest('hex')
  }

  hold(): boolean {
    return true
  }

  release(): void {}

  async read(into: Buffer, from: number): Promise<number> {
    return this.#content.copy(into, 0, from)
  }
}

const PIECE_BYTES = 1024 * 1024

/** A file that is kept open: one that is put in its place later is not mixed with it. */
export class FileContent implements Content {
  readonly type = 'application/octet-stream'
  readonly bytes: number
  readonly sha256: string
  readonly #file: FileHandle
  #holders = 1

  private constructor(file: FileHandle, bytes: number, sha256: string) {
    this.#file = file
    this.bytes = bytes
    this.sha256 = sha256
  }

  static async open(path: string): Promise<Result<FileContent, string>> {
    let file: FileHandle | null = null
    try {
      file = await open(path, 'r')
      const hash = createHash('sha256')
      const piece = Buffer.alloc(PIECE_BYTES)
      let bytes = 0
      for (;;) {
        const { bytesRead } = await file.read(piece, 0, piece.length, bytes)
        if (bytesRead === 0) break
        hash.update(piece.subarray(0, bytesRead))
        bytes += bytesRead
      }
      return ok(new FileContent(file, bytes, hash.digest('hex')))
    } catch (error) {
      await file?.close()
      return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  hold(): boolean {
    if (this.#holders === 0) return false
    this.#holders += 1
    return true
  }

  release(): void {
    this.#holders -= 1
    if (this.#holders === 0) void this.#file.close()
  }

  async read(into: Buffer, from: number): Promise<number> {
    const { bytesRead } = await this.#file.read(into, 0, into.length, from)
    return bytesRead
  }
}

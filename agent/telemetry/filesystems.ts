import { access, constants, statfs } from 'node:fs/promises'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, seconds } from '../../shared/model/time.ts'
import { sentence } from './kept_file.ts'
import { Rounds } from './rounds.ts'
import { type Source, metric, missing } from './source.ts'

const COLUMNS = [
  { name: 'node_filesystem_size_bytes', unit: 'bytes' },
  { name: 'node_filesystem_avail_bytes', unit: 'bytes' },
  { name: 'node_filesystem_files', unit: '' },
  { name: 'node_filesystem_files_free', unit: '' },
  { name: 'node_filesystem_readonly', unit: '' },
] as const

/**
 * Space and inodes of the file systems that some directories are on; the label mountpoint is the directory asked
 * about. Read aside, every 10 seconds at most: a file system over the network may take for ever.
 */
export class FilesystemSource implements Source {
  readonly name = 'filesystems'
  readonly metrics: readonly Metric[]
  readonly values: Float64Array
  readonly #directories: readonly string[]
  readonly #found: Float64Array
  readonly #rounds: Rounds
  #problem: string | null = null

  constructor(directories: readonly string[], clock: Clock) {
    this.#directories = directories
    this.metrics = directories.flatMap((mountpoint) =>
      COLUMNS.map(({ name, unit }) => metric('gauge', name, unit, { mountpoint })),
    )
    this.values = missing(this.metrics.length)
    this.#found = missing(this.metrics.length)
    this.#rounds = new Rounds(clock, seconds(10), async () => this.#round())
  }

  refresh(): string | null {
    this.#rounds.tick()
    if (this.#rounds.fresh) this.values.set(this.#found)
    else this.values.fill(Number.NaN)
    return this.#rounds.hung ? `one of ${this.#directories.join(', ')} does not answer` : this.#problem
  }

  async settled(): Promise<void> {
    await this.#rounds.settled()
  }

  close(): void {
    // Nothing is kept open between rounds.
  }

  async #round(): Promise<void> {
    let problem: string | null = null
    for (const [index, directory] of this.#directories.entries()) {
      const offset = index * COLUMNS.length
      try {
        const { bsize, blocks, bavail, files, ffree } = await statfs(directory)
        const readonly = (await isReadOnly(directory)) ? 1 : 0
        this.#found.set([blocks * bsize, bavail * bsize, files, ffree, readonly], offset)
      } catch (error) {
        this.#found.fill(Number.NaN, offset, offset + COLUMNS.length)
        problem ??= sentence(directory, error)
      }
    }
    this.#problem = problem
  }
}

/** As the kernel sees it at this moment: a file system that met an error turns read-only under way. */
async function isReadOnly(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS'
  }
}

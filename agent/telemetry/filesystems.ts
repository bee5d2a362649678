import { access, constants, readFile, statfs } from 'node:fs/promises'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, seconds } from '../../shared/model/time.ts'
import { codeOf, sentence } from './kept_file.ts'
import { localMounts } from './mounts.ts'
import { Rounds } from './rounds.ts'
import { type Source, metric, missing } from './source.ts'

const COLUMNS = [
  { name: 'node_filesystem_size_bytes', unit: 'bytes' },
  { name: 'node_filesystem_avail_bytes', unit: 'bytes' },
  { name: 'node_filesystem_files', unit: '' },
  { name: 'node_filesystem_files_free', unit: '' },
  { name: 'node_filesystem_readonly', unit: '' },
  { name: 'node_filesystem_device_error', unit: '' },
] as const
const ERROR_PLACE = COLUMNS.length - 1

const EVERY = seconds(30)
/** What is mounted is looked at again after so many rounds. */
const ROUNDS_BETWEEN_LOOKS = 2

/** A place that is asked about; the agent needs the ones that it was given, whatever else is mounted. */
type Place = { readonly labels: Readonly<Record<string, string>>; readonly path: string; readonly isGiven: boolean }

export type FilesystemOptions = {
  readonly proc: string
  readonly directories: readonly string[]
  readonly clock: Clock
}

/**
 * Space and inodes of the file systems that some directories are on, with the directory as the label mountpoint, and
 * of all others that are mounted from a local disk. Read aside, every 30 seconds at most: each reading wakes a
 * thread, and a disk may take for ever.
 */
export class FilesystemSource implements Source {
  readonly name = 'filesystems'
  metrics: readonly Metric[]
  values: Float64Array
  readonly #mountsFile: string
  readonly #given: readonly Place[]
  readonly #rounds: Rounds
  #places: readonly Place[]
  #shown: readonly Place[]
  #found: Float64Array
  #problem: string | null = null
  #mounts = ''
  #roundsUntilLook = 0

  constructor({ proc, directories, clock }: FilesystemOptions) {
    this.#mountsFile = `${proc}/self/mounts`
    this.#given = directories.map((path) => ({ labels: { mountpoint: path }, path, isGiven: true }))
    this.#places = this.#given
    this.#shown = this.#given
    this.metrics = shape(this.#given)
    this.values = missing(this.metrics.length)
    this.#found = missing(this.metrics.length)
    this.#rounds = new Rounds(clock, EVERY, async () => this.#round())
  }

  refresh(): string | null {
    this.#rounds.tick()
    if (this.#shown !== this.#places) {
      this.#shown = this.#places
      this.metrics = shape(this.#places)
      this.values = missing(this.metrics.length)
    }
    if (this.#rounds.fresh) this.values.set(this.#found)
    else this.values.fill(Number.NaN)
    return this.#rounds.hung ? 'a file system does not answer' : this.#problem
  }

  async settled(): Promise<void> {
    await this.#rounds.settled()
  }

  close(): void {
    // Nothing is kept open between rounds.
  }

  async #round(): Promise<void> {
    if (this.#roundsUntilLook === 0) {
      await this.#look()
      this.#roundsUntilLook = ROUNDS_BETWEEN_LOOKS
    }
    this.#roundsUntilLook -= 1
    let problem: string | null = null
    for (const [index, { path, isGiven }] of this.#places.entries()) {
      const offset = index * COLUMNS.length
      try {
        const { bsize, blocks, bavail, files, ffree } = await statfs(path)
        const readonly = (await isReadOnly(path)) ? 1 : 0
        this.#found.set([blocks * bsize, bavail * bsize, files, ffree, readonly, 0], offset)
      } catch (error) {
        this.#found.fill(Number.NaN, offset, offset + COLUMNS.length)
        this.#found[offset + ERROR_PLACE] = 1
        if (isGiven) problem ??= sentence(path, error)
      }
    }
    this.#problem = problem
  }

  /** A machine that does not say what is mounted has at least the directories that were given. */
  async #look(): Promise<void> {
    const text = await readFile(this.#mountsFile, 'utf8').catch(() => '')
    if (text === this.#mounts) return
    this.#mounts = text
    const given = new Set(this.#given.map((place) => place.path))
    const others = localMounts(text).filter((mount) => !given.has(mount.mountpoint))
    const places = [
      ...this.#given,
      ...others.map((mount) => ({ labels: { ...mount }, path: mount.mountpoint, isGiven: false })),
    ]
    if (JSON.stringify(places) === JSON.stringify(this.#places)) return
    // Replaced together, or `refresh` would show what was found of one place against another.
    this.#found = missing(places.length * COLUMNS.length)
    this.#places = places
  }
}

function shape(places: readonly Place[]): readonly Metric[] {
  return places.flatMap(({ labels }) => COLUMNS.map(({ name, unit }) => metric('gauge', name, unit, labels)))
}

/** As the kernel sees it at this moment: a file system that met an error turns read-only under way. */
async function isReadOnly(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK)
    return false
  } catch (error) {
    return codeOf(error) === 'EROFS'
  }
}

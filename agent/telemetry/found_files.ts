import { Buffer } from 'node:buffer'
import * as fs from 'node:fs'
import type { Metric } from '../../shared/model/telemetry.ts'
import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import { KeptFile, type ReadBuffer, sentence } from './kept_file.ts'
import { Rounds } from './rounds.ts'
import { Pace, type Source, missing } from './source.ts'

/** A file that was found on this machine, and the numbers in it. */
export type FoundFile = {
  readonly path: string
  readonly metrics: readonly Metric[]
  /** Its driver refuses it in some states, such as a link's speed while it is down. */
  readonly isOptional?: boolean
  /** Moves so seldom that it is read once in so many rounds. */
  readonly everyRounds?: number
  /** `values` from `offset` on are what was read of it the last time. Writes NaN for what it does not understand. */
  readonly parse: (text: string, values: Float64Array, offset: number) => void
}

export type FoundOptions = {
  readonly name: string
  readonly clock: Clock
  readonly every: Milliseconds
  /** How often to look which files there are. */
  readonly searchEvery: Milliseconds
  /** Only lists folders and reads what names things: that waits for no device. Must not throw. */
  readonly find: () => readonly FoundFile[]
}

/** More files than this are left out, and said so. */
const FILES_MAX = 1024

type Placed<Opened> = { readonly file: FoundFile; readonly offset: number; readonly opened: Opened }

/** Which files there are, and where their numbers lie. Looks again after a while, and after one went away. */
class Finding<Opened> {
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  placed: readonly Placed<Opened>[] = []
  leftOut = 0
  isStale = false
  readonly #find: () => readonly FoundFile[]
  readonly #open: (path: string) => Opened
  readonly #close: (opened: Opened) => void
  readonly #pace: Pace
  #key = ''

  constructor(options: FoundOptions, open: (path: string) => Opened, close: (opened: Opened) => void) {
    this.#find = options.find
    this.#open = open
    this.#close = close
    this.#pace = new Pace(options.clock, options.searchEvery)
  }

  look(): void {
    const isDue = this.#pace.due()
    if (!isDue && !this.isStale) return
    this.isStale = false
    const found = this.#find()
    const shown = found.slice(0, FILES_MAX)
    this.leftOut = found.length - shown.length
    const key = JSON.stringify(shown.map((file) => [file.path, file.metrics]))
    if (key === this.#key) return
    this.#key = key
    this.close()
    let offset = 0
    this.placed = shown.map((file) => {
      const one = { file, offset, opened: this.#open(file.path) }
      offset += file.metrics.length
      return one
    })
    this.metrics = shown.flatMap((file) => file.metrics)
    this.values = missing(offset)
  }

  /** Null: the file could not be read. */
  take({ file, offset }: Placed<Opened>, text: string | null): void {
    if (text !== null) return file.parse(text, this.values, offset)
    this.values.fill(Number.NaN, offset, offset + file.metrics.length)
    if (file.isOptional !== true) this.isStale = true
  }

  get problem(): string | null {
    return this.leftOut > 0 ? `${this.leftOut} files beyond the first ${FILES_MAX} are left out` : null
  }

  close(): void {
    for (const { opened } of this.placed) this.#close(opened)
    this.placed = []
  }
}

/** Files of /sys that the kernel answers from memory, read in a round that is slower than the beat. */
export class FoundFiles implements Source {
  readonly name: string
  readonly #finding: Finding<KeptFile>
  readonly #pace: Pace
  #problem: string | null = null

  constructor(options: FoundOptions, buffer: ReadBuffer) {
    this.name = options.name
    this.#pace = new Pace(options.clock, options.every)
    this.#finding = new Finding(
      options,
      (path) => new KeptFile(path, buffer),
      (file) => file.close(),
    )
  }

  get metrics(): readonly Metric[] {
    return this.#finding.metrics
  }

  get values(): Float64Array {
    return this.#finding.values
  }

  refresh(): string | null {
    if (!this.#pace.due()) return this.#problem
    const finding = this.#finding
    finding.look()
    this.#problem = finding.problem
    for (const placed of finding.placed) {
      const text = placed.opened.text()
      if (text === null && placed.file.isOptional !== true) this.#problem ??= placed.opened.failure
      finding.take(placed, text)
    }
    return this.#problem
  }

  close(): void {
    this.#finding.close()
  }
}

const PAGE_BYTES = 4096

/** One open file, read on a thread of the pool. */
class WaitedFile {
  readonly path: string
  descriptor: number | null = null

  constructor(path: string) {
    this.path = path
  }

  async text(into: Buffer): Promise<string | null> {
    try {
      this.descriptor ??= await openForReading(this.path)
      return `\n${into.toString('latin1', 0, await readAt0(this.descriptor, into))}`
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    if (this.descriptor === null) return
    fs.close(this.descriptor, () => undefined)
    this.descriptor = null
  }
}

function openForReading(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, 'r', (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)))
  })
}

function readAt0(descriptor: number, into: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(descriptor, into, 0, into.length, 0, (error, count) => (error === null ? resolve(count) : reject(error)))
  })
}

/** Files of /sys for which a driver may ask its device: read aside, one after another, so that no beat waits. */
export class WaitedFiles implements Source {
  readonly name: string
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #finding: Finding<WaitedFile>
  readonly #rounds: Rounds
  readonly #page = Buffer.allocUnsafeSlow(PAGE_BYTES)
  #problem: string | null = null
  #isClosed = false
  /** What was read in the last round, and how many rounds there were. */
  #read: readonly Placed<WaitedFile>[] = []
  #count = 0

  constructor(options: FoundOptions) {
    this.name = options.name
    this.#rounds = new Rounds(options.clock, options.every, async () => this.#round())
    this.#finding = new Finding(
      options,
      (path) => new WaitedFile(path),
      (file) => file.close(),
    )
  }

  refresh(): string | null {
    this.#rounds.tick()
    const finding = this.#finding
    if (this.metrics !== finding.metrics) {
      this.metrics = finding.metrics
      this.values = missing(finding.values.length)
    }
    if (this.#rounds.fresh) this.values.set(finding.values)
    else this.values.fill(Number.NaN)
    return this.#rounds.hung ? `${this.name}: a device does not answer` : this.#problem
  }

  async settled(): Promise<void> {
    await this.#rounds.settled()
  }

  /** What is being read at this moment is closed once it is there. */
  close(): void {
    this.#isClosed = true
    if (!this.#rounds.running) this.#finding.close()
  }

  async #round(): Promise<void> {
    const finding = this.#finding
    finding.look()
    let problem = finding.problem
    const isNew = this.#read !== finding.placed
    this.#read = finding.placed
    this.#count += 1
    for (const placed of finding.placed) {
      if (this.#isClosed) break
      if (!isNew && this.#count % (placed.file.everyRounds ?? 1) !== 0) continue
      try {
        finding.take(placed, await placed.opened.text(this.#page))
      } catch (error) {
        if (placed.file.isOptional !== true) problem ??= sentence(placed.file.path, error)
        finding.take(placed, null)
      }
    }
    this.#problem = problem
    if (this.#isClosed) finding.close()
  }
}

import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, seconds } from '../../shared/model/time.ts'
import type { StartChild } from './child.ts'
import type { Message } from './reader/protocol.ts'
import { type Source, metric, missing } from './source.ts'
import { ROUND } from './system/round.ts'
import { WatchedReader } from './reader/watched_reader.ts'

export type SystemSourceOptions = {
  /** The program that makes the calls; null where there is none. Devices that have hung are its last arguments. */
  readonly reader: readonly [string, ...string[]] | null
  readonly clock: Clock
  readonly start: StartChild
}

/** How long a disk may take: the kernel itself gives up after a minute, unless it was told otherwise. */
const PATIENCE = seconds(90)
const STALE_ROUNDS = 3
const HUNG_MAX = 64

/**
 * What only system calls tell: the health of disks, and how the clock is kept. They are made in a process of their own,
 * every few minutes: a disk that hangs keeps that process and nothing else.
 */
export class SystemSource implements Source {
  readonly name = 'system-calls'
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #options: SystemSourceOptions
  readonly #reader: WatchedReader
  /** Disks that have ever hung, and whether they do now. */
  readonly #hung = new Map<string, boolean>()
  #asked = ''
  #clockRow = -1

  constructor(options: SystemSourceOptions) {
    this.#options = options
    this.#reader = new WatchedReader({
      name: 'the reader of disks',
      clock: options.clock,
      start: options.start,
      patience: PATIENCE,
      firstPatience: PATIENCE,
      hung: (about) => this.#hang(about),
      heard: (message) => this.#hear(message),
    })
  }

  /** 1 where the kernel says that its clock follows another, 0 where it says that it does not; NaN: unknown. */
  get synchronised(): number {
    return this.values[this.#clockRow] ?? Number.NaN
  }

  refresh(): string | null {
    const { reader, clock } = this.#options
    this.#reader.look(() => {
      // What the last reader asked is not answered by the next one's first word.
      this.#asked = ''
      return reader === null ? null : [...reader, ...this.#hung.keys()]
    })
    const { readAt, values, problem } = this.#reader
    const isFresh = readAt !== null && clock.monotonic() - readAt < ROUND * STALE_ROUNDS
    if (isFresh) this.values.set(values)
    else this.values.fill(Number.NaN, 0, values.length)
    let offset = values.length
    for (const isHung of this.#hung.values()) {
      this.values[offset] = Number(isHung)
      offset += 1
    }
    return problem ?? this.#standing()
  }

  /** Lets go of every disk until `take`. Returns whether it did: a disk that hangs keeps the reader. */
  async release(limit: Milliseconds): Promise<boolean> {
    return this.#reader.release(limit)
  }

  take(): void {
    this.#reader.take()
  }

  close(): void {
    this.#reader.close()
  }

  #hang(about: string): string {
    if (about === '') return 'the reader of disks does not answer'
    if (this.#hung.size < HUNG_MAX || this.#hung.has(about)) this.#hung.set(about, true)
    this.#asked = ''
    this.#shape()
    return hangs(about)
  }

  /** The next reader tells of the others meanwhile. */
  #standing(): string | null {
    const hung = [...this.#hung].find(([, isHung]) => isHung)
    return hung === undefined ? null : hangs(hung[0])
  }

  #hear(message: Message): void {
    // What was asked before has answered.
    if (this.#hung.get(this.#asked) === true) this.#hung.set(this.#asked, false)
    this.#asked = message.kind === 'asking' ? (message.about ?? '') : ''
    if (message.kind === 'shape') this.#shape()
    else if (message.kind === 'unloadable') this.#reader.problem = `disks are not asked, since ${message.reason}`
  }

  #shape(): void {
    this.metrics = [
      ...this.#reader.metrics,
      ...[...this.#hung.keys()].map((device) => metric('gauge', 'billet_disk_hung', '', { device })),
    ]
    this.values = missing(this.metrics.length)
    this.#clockRow = this.metrics.findIndex(({ name }) => name === 'node_timex_sync_status')
  }
}

const hangs = (device: string): string => `the disk ${device} does not answer when it is asked for its health`

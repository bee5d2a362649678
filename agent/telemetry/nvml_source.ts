import { readFileSync } from 'node:fs'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import type { StartChild } from './child.ts'
import { type Message, beatLine } from './reader/protocol.ts'
import { type Source, metric, missing } from './source.ts'
import { WatchedReader } from './reader/watched_reader.ts'

export type NvmlSourceOptions = {
  /** Where processes are named; /proc unless a test says otherwise. */
  readonly proc: string
  /** The program that reads the devices. */
  readonly reader: readonly [string, ...string[]]
  readonly clock: Clock
  readonly start: StartChild
  /** Whether a person wants the devices for themselves; asked before each start of the reader. */
  readonly isReleased: () => boolean
  /** Once, when the reader cannot call the library: there is nothing more to come. */
  readonly unloadable: (reason: string) => void
}

/** How long the driver may take to answer one beat's questions. */
const PATIENCE = seconds(8)
/** And to open its devices, where nobody keeps it loaded: up to 3 seconds each. */
const FIRST_PATIENCE = minutes(1)
const STALE_BEATS = 3
const XID_KINDS_MAX = 64

type Xid = { readonly uuid: string; readonly xid: number; count: number; at: number }

/**
 * NVIDIA GPUs by the driver's own library, called in a process of its own. A driver that hangs keeps that process and
 * nothing else: it is killed in seconds, and not followed by another before the kernel has let go of it.
 */
export class NvmlSource implements Source {
  readonly name = 'gpus'
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #options: NvmlSourceOptions
  readonly #reader: WatchedReader
  #beat: Milliseconds = seconds(10)
  #xids: readonly Xid[] = []

  constructor(options: NvmlSourceOptions) {
    this.#options = options
    this.#reader = new WatchedReader({
      name: 'the reader of the NVIDIA driver',
      clock: options.clock,
      start: options.start,
      patience: PATIENCE,
      firstPatience: FIRST_PATIENCE,
      hung: () => `the NVIDIA driver does not answer${this.#whoWasAsked()}`,
      heard: (message) => this.#hear(message),
    })
    this.#shape()
  }

  setBeat(beat: Milliseconds): void {
    this.#beat = beat
    this.#reader.say(beatLine(beat))
  }

  refresh(): string | null {
    const { clock, reader, isReleased } = this.#options
    this.#reader.look(() => (isReleased() ? null : reader), beatLine(this.#beat))
    const { readAt, isHung, values, problem } = this.#reader
    const patience = Math.max(this.#beat * STALE_BEATS, PATIENCE)
    this.values[0] = isHung ? 1 : 0
    if (readAt !== null && clock.monotonic() - readAt < patience) this.values.set(values, 1)
    else this.values.fill(Number.NaN, 1, 1 + values.length)
    let offset = 1 + values.length
    for (const { count, at } of this.#xids) {
      this.values[offset] = count
      this.values[offset + 1] = at / 1000
      offset += 2
    }
    return problem
  }

  /**
   * Lets go of every device, since an open one can be neither reset nor taken from its driver, until `take`.
   *
   * @returns whether the reader is gone; a driver that hangs may keep it.
   */
  async release(limit: Milliseconds): Promise<boolean> {
    return this.#reader.release(limit)
  }

  /** Takes the devices up again. */
  take(): void {
    this.#reader.take()
  }

  close(): void {
    this.#reader.close()
  }

  /** The reader names itself by what it asks; a name can be read while the process hangs in the kernel. */
  #whoWasAsked(): string {
    try {
      const name = readFileSync(`${this.#options.proc}/${this.#reader.pid ?? 0}/comm`, 'latin1')
      const index = / (\d{1,2})$/.exec(name.trim())?.[1]
      return index === undefined ? '' : `: GPU ${index} was asked`
    } catch {
      return ''
    }
  }

  #hear(message: Message): void {
    if (message.kind === 'shape') this.#shape()
    else if (message.kind === 'xid') this.#count(message.uuid, message.xid)
    else if (message.kind === 'unloadable') this.#options.unloadable(message.reason)
  }

  /** Each error is counted, and when the newest of its kind came: the driver's own gauge shows only the last of all. */
  #count(uuid: string, xid: number): void {
    const at = this.#options.clock.now()
    const known = this.#xids.find((one) => one.uuid === uuid && one.xid === xid)
    if (known !== undefined) {
      known.count += 1
      known.at = at
      return
    }
    if (this.#xids.length >= XID_KINDS_MAX) return
    this.#xids = [...this.#xids, { uuid, xid, count: 1, at }]
    this.#shape()
  }

  #shape(): void {
    this.metrics = [
      metric('gauge', 'billet_gpu_driver_hung', ''),
      ...this.#reader.metrics,
      ...this.#xids.flatMap(({ uuid, xid }) => {
        const labels = { UUID: uuid, xid: String(xid) }
        return [
          metric('counter', 'billet_gpu_xid_errors_total', '', labels),
          metric('gauge', 'billet_gpu_xid_last_time_seconds', 'seconds', labels),
        ]
      }),
    ]
    this.values = missing(this.metrics.length)
  }
}

import { readFileSync } from 'node:fs'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import type { StartChild } from './child.ts'
import { KeptChild } from './kept_child.ts'
import { parse } from './nvml/parse.ts'
import { LINE_MAX, type Message, beatLine } from './nvml/protocol.ts'
import { type Source, metric, missing } from './source.ts'

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
  readonly #child: KeptChild
  #beat: Milliseconds = seconds(10)
  #devices: readonly Metric[] = []
  #read: Float64Array = missing(0)
  #readAt: number | null = null
  /** Since when the driver owes an answer. */
  #askedAt: number | null = null
  #watchdog: NodeJS.Timeout | undefined
  #isHung = false
  #problem: string | null = null
  #isReleased = false
  #xids: readonly Xid[] = []

  constructor(options: NvmlSourceOptions) {
    this.#options = options
    this.#child = new KeptChild({
      clock: options.clock,
      start: options.start,
      lineMax: LINE_MAX,
      heard: (line) => this.#hear(line),
      ended: (reason) => this.#ended(reason),
    })
    this.#shape()
  }

  setBeat(beat: Milliseconds): void {
    this.#beat = beat
    this.#child.say(beatLine(beat))
  }

  refresh(): string | null {
    this.#look()
    const now = this.#options.clock.monotonic()
    const patience = Math.max(this.#beat * STALE_BEATS, PATIENCE)
    const isFresh = this.#readAt !== null && now - this.#readAt < patience
    this.values[0] = this.#isHung ? 1 : 0
    if (isFresh) this.values.set(this.#read, 1)
    else this.values.fill(Number.NaN, 1, 1 + this.#read.length)
    let offset = 1 + this.#read.length
    for (const { count, at } of this.#xids) {
      this.values[offset] = count
      this.values[offset + 1] = at / 1000
      offset += 2
    }
    return this.#problem
  }

  /**
   * Lets go of every device, since an open one can be neither reset nor taken from its driver, until `take`.
   *
   * @returns whether the reader is gone; a driver that hangs may keep it.
   */
  async release(limit: Milliseconds): Promise<boolean> {
    this.#isReleased = true
    this.#forget()
    return this.#child.dismiss(limit)
  }

  /** Takes the devices up again. */
  take(): void {
    this.#isReleased = false
    this.#child.forgive()
  }

  close(): void {
    this.#isReleased = true
    this.#forget()
    this.#child.stop()
  }

  #look(): void {
    const now = this.#options.clock.monotonic()
    if (this.#child.isDue && !this.#isReleased && !this.#options.isReleased()) {
      this.#askedAt = now
      this.#child.start(this.#options.reader)
      this.#child.say(beatLine(this.#beat))
      this.#watch(FIRST_PATIENCE)
      return
    }
    if (!this.#child.isRunning || this.#askedAt === null) return
    if (now - this.#askedAt < (this.#readAt === null ? FIRST_PATIENCE : PATIENCE)) return
    this.#isHung = true
    this.#problem = `the NVIDIA driver does not answer${this.#whoWasAsked()}`
    this.#askedAt = null
    this.#child.stop()
  }

  /** The beat may be a minute long; a driver that hangs is noticed in seconds. */
  #watch(patience: Milliseconds): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#look(), patience + 1).unref()
  }

  /** The reader names itself by what it asks; a name can be read while the process hangs in the kernel. */
  #whoWasAsked(): string {
    try {
      const name = readFileSync(`${this.#options.proc}/${this.#child.pid ?? 0}/comm`, 'latin1')
      const index = / (\d{1,2})$/.exec(name.trim())?.[1]
      return index === undefined ? '' : `: GPU ${index} was asked`
    } catch {
      return ''
    }
  }

  #forget(): void {
    clearTimeout(this.#watchdog)
    this.#askedAt = null
    this.#readAt = null
  }

  #ended(reason: string | null): void {
    this.#forget()
    if (reason !== null) this.#problem = `the reader of the NVIDIA driver ${reason}`
  }

  #hear(line: string): void {
    const message = parse(line)
    if (message.ok) this.#take(message.value)
    else this.#problem = `the reader of the NVIDIA driver: ${message.error}`
  }

  #take(message: Message): void {
    const now = this.#options.clock.monotonic()
    switch (message.kind) {
      case 'asking':
        this.#askedAt = now
        this.#watch(this.#readAt === null ? FIRST_PATIENCE : PATIENCE)
        return
      case 'answered':
        this.#askedAt = null
        clearTimeout(this.#watchdog)
        return
      case 'shape':
        this.#devices = message.metrics
        this.#read = missing(message.metrics.length)
        this.#readAt = null
        this.#shape()
        return
      case 'values':
        this.#askedAt = null
        clearTimeout(this.#watchdog)
        if (message.values.length !== this.#read.length) return
        this.#read = message.values
        this.#readAt = now
        this.#isHung = false
        this.#problem = message.problem
        return
      case 'xid':
        this.#count(message.uuid, message.xid)
        return
      case 'unloadable':
        this.close()
        this.#options.unloadable(message.reason)
        return
      default:
        message satisfies never
    }
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
      ...this.#devices,
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

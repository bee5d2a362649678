import type { Metric } from '../../../shared/model/telemetry.ts'
import type { Clock, Milliseconds } from '../../../shared/model/time.ts'
import type { StartChild } from '../child.ts'
import { KeptChild } from '../kept_child.ts'
import { parse } from './parse.ts'
import { LINE_MAX, type Message } from './protocol.ts'
import { missing } from '../source.ts'

export type WatchedReaderOptions = {
  /** The reader, in words. */
  readonly name: string
  readonly clock: Clock
  readonly start: StartChild
  /** How long an answer may take. */
  readonly patience: Milliseconds
  /** And the first one, when devices are opened. */
  readonly firstPatience: Milliseconds
  /** What to say of an answer that does not come. */
  readonly hung: (about: string) => string
  /** What the reader says, once it was taken in. */
  readonly heard: (message: Message) => void
}

/**
 * A child that asks devices which may never answer, and the watch over it. One that hangs is killed, and not followed
 * by another before the kernel has let go of it.
 */
export class WatchedReader {
  /** As the reader says. */
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  /** When the values came; null where there are none of this reader. */
  readAt: number | null = null
  isHung = false
  problem: string | null = null
  readonly #options: WatchedReaderOptions
  readonly #child: KeptChild
  /** Since when an answer is owed, and by what. */
  #askedAt: number | null = null
  #about = ''
  #watchdog: NodeJS.Timeout | undefined
  #isReleased = false

  constructor(options: WatchedReaderOptions) {
    this.#options = options
    this.#child = new KeptChild({
      clock: options.clock,
      start: options.start,
      lineMax: LINE_MAX,
      heard: (line) => this.#hear(line),
      ended: (reason) => this.#ended(reason),
    })
  }

  get pid(): number | null {
    return this.#child.pid
  }

  /** Starts the reader where there may be one now, and looks whether it still answers. */
  look(argv: () => readonly [string, ...string[]] | null, greeting = ''): void {
    if (this.#child.isDue && !this.#isReleased) {
      const program = argv()
      if (program === null) return
      this.#askedAt = this.#options.clock.monotonic()
      this.#about = ''
      this.#child.start(program)
      if (greeting !== '') this.#child.say(greeting)
      this.#watch()
      return
    }
    if (!this.#child.isRunning || this.#askedAt === null) return
    if (this.#options.clock.monotonic() - this.#askedAt < this.#patience) return
    this.isHung = true
    this.problem = this.#options.hung(this.#about)
    this.#askedAt = null
    this.#child.stop()
  }

  say(text: string): void {
    this.#child.say(text)
  }

  /** Lets go of every device until `take`. Whether the reader is gone; a device that hangs may keep it. */
  async release(limit: Milliseconds): Promise<boolean> {
    this.#isReleased = true
    this.#forget()
    return this.#child.dismiss(limit)
  }

  take(): void {
    this.#isReleased = false
    this.#child.forgive()
  }

  close(): void {
    this.#isReleased = true
    this.#forget()
    this.#child.stop()
  }

  get #patience(): Milliseconds {
    return this.readAt === null ? this.#options.firstPatience : this.#options.patience
  }

  /** Rounds may be minutes apart; a device that hangs is noticed in seconds. */
  #watch(): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.look(() => null), this.#patience + 1).unref()
  }

  #forget(): void {
    clearTimeout(this.#watchdog)
    this.#askedAt = null
    this.readAt = null
  }

  #ended(reason: string | null): void {
    this.#forget()
    if (reason !== null) this.problem = `${this.#options.name} ${reason}`
  }

  #hear(line: string): void {
    const message = parse(line)
    if (message.ok) this.#take(message.value)
    else this.problem = `${this.#options.name}: ${message.error}`
  }

  #take(message: Message): void {
    const now = this.#options.clock.monotonic()
    switch (message.kind) {
      case 'asking':
        this.#askedAt = now
        this.#about = message.about ?? ''
        this.#watch()
        break
      case 'answered':
        this.#answered()
        break
      case 'shape':
        this.metrics = message.metrics
        this.values = missing(message.metrics.length)
        this.readAt = null
        break
      case 'values':
        this.#answered()
        if (message.values.length !== this.values.length) return
        this.values = message.values
        this.readAt = now
        this.isHung = false
        this.problem = message.problem
        break
      case 'unloadable':
        this.close()
        break
      case 'xid':
        break
      default:
        message satisfies never
    }
    this.#options.heard(message)
  }

  #answered(): void {
    this.#askedAt = null
    clearTimeout(this.#watchdog)
  }
}

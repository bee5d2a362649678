import type { Logger } from '../../shared/log.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import { type Clock, hours } from '../../shared/model/time.ts'
import type { Sampler } from '../telemetry/sampler.ts'

const AGAIN_AFTER = hours(1)
const REMEMBERED_MAX = 256

/** Writes to the log what telemetry cannot read and what the kernel told, each thing once an hour at most. */
export class TelemetryWatch {
  readonly #sampler: Sampler
  readonly #log: Logger
  readonly #clock: Clock
  readonly #toldAt = new Map<string, number>()
  #events: readonly KernelEvent[] = []
  #counts = new Map<string, number>()

  constructor(sampler: Sampler, log: Logger, clock: Clock) {
    this.#sampler = sampler
    this.#log = log
    this.#clock = clock
  }

  /** To be called after each sample. True where the kernel has told something new. */
  look(): boolean {
    for (const { source, message } of this.#sampler.newProblems()) {
      if (this.#isDue(`${source}: ${message}`)) this.#log.warn({ source, reason: message }, 'some telemetry is missing')
    }
    const events = this.#sampler.kernelEvents()
    if (events === this.#events) return false
    this.#events = events
    const counts = new Map(events.map((told) => [`${told.event} ${told.subject}`, told.count]))
    for (const { event, subject, count, message } of events) {
      const key = `${event} ${subject}`
      if (this.#counts.get(key) === count || !this.#isDue(key)) continue
      this.#log.warn({ event, subject, count, kernel: message }, 'the kernel told of a fault')
    }
    this.#counts = counts
    return true
  }

  #isDue(key: string): boolean {
    const now = this.#clock.monotonic()
    const told = this.#toldAt.get(key)
    if (told !== undefined && now - told < AGAIN_AFTER) return false
    this.#toldAt.delete(key)
    this.#toldAt.set(key, now)
    const [oldest] = this.#toldAt.keys()
    if (this.#toldAt.size > REMEMBERED_MAX && oldest !== undefined) this.#toldAt.delete(oldest)
    return true
  }
}

import type { Metric, MetricKind } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, milliseconds } from '../../shared/model/time.ts'

/** One place that numbers come from. It owns its values; the sampler packs them behind those of the others. */
export interface Source {
  /** A word that names it in problems. */
  readonly name: string
  /** What `values` mean, in order. Another array when the set of devices changes, never changed in place. */
  readonly metrics: readonly Metric[]
  readonly values: Float64Array
  /**
   * Brings `values` up to date: NaN for what cannot be had. Must return in well under a millisecond, so whatever may
   * wait for a device is read elsewhere and only fetched here.
   *
   * @returns why something is missing, in words that stay the same from beat to beat; null if nothing is.
   */
  refresh(): string | null
  close(): void
}

export function metric(
  kind: MetricKind,
  name: string,
  unit: string,
  labels: Readonly<Record<string, string>> = {},
): Metric {
  return { name, unit, labels, kind }
}

export function missing(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN)
}

/** More devices than this are left out of the samples, and said so. */
export const DEVICES_MAX = 256

/** Beats come a little early or late; what is due this soon is due. */
const TOLERANCE = 0.05

/** Tells, on a beat that somebody else keeps, when what is slower than the beat is due. */
export class Pace {
  readonly #clock: Clock
  readonly #every: Milliseconds
  #last: number | null = null

  constructor(clock: Clock, every: Milliseconds) {
    this.#clock = clock
    this.#every = milliseconds(every * (1 - TOLERANCE))
  }

  /** True at the first call, and then once in each period. */
  due(): boolean {
    const now = this.#clock.monotonic()
    if (this.#last !== null && now - this.#last < this.#every) return false
    this.#last = now
    return true
  }
}

/** A source that is read at most so often; its last values stand meanwhile. */
class Slowly implements Source {
  readonly name: string
  readonly #source: Source
  readonly #pace: Pace
  #problem: string | null = null

  constructor(source: Source, clock: Clock, every: Milliseconds) {
    this.name = source.name
    this.#source = source
    this.#pace = new Pace(clock, every)
  }

  get metrics(): readonly Metric[] {
    return this.#source.metrics
  }

  get values(): Float64Array {
    return this.#source.values
  }

  refresh(): string | null {
    if (this.#pace.due()) this.#problem = this.#source.refresh()
    return this.#problem
  }

  close(): void {
    this.#source.close()
  }
}

export function slowly(source: Source, clock: Clock, every: Milliseconds): Source {
  return new Slowly(source, clock, every)
}

import type { Metric } from '../../../shared/model/telemetry.ts'
import type { OverTime, Spans } from '../../../shared/model/telemetry_query.ts'

/** Samples of one machine under one schema, oldest first, without copying them. */
export interface Rows {
  readonly metrics: readonly Metric[]
  readonly length: number
  timeOf(index: number): number
  valueOf(index: number, column: number): number
}

/** The samples of one series, gathered by spans of time. NaN among them says nothing and is left out. */
export class OverSpans {
  readonly #overTime: OverTime
  /** What the samples of each span came to: the value itself, or what is divided. */
  readonly #values: Float64Array
  /** What it is divided by, where it is. */
  readonly #divisors: Float64Array | undefined
  #before = Number.NaN
  #beforeAt = Number.NaN

  constructor(overTime: OverTime, spans: number) {
    this.#overTime = overTime
    const isDivided = overTime === 'mean' || overTime === 'rate'
    this.#values = new Float64Array(spans)
    if (isDivided) this.#divisors = new Float64Array(spans)
    else this.#values.fill(Number.NaN)
  }

  /** The span of each row from `first` on; -1 where it is in none. */
  static spansOf(rows: Rows, first: number, { from, step, count, isOpen }: Spans): Int32Array {
    const spans = new Int32Array(Math.max(0, rows.length - first))
    for (let index = first; index < rows.length; index += 1) {
      const span = Math.floor((rows.timeOf(index) - from) / step)
      const late = isOpen ? count - 1 : -1
      spans[index - first] = span >= count ? late : Math.max(-1, span)
    }
    return spans
  }

  add(rows: Rows, first: number, column: number, spans: Int32Array): void {
    for (let index = first; index < rows.length; index += 1) {
      const value = rows.valueOf(index, column)
      if (Number.isNaN(value)) continue
      const at = rows.timeOf(index)
      const span = spans[index - first] ?? -1
      if (span >= 0) this.#take(span, value, at - this.#beforeAt)
      this.#before = value
      this.#beforeAt = at
    }
  }

  #take(span: number, value: number, elapsed: number): void {
    const held = this.#values[span] ?? Number.NaN
    switch (this.#overTime) {
      case 'last':
        this.#values[span] = value
        return
      case 'min':
        this.#values[span] = held <= value ? held : value
        return
      case 'max':
        this.#values[span] = held >= value ? held : value
        return
      case 'mean':
        return this.#add(span, value, 1)
      case 'rate':
        // A clock that was put back measures nothing; a counter that is less than before began anew.
        if (elapsed > 0) this.#add(span, value < this.#before ? value : value - this.#before, elapsed / 1000)
    }
  }

  #add(span: number, value: number, divisor: number): void {
    this.#values[span] = (this.#values[span] ?? 0) + value
    if (this.#divisors !== undefined) this.#divisors[span] = (this.#divisors[span] ?? 0) + divisor
  }

  /** One value per span, NaN where there is none; undefined where there is none at all. */
  values(): Float64Array | undefined {
    const divisors = this.#divisors
    const values = divisors === undefined ? this.#values : this.#values.map((value, at) => value / (divisors[at] ?? 0))
    return values.every(Number.isNaN) ? undefined : values
  }
}

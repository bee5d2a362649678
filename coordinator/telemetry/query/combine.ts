import type { Combination } from '../../../shared/model/telemetry_query.ts'

/** Several series of one group, made into one. NaN among their values is left out. */
export class Combined {
  readonly labels: Readonly<Record<string, string>>
  readonly #into: Combination
  readonly #sum: Float64Array
  readonly #count: Float64Array
  readonly #least: Float64Array
  readonly #most: Float64Array
  /** For quantiles alone. */
  readonly #all: number[][]

  constructor(labels: Readonly<Record<string, string>>, into: Combination, spans: number) {
    this.labels = labels
    this.#into = into
    this.#sum = new Float64Array(spans)
    this.#count = new Float64Array(spans)
    this.#least = new Float64Array(spans).fill(Number.POSITIVE_INFINITY)
    this.#most = new Float64Array(spans).fill(Number.NEGATIVE_INFINITY)
    this.#all = into.kind === 'quantile' ? Array.from({ length: spans }, () => []) : []
  }

  add(values: Float64Array): void {
    for (let span = 0; span < values.length; span += 1) {
      const value = values[span] ?? Number.NaN
      if (Number.isNaN(value)) continue
      this.#sum[span] = (this.#sum[span] ?? 0) + value
      this.#count[span] = (this.#count[span] ?? 0) + 1
      this.#least[span] = Math.min(this.#least[span] ?? value, value)
      this.#most[span] = Math.max(this.#most[span] ?? value, value)
      this.#all[span]?.push(value)
    }
  }

  values(): Float64Array {
    return this.#count.map((count, span) => (count === 0 ? Number.NaN : this.#value(count, span)))
  }

  #value(count: number, span: number): number {
    switch (this.#into.kind) {
      case 'sum':
        return this.#sum[span] ?? Number.NaN
      case 'mean':
        return (this.#sum[span] ?? 0) / count
      case 'min':
        return this.#least[span] ?? Number.NaN
      case 'max':
        return this.#most[span] ?? Number.NaN
      case 'count':
        return count
      case 'quantile':
        return quantileOf(Float64Array.from(this.#all[span] ?? []).toSorted(), this.#into.quantile)
    }
  }
}

/** Of sorted values, between two of them interpolated. */
function quantileOf(sorted: Float64Array, quantile: number): number {
  const place = quantile * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

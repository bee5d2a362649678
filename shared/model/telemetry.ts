import type { Instant } from './time.ts'

export type MetricKind = 'gauge' | 'counter'

/** One measured quantity, named as node_exporter or DCGM name it where they do. */
export type Metric = {
  readonly name: string
  /** Such as "seconds", "bytes", "celsius", "watts", "joules", "hertz" or "percent"; empty for counts and ratios. */
  readonly unit: string
  readonly labels: Readonly<Record<string, string>>
  readonly kind: MetricKind
}

/** What the numbers of a sample mean, in their order; the identifier holds within one session. */
export type SampleSchema = { readonly id: number; readonly metrics: readonly Metric[] }

export type Sample = {
  readonly schemaId: number
  readonly at: Instant
  /** One number per metric of the schema; NaN where one could not be read. */
  readonly values: Float64Array
}

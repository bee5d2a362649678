import type { MetricKind } from '../telemetry.ts'

/** When a metric is read anew: with each sample, or at most so often. In between its last value stands. */
export type MetricRound = 'beat' | '5 s' | '10 s' | '30 s' | '1 min' | '5 min'

/** What one metric is, for people, and for whoever hands metrics on. */
export type MetricDescription = {
  readonly name: string
  readonly kind: MetricKind
  /** As `Metric` has it. */
  readonly unit: string
  /** Every label that it can have; some machines lack one. */
  readonly labels: readonly string[]
  /** File, program or library that it is read from. */
  readonly source: string
  readonly round: MetricRound
  /** What it counts or measures, in a few words. */
  readonly help: string
}

type Row = readonly [name: string, unit: string, help: string]

type Group = {
  readonly source: string
  readonly round: MetricRound
  readonly labels?: readonly string[]
  readonly gauges?: readonly Row[]
  readonly counters?: readonly Row[]
}

/** Metrics that are read from one place in one round, and have the same labels. */
export function described({
  source,
  round,
  labels = [],
  gauges = [],
  counters = [],
}: Group): readonly MetricDescription[] {
  const all = (kind: MetricKind, rows: readonly Row[]): readonly MetricDescription[] =>
    rows.map(([name, unit, help]) => ({ name, kind, unit, labels, source, round, help }))
  return [...all('counter', counters), ...all('gauge', gauges)]
}

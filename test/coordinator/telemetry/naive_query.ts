import type { Metric } from '../../../shared/model/telemetry.ts'
import {
  type Combination,
  type QueriedMachine,
  type TelemetryQuery,
  groupKeyText,
  groupValue,
  selects,
} from '../../../shared/model/telemetry_query.ts'

/** What a machine said under one schema. */
export type Told = {
  readonly columns: number[]
  readonly rows: { readonly at: number; readonly values: [number, number, number, number] }[]
  readonly first: number
}

type Point = { readonly at: number; readonly value: number }
type Answer = { readonly labels: Readonly<Record<string, string>>; readonly values: readonly number[] }

/** The answer to a query, written down as directly as its meaning. */
export function naive(
  query: TelemetryQuery,
  machines: readonly QueriedMachine[],
  told: readonly (readonly Told[])[],
  metrics: readonly Metric[],
  from: number,
): readonly Answer[] {
  const series = machines.flatMap((machine, index) =>
    metrics.flatMap((metric, column) => {
      if (!selects(query.selector, metric)) return []
      const points = (told[index] ?? []).flatMap(({ columns, rows, first }) =>
        columns.includes(column)
          ? rows.slice(first).map(({ at, values }): Point => ({ at: at + from, value: values[column] ?? NaN }))
          : [],
      )
      const values = spansOf(query).map((holds) => overTime(query, points, holds))
      return values.every(Number.isNaN) ? [] : [{ machine, metric, values }]
    }),
  )
  const { combine } = query
  const answers =
    combine === null
      ? series.map(({ machine, metric, values }) => ({ labels: ownLabels(machine, metric), values }))
      : [...Map.groupBy(series, ({ machine, metric }) => JSON.stringify(keyOf(machine, metric)))].map(([, group]) => ({
          labels: group[0] === undefined ? {} : keyOf(group[0].machine, group[0].metric),
          values: spansOf(query).map((_, span) =>
            combined(
              combine.into,
              group.map(({ values }) => values[span] ?? NaN),
            ),
          ),
        }))
  const text = ({ labels }: Answer): string => JSON.stringify(labels)
  const sorted = answers.toSorted((one, other) => (text(one) < text(other) ? -1 : 1))
  const { top } = query
  if (top === null) return sorted
  const newest = ({ values }: Answer): number => values.findLast((value) => !Number.isNaN(value)) ?? NaN
  const ranked = sorted.toSorted((one, other) => (top.lowest ? 1 : -1) * (newest(one) - newest(other)))
  return ranked.slice(0, top.count)

  function keyOf(machine: QueriedMachine, metric: Metric): Readonly<Record<string, string>> {
    return Object.fromEntries((combine?.by ?? []).map((key) => [groupKeyText(key), groupValue(key, machine, metric)]))
  }
}

function ownLabels(machine: QueriedMachine, metric: Metric): Readonly<Record<string, string>> {
  const own = Object.entries(metric.labels).map(([key, value]) => [`metric.${key}`, value] as const)
  return { machine: machine.id, hostname: machine.hostname, ...Object.fromEntries(own) }
}

function spansOf({ spans: { from, step, count, isOpen } }: TelemetryQuery): readonly ((at: number) => boolean)[] {
  return Array.from({ length: count }, (_, span) => (at: number) => {
    const isLast = isOpen && span === count - 1
    return at >= from + span * step && (isLast || at < from + (span + 1) * step)
  })
}

function overTime(query: TelemetryQuery, points: readonly Point[], holds: (at: number) => boolean): number {
  const known = points.filter(({ value }) => !Number.isNaN(value))
  const inside = known.filter(({ at }) => holds(at)).map(({ value }) => value)
  if (inside.length === 0) return NaN
  const sum = inside.reduce((one, other) => one + other, 0)
  switch (query.overTime) {
    case 'last':
      return inside.at(-1) ?? NaN
    case 'min':
      return Math.min(...inside)
    case 'max':
      return Math.max(...inside)
    case 'mean':
      return sum / inside.length
    case 'rate': {
      const steps = known.flatMap(({ at, value }, index) => {
        const before = known[index - 1]
        if (before === undefined || !holds(at) || at <= before.at) return []
        return [{ grew: value < before.value ? value : value - before.value, in: (at - before.at) / 1000 }]
      })
      return steps.reduce((all, step) => all + step.grew, 0) / steps.reduce((all, step) => all + step.in, 0)
    }
  }
}

function combined(into: Combination, all: readonly number[]): number {
  const values = all.filter((value) => !Number.isNaN(value)).toSorted((one, other) => one - other)
  if (values.length === 0) return NaN
  const sum = values.reduce((one, other) => one + other, 0)
  switch (into.kind) {
    case 'sum':
      return sum
    case 'mean':
      return sum / values.length
    case 'min':
      return values[0] ?? NaN
    case 'max':
      return values.at(-1) ?? NaN
    case 'count':
      return values.length
    case 'quantile': {
      const place = into.quantile * (values.length - 1)
      const [below = NaN, above = NaN] = [values[Math.floor(place)], values[Math.ceil(place)]]
      return below + (above - below) * (place % 1)
    }
  }
}

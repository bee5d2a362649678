import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import {
  type GroupKey,
  type QueriedMachine,
  type QueryAnswer,
  type TelemetryQuery,
  groupKeyText,
  groupValue,
  metricKey,
  selects,
} from '../../../shared/model/telemetry_query.ts'
import { compareTexts } from '../../../shared/model/texts.ts'
import { Combined } from './combine.ts'
import { OverSpans, type Rows } from './over_spans.ts'

/** Rows from `first` on may be looked at. */
export type VisibleRows = { readonly rows: Rows; readonly first: number }

/** How much one query may do; beyond it, it is refused with what would make it smaller. */
export type QueryLimits = {
  /** Numbers that are looked at. */
  readonly numbers: number
  /** Values that are held at once, over all series and spans. */
  readonly held: number
  /** Bytes of the answer, about: it must fit into one message, and be made in one go. */
  readonly answered: number
}

export const QUERY_LIMITS: QueryLimits = { numbers: 50_000_000, held: 4_000_000, answered: 5_000_000 }

type Series = { readonly metric: Metric; readonly over: OverSpans }

/** Where only the top ones are wanted, so many more are gathered before the others are let go. */
const GATHERED = 512
/** Of a value in an answer. */
const BYTES_EACH = 8

/**
 * One query in the making. Machines are added one by one, so that whoever evaluates can do something else in between;
 * nothing of what was added is kept but what the answer needs.
 */
export class Evaluation {
  readonly #query: TelemetryQuery
  readonly #limits: QueryLimits
  #alone: Candidate[] = []
  readonly #groups = new Map<string, Combined>()
  #machines = 0
  #machinesWithData = 0
  #numbers = 0
  #held = 0

  constructor(query: TelemetryQuery, limits: QueryLimits) {
    this.#query = query
    this.#limits = limits
  }

  /** The refusal says which limit was reached. */
  add(machine: QueriedMachine, rings: readonly VisibleRows[]): Result<undefined, string> {
    this.#machines += 1
    let hasData = false
    for (const { metric, over } of this.#seriesOf(rings)) {
      const values = over.values()
      if (values === undefined) continue
      hasData = true
      this.#take(machine, metric, values)
    }
    if (hasData) this.#machinesWithData += 1
    if (this.#numbers > this.#limits.numbers) {
      return refuse(`it looks at more than ${this.#limits.numbers} numbers; ask for fewer machines or a shorter time`)
    }
    if (this.#held > this.#limits.held) {
      return refuse(`it holds more than ${this.#limits.held} values at once; ask for fewer machines or a longer step`)
    }
    return ok()
  }

  /** Gives way after each group, since there may be many of them. */
  *finish(): Generator<undefined, Result<QueryAnswer, string>> {
    const all = [...this.#alone]
    for (const group of this.#groups.values()) {
      const values = group.values()
      if (values.some((value) => !Number.isNaN(value))) all.push(new Candidate(() => group.labels, values))
      yield
    }
    const { top, spans } = this.#query
    const series = top === null ? all.toSorted((one, other) => one.before(other)) : highest(all, top)
    let bytes = 0
    for (const { text } of series) bytes += text.length + BYTES_EACH * spans.count
    if (bytes > this.#limits.answered) {
      const sentence = `it answers with ${series.length} series of ${spans.count} values, more than a message holds`
      return refuse(`${sentence}; combine them, ask for the top ones or for a longer step`)
    }
    return ok({
      series: series.map(({ labels, values }) => ({ labels, values })),
      machines: this.#machines,
      machinesWithData: this.#machinesWithData,
    })
  }

  #seriesOf(rings: readonly VisibleRows[]): Iterable<Series> {
    const { selector, overTime, spans } = this.#query
    const found = new Map<string, Series>()
    for (const { rows, first } of rings) {
      const places = OverSpans.spansOf(rows, first, spans)
      for (const [column, metric] of rows.metrics.entries()) {
        if (!selects(selector, metric)) continue
        // Only where there are several schemas must a metric be known again.
        const key = rings.length === 1 ? `${column}` : metricKey(metric)
        const series = found.get(key) ?? { metric, over: new OverSpans(overTime, spans.count) }
        found.set(key, series)
        this.#numbers += rows.length - first
        series.over.add(rows, first, column, places)
      }
    }
    return found.values()
  }

  #take(machine: QueriedMachine, metric: Metric, values: Float64Array): void {
    const { combine, top } = this.#query
    if (combine === null) {
      this.#alone.push(new Candidate(() => seriesLabels(machine, metric), values))
      if (top === null) this.#held += values.length
      else if (this.#alone.length >= 2 * top.count + GATHERED) this.#alone = highest(this.#alone, top)
      return
    }
    const labels = Object.fromEntries(combine.by.map((key) => [groupKeyText(key), groupValue(key, machine, metric)]))
    const key = JSON.stringify(labels)
    const group = this.#groups.get(key) ?? new Combined(labels, combine.into, values.length)
    if (!this.#groups.has(key)) this.#held += 4 * values.length
    this.#groups.set(key, group)
    group.add(values)
    if (combine.into.kind === 'quantile') this.#held += values.length
  }
}

/** Labels of a series that stands for itself. */
function seriesLabels(machine: QueriedMachine, metric: Metric): Readonly<Record<string, string>> {
  const own: readonly GroupKey[] = [{ kind: 'machine' }, { kind: 'hostname' }]
  const more = Object.keys(metric.labels).map((key) => ({ kind: 'metric', key }) as const)
  return Object.fromEntries([...own, ...more].map((key) => [groupKeyText(key), groupValue(key, machine, metric)]))
}

/** A series that may be part of the answer; what it is labelled with is found out where it matters. */
class Candidate {
  readonly values: Float64Array
  readonly newest: number
  readonly #label: () => Readonly<Record<string, string>>
  #labels: Readonly<Record<string, string>> | undefined
  #text: string | undefined

  constructor(label: () => Readonly<Record<string, string>>, values: Float64Array) {
    this.#label = label
    this.values = values
    // There is one: a series without any value is none.
    this.newest = values[values.findLastIndex((value) => !Number.isNaN(value))] ?? Number.NaN
  }

  get labels(): Readonly<Record<string, string>> {
    this.#labels ??= this.#label()
    return this.#labels
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.labels)
    return this.#text
  }

  before(other: Candidate): number {
    return compareTexts(this.text, other.text)
  }
}

function highest(all: readonly Candidate[], { count, lowest }: NonNullable<TelemetryQuery['top']>): Candidate[] {
  const sign = lowest ? 1 : -1
  const ranked = all.toSorted((one, other) => sign * (one.newest - other.newest) || one.before(other))
  return ranked.slice(0, count)
}

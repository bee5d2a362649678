import { compareTexts } from './texts.ts'
import { isLike } from './expression/values.ts'
import type { MachineId, PlacementId, TenantName } from './ids.ts'
import { type Result, ok, refuse } from './result.ts'
import type { Metric } from './telemetry.ts'
import type { Instant, Milliseconds } from './time.ts'

export type MatchOperator = '=' | '!=' | '~' | '!~'

/** What a label of a metric must be; a label that is not there is like an empty one. */
export type LabelMatcher = { readonly label: string; readonly operator: MatchOperator; readonly value: string }

/** Metrics of one name whose labels match. */
export type MetricSelector = { readonly name: string; readonly matchers: readonly LabelMatcher[] }

/** What becomes of the samples of one series within one span of time. */
export type OverTime = 'last' | 'min' | 'max' | 'mean' | 'rate'

/** What becomes of several series of one group. */
export type Combination =
  | { readonly kind: 'sum' | 'mean' | 'min' | 'max' | 'count' }
  /** From 0 to 1; 0.5 is the median. Between two values it is interpolated. */
  | { readonly kind: 'quantile'; readonly quantile: number }

/** A label of a result: what a machine is, or a label of the metric itself. */
export type GroupKey =
  | { readonly kind: 'machine' | 'hostname' | 'class' | 'tenant' }
  | { readonly kind: 'label' | 'metric'; readonly key: string }

/** Spans that follow on one another, each with its start and without its end. */
export type Spans = {
  readonly from: Instant
  readonly step: Milliseconds
  readonly count: number
  /** The last one has no end: machines' clocks may be ahead. */
  readonly isOpen: boolean
}

export type TelemetryQuery = {
  readonly selector: MetricSelector
  readonly overTime: OverTime
  readonly spans: Spans
  /** Null: each series for itself. */
  readonly combine: { readonly by: readonly GroupKey[]; readonly into: Combination } | null
  /** The series with the highest newest values, or the lowest. */
  readonly top: { readonly count: number; readonly lowest: boolean } | null
}

/** A machine that is asked about, as results name it. */
export type QueriedMachine = {
  readonly id: MachineId
  readonly hostname: string
  readonly hardwareClass: string
  readonly tenant: TenantName | null
  readonly labels: Readonly<Record<string, string>>
  /** Whose samples may be seen; null: everybody's. */
  readonly holder: PlacementId | null
}

/** One value per span; NaN where there is none. */
export type ResultSeries = { readonly labels: Readonly<Record<string, string>>; readonly values: Float64Array }

export type QueryAnswer = {
  readonly series: readonly ResultSeries[]
  /** Machines that were looked at, and those of them that have such a metric. */
  readonly machines: number
  readonly machinesWithData: number
}

const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y
const LABEL = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*(!=|!~|=|~)\s*"((?:[^"\\]|\\.)*)"\s*/y
const SELECTOR_MAX = 2000
const MATCHERS_MAX = 16

/** Reads a selector such as `node_cpu_seconds_total{mode!="idle"}`; the refusal says what was expected, and where. */
export function parseSelector(text: string): Result<MetricSelector, string> {
  if (text.length > SELECTOR_MAX) return refuse(`expected at most ${SELECTOR_MAX} characters, got ${text.length}`)
  NAME.lastIndex = 0
  const name = NAME.exec(text)?.[0]
  if (name === undefined) return refuse('column 1: expected the name of a metric, such as node_load1')
  let at = name.length
  if (at === text.length) return ok({ name, matchers: [] })
  if (text[at] !== '{') return refuse(`column ${at + 1}: expected { or the end, got ${quote(text[at])}`)
  at += 1
  const matchers: LabelMatcher[] = []
  while (text.slice(at) !== '}') {
    LABEL.lastIndex = at
    const [whole, label = '', operator = '', value = ''] = LABEL.exec(text) ?? []
    if (whole === undefined || !isOperator(operator)) {
      return refuse(`column ${at + 1}: expected label="value" (or !=, ~, !~), got ${quote(text.slice(at, at + 20))}`)
    }
    matchers.push({ label, operator, value: value.replaceAll(/\\(.)/g, '$1') })
    at += whole.length
    if (text[at] === ',') at += 1
    else if (text.slice(at) !== '}') return refuse(`column ${at + 1}: expected , or } as the end`)
  }
  return matchers.length > MATCHERS_MAX ? refuse(`expected at most ${MATCHERS_MAX} labels`) : ok({ name, matchers })
}

const quote = (text = ''): string => JSON.stringify(text)
const isOperator = (text: string): text is MatchOperator => ['=', '!=', '~', '!~'].includes(text)

export function selects({ name, matchers }: MetricSelector, metric: Metric): boolean {
  if (metric.name !== name) return false
  return matchers.every(({ label, operator, value }) => {
    const found = metric.labels[label] ?? ''
    switch (operator) {
      case '=':
        return found === value
      case '!=':
        return found !== value
      case '~':
        return isLike(found, value)
      case '!~':
        return !isLike(found, value)
    }
  })
}

const PLAIN_KEYS = ['machine', 'hostname', 'class', 'tenant'] as const
const KEY = /^(label|metric)\.(.{1,63})$/

/** Reads `machine`, `hostname`, `class`, `tenant`, `label.KEY` (of the machine) or `metric.KEY` (of the metric). */
export function parseGroupKey(text: string): Result<GroupKey, string> {
  const plain = PLAIN_KEYS.find((key) => key === text)
  if (plain !== undefined) return ok({ kind: plain })
  const [, kind, key = ''] = KEY.exec(text) ?? []
  if (kind === 'label' || kind === 'metric') return ok({ kind, key })
  return refuse(`expected ${PLAIN_KEYS.join(', ')}, label.KEY or metric.KEY, got ${quote(text.slice(0, 64))}`)
}

export const groupKeyText = (key: GroupKey): string => ('key' in key ? `${key.kind}.${key.key}` : key.kind)

export function groupValue(key: GroupKey, machine: QueriedMachine, metric: Metric): string {
  switch (key.kind) {
    case 'machine':
      return machine.id
    case 'hostname':
      return machine.hostname
    case 'class':
      return machine.hardwareClass
    case 'tenant':
      return machine.tenant ?? ''
    case 'label':
      return machine.labels[key.key] ?? ''
    case 'metric':
      return metric.labels[key.key] ?? ''
  }
}

/** Recognises one metric again in another schema of the same machine. */
export function metricKey({ name, labels }: Metric): string {
  const sorted = Object.entries(labels).toSorted(([one], [other]) => compareTexts(one, other))
  return JSON.stringify([name, ...sorted])
}

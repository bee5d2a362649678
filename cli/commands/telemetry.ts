import { InvalidArgumentError } from 'commander'
import { parseGroupKey, parseSelector } from '../../shared/model/telemetry_query.ts'
import { describeFault, parseExpression } from '../../shared/model/expression/parse.ts'
import type { QueryResponse__Output } from '../../shared/wire/gen/types/billet/v1/QueryResponse.ts'
import { services } from '../../shared/wire/load.ts'
import { combinations, overTimes } from '../../shared/wire/enums.ts'
import { usage } from '../errors.ts'
import { plain, table } from '../render.ts'
import { type Stamp, parseCalendarTime } from '../times.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  millisecondsOf,
  parseCount,
  parseDuration,
  withOutput,
} from './shared.ts'

const { TelemetryService } = services

type QueryOptions = OutputOption & {
  readonly machines?: string
  readonly over?: Stamp
  readonly step?: Stamp
  readonly end?: Stamp
  readonly each: keyof typeof overTimes
  readonly combine?: Combined
  readonly by?: readonly string[]
  readonly top?: number
  readonly bottom?: number
}

type Combined = { readonly combine: (typeof combinations)[keyof typeof combinations]; readonly quantile: number }

async function query(session: Session, selector: string, options: QueryOptions): Promise<void> {
  const { machines = '', over, step, end, each, combine, by = [], top = 0, bottom = 0 } = options
  if (top > 0 && bottom > 0) throw usage('Expected --top or --bottom, got both.')
  if (by.length > 0 && combine === undefined)
    throw usage('--by: say what becomes of each group, such as --combine sum.')
  const answer = await session.api().call(TelemetryService.Query, {
    selector,
    machines,
    end_time: end ?? null,
    span: over ?? null,
    step: step ?? null,
    over_time: overTimes[each],
    combine: combine?.combine ?? 0,
    quantile: combine?.quantile ?? 0,
    group_by: [...by],
    top: top + bottom,
    lowest: bottom > 0,
  })
  if (options.output === 'json') for (const line of documents(answer)) session.stdout(`${JSON.stringify(line)}\n`)
  else session.stdout(render(answer))
}

/** One document per series; a step without a value has null. */
function documents({ start_time: start, step, series }: QueryResponse__Output) {
  const from = new Date(millisecondsOf(start) ?? 0).toISOString()
  const stepSeconds = (millisecondsOf(step) ?? 0) / 1000
  return series.map(({ labels, values }) => {
    return { labels, start: from, step_seconds: stepSeconds, values: values.map(orNull) }
  })
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)

const COLUMNS_MAX = 10

function render({ start_time: start, step, series, ...counts }: QueryResponse__Output): string {
  const keys = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].filter((key) => key !== 'machine')
  // A host name says more than an identifier, and stands for it where both are there.
  const shown = keys.includes('hostname') ? keys : [...(series[0]?.labels['machine'] ? ['machine'] : []), ...keys]
  const steps = Math.max(0, ...series.map(({ values }) => values.length))
  const first = Math.max(0, steps - COLUMNS_MAX)
  const timeOf = (index: number): string =>
    new Date((millisecondsOf(start) ?? 0) + index * (millisecondsOf(step) ?? 0)).toISOString().slice(11, 19)
  const columns = Array.from({ length: steps - first }, (_, index) => first + index)
  const header = [...shown.map((key) => key.toUpperCase()), ...(steps === 1 ? ['VALUE'] : columns.map(timeOf))]
  const rows = series.map(({ labels, values }) => [
    ...shown.map((key) => plain(labels[key] ?? '') || '-'),
    ...columns.map((index) => number(values[index] ?? Number.NaN)),
  ])
  const left = first > 0 ? `The first ${first} of ${steps} steps are left out; -o json has all.\n` : ''
  const { machine_count: all, machine_count_with_data: some } = counts
  return `${series.length === 0 ? '' : table(header, rows)}${left}${some} of ${all} machines have such a metric.\n`
}

function number(value: number): string {
  if (Number.isNaN(value)) return '-'
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}` : `${Number(value.toPrecision(6))}`
}

function parseCombine(text: string): Combined {
  const [, digits] = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(text) ?? []
  if (digits !== undefined) return { combine: combinations.quantile, quantile: Number(digits) / 100 }
  const words = Object.entries(combinations).filter(([word]) => word !== 'quantile')
  const found = words.find(([word]) => word === text)
  if (found !== undefined) return { combine: found[1], quantile: 0 }
  const known = words.map(([word]) => word).join(', ')
  throw usage(`--combine: expected ${known}, or p0 to p100 as p99, got ${JSON.stringify(text)}.`)
}

function parseEach(text: string): keyof typeof overTimes {
  const found = Object.keys(overTimes).find((word): word is keyof typeof overTimes => word === text)
  if (found !== undefined) return found
  throw usage(`--each: expected one of ${Object.keys(overTimes).join(', ')}, got ${JSON.stringify(text)}.`)
}

function collectKeys(text: string, collected: readonly string[] = []): readonly string[] {
  const keys = text.split(',').map((key) => key.trim())
  for (const key of keys) {
    const parsed = parseGroupKey(key)
    if (!parsed.ok) throw usage(`--by: ${parsed.error}.`)
  }
  return [...collected, ...keys]
}

function checkedSelector(text: string): string {
  const parsed = parseSelector(text)
  if (parsed.ok) return text
  throw new InvalidArgumentError(parsed.error)
}

function checkedExpression(text: string): string {
  const parsed = parseExpression(text)
  if (parsed.ok) return text
  throw usage(`--machines: ${describeFault(text, parsed.error)}.`)
}

export const registerTelemetry: Register = (program, session) => {
  const group = program.command('telemetry').description('what machines measured, lately')
  const querying = group
    .command('query')
    .argument('<selector>', "metric, and what its labels must be: 'node_load1', 'x{gpu=\"0\"}'", checkedSelector)
    .description('one metric of many machines, over time and combined')
    .option('--machines <expression>', 'only machines of which this holds: "label.rack = r1"', checkedExpression)
    .option('--over <length>', 'so far back (default: 5m)', parseDuration('--over'))
    .option('--step <length>', 'one value per step; one of it all otherwise', parseDuration('--step'))
    .option('--end <time>', 'back from this time, and not from now', parseCalendarTime('--end'))
    .option('--each <what>', 'of each series: last, min, max, mean, or rate per second of a counter', parseEach, 'last')
    .option('--combine <what>', 'of all series: sum, mean, min, max, count, or a percentile as p99', parseCombine)
    .option(
      '--by <keys>',
      'combined by machine, hostname, class, tenant, label.KEY or metric.KEY, with commas between (repeatable)',
      collectKeys,
    )
    .option('--top <count>', 'the highest', parseCount('--top', 1, 10_000))
    .option('--bottom <count>', 'the lowest', parseCount('--bottom', 1, 10_000))
  withOutput(querying).action((selector: string, options: QueryOptions) => query(session, selector, options))
}

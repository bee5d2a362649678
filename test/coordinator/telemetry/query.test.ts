import test from 'ava'
import * as fc from 'fast-check'
import { Evaluation, QUERY_LIMITS, type VisibleRows } from '../../../coordinator/telemetry/query/evaluate.ts'
import { QueryRunner } from '../../../coordinator/telemetry/query/runner.ts'
import { TelemetryRings } from '../../../coordinator/telemetry/rings.ts'
import { systemClock } from '../../../shared/clock.ts'
import { idSource } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import type { Result } from '../../../shared/model/result.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import {
  type QueriedMachine,
  type QueryAnswer,
  type TelemetryQuery,
  parseGroupKey,
  parseSelector,
  selects,
} from '../../../shared/model/telemetry_query.ts'
import { instant, milliseconds } from '../../../shared/model/time.ts'
import { must, tenant } from '../../fixtures.ts'
import { type Told, naive } from './naive_query.ts'

const generator = random(5)
const ids = idSource((length) => generator.bytes(length))

const METRICS: readonly Metric[] = [
  { name: 'load', unit: '', labels: {}, kind: 'gauge' },
  { name: 'bytes_total', unit: 'bytes', labels: { device: 'eth0' }, kind: 'counter' },
  { name: 'bytes_total', unit: 'bytes', labels: { device: 'eth1' }, kind: 'counter' },
  { name: 'bytes_total', unit: 'bytes', labels: { device: 'lo' }, kind: 'counter' },
]

const machines: readonly QueriedMachine[] = Array.from({ length: 4 }, (_, index) => ({
  id: ids.machine(),
  hostname: `node-${index}`,
  hardwareClass: ['large', 'small'][index % 2] ?? '',
  tenant: index < 2 ? tenant('red') : null,
  labels: index === 3 ? {} : { rack: `r${index % 2}` },
  holder: null,
}))

const FROM = 1_700_000_000_000

/** Times go back now and then, as clocks do; values are now and then none. */
const value = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 50 }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
)
const row = fc.record({ at: fc.integer({ min: -30, max: 130 }), values: fc.tuple(value, value, value, value) })
const schema = fc.record({
  columns: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
  rows: fc.array(row, { maxLength: 12 }),
  first: fc.integer({ min: 0, max: 3 }),
})
const history = fc.array(schema, { maxLength: 3 })

const selector = fc.constantFrom(
  'load',
  'bytes_total',
  'bytes_total{device="eth0"}',
  'bytes_total{device!="lo"}',
  'bytes_total{device~"eth*"}',
  'bytes_total{device!~"*0",other=""}',
)
const by = fc.uniqueArray(fc.constantFrom('machine', 'hostname', 'class', 'tenant', 'label.rack', 'metric.device'), {
  maxLength: 3,
})
const into = fc.oneof(
  fc.record({ kind: fc.constantFrom('sum', 'mean', 'min', 'max', 'count') }),
  fc.record({ kind: fc.constant('quantile' as const), quantile: fc.constantFrom(0, 0.25, 0.5, 0.9, 1) }),
)
const query: fc.Arbitrary<TelemetryQuery> = fc.record({
  selector: selector.map((text) => must(parseSelector(text))),
  overTime: fc.constantFrom('last', 'min', 'max', 'mean', 'rate'),
  spans: fc.record({
    from: fc.constant(instant(FROM)),
    step: fc.constantFrom(milliseconds(10), milliseconds(25), milliseconds(100)),
    count: fc.integer({ min: 1, max: 8 }),
    isOpen: fc.boolean(),
  }),
  combine: fc.option(fc.record({ by: by.map((keys) => keys.map((key) => must(parseGroupKey(key)))), into })),
  top: fc.option(fc.record({ count: fc.integer({ min: 1, max: 5 }), lowest: fc.boolean() })),
})

function rowsOf({ columns, rows, first }: Told): VisibleRows {
  return {
    first: Math.min(first, rows.length),
    rows: {
      metrics: columns.map((column) => METRICS[column] ?? fail()),
      length: rows.length,
      timeOf: (index) => FROM + (rows[index]?.at ?? NaN),
      valueOf: (index, column) => rows[index]?.values[columns[column] ?? -1] ?? NaN,
    },
  }
}

function finished(evaluation: Evaluation): Result<QueryAnswer, string> {
  const finishing = evaluation.finish()
  for (;;) {
    const step = finishing.next()
    if (step.done === true) return step.value
  }
}

function fail(): never {
  throw new Error('there is no such metric')
}

test('a query answers as one that looks at everything again and again', (t) => {
  const fleet = fc.tuple(history, history, history, history)
  fc.assert(
    fc.property(query, fleet, (asked, told) => {
      const evaluation = new Evaluation(asked, QUERY_LIMITS)
      for (const [index, machine] of machines.entries()) must(evaluation.add(machine, (told[index] ?? []).map(rowsOf)))
      const answer = must(finished(evaluation))
      const expected = naive(asked, machines, told, METRICS, FROM)
      t.deepEqual(
        answer.series.map(({ labels }) => labels),
        expected.map(({ labels }) => labels),
      )
      for (const [index, { values }] of answer.series.entries()) {
        const others = expected[index]?.values ?? []
        t.is(values.length, others.length)
        for (const [span, one] of values.entries()) {
          const other = others[span] ?? NaN
          t.true(Object.is(one, other) || Math.abs(one - other) <= 1e-9 * Math.abs(other), `${one} and ${other}`)
        }
      }
      t.is(answer.machines, machines.length)
    }),
    { numRuns: 2000 },
  )
})

test('selectors are read with what is wrong, and where', (t) => {
  const read = (text: string) => {
    const parsed = parseSelector(text)
    return parsed.ok ? parsed.value : parsed.error
  }
  t.deepEqual(read('up'), { name: 'up', matchers: [] })
  t.deepEqual(read('up{}'), { name: 'up', matchers: [] })
  const two = read('up{a="x\\"\\\\y", b !~ "z*"}')
  t.deepEqual(two, {
    name: 'up',
    matchers: [
      { label: 'a', operator: '=', value: 'x"\\y' },
      { label: 'b', operator: '!~', value: 'z*' },
    ],
  })
  t.is(read(''), 'column 1: expected the name of a metric, such as node_load1')
  t.is(read('1up'), 'column 1: expected the name of a metric, such as node_load1')
  t.is(read('up!'), 'column 3: expected { or the end, got "!"')
  t.is(read('up{a=x}'), 'column 4: expected label="value" (or !=, ~, !~), got "a=x}"')
  t.is(read('up{a="x"'), 'column 9: expected , or } as the end')
  t.is(read('up{a="x"} '), 'column 9: expected , or } as the end')
  t.is(read(`up{${'a="",'.repeat(17)}}`), 'expected at most 16 labels')
  t.is(read('u'.repeat(3000)), 'expected at most 2000 characters, got 3000')
  t.true(selects(must(parseSelector('load{mode=""}')), { name: 'load', unit: '', labels: {}, kind: 'gauge' }))
})

test('keys of groups are read, and no others', (t) => {
  t.deepEqual(must(parseGroupKey('label.rack')), { kind: 'label', key: 'rack' })
  t.deepEqual(must(parseGroupKey('metric.gpu')), { kind: 'metric', key: 'gpu' })
  t.deepEqual(must(parseGroupKey('class')), { kind: 'class' })
  for (const text of ['', 'rack', 'label.', 'label', 'metric']) t.false(parseGroupKey(text).ok, text)
})

const LOAD: TelemetryQuery = {
  selector: { name: 'load', matchers: [] },
  overTime: 'last',
  spans: { from: instant(FROM), step: milliseconds(1000), count: 1, isOpen: true },
  combine: null,
  top: null,
}

function filled(count: number) {
  const rings = new TelemetryRings({ samplesPerMachine: 4, onDemand: () => {} })
  const fleet = Array.from({ length: count }, (): QueriedMachine => {
    const id = ids.machine()
    rings.schema(id, { id: 1, metrics: METRICS })
    for (let at = 0; at < 4; at += 1) {
      rings.sample(id, { schemaId: 1, at: instant(FROM + at), values: Float64Array.of(at, at, at, at) })
    }
    return { id, hostname: '', hardwareClass: '', tenant: null, labels: {}, holder: null }
  })
  return { rings, fleet }
}

const never = new AbortController().signal

test('a query that is too much is refused, and says what would make it less', async (t) => {
  const { rings, fleet } = filled(20)
  const refused = async (limits: object, asked: TelemetryQuery = LOAD) => {
    const runner = new QueryRunner(rings, systemClock, { ...QUERY_LIMITS, ...limits })
    const answer = await runner.query(asked, fleet, never)
    return answer.ok ? 'answered' : `${answer.error.kind}: ${answer.error.message}`
  }
  t.is(await refused({}), 'answered')
  t.regex(await refused({ numbers: 79 }), /^query_too_large: .*more than 79 numbers; ask for fewer machines/)
  t.regex(await refused({ held: 19 }), /^query_too_large: .*more than 19 values at once/)
  t.regex(await refused({ answered: 1000 }), /^query_too_large: .*20 series of 1 values.*combine/)
  t.is(await refused({ answered: 1000 }, { ...LOAD, top: { count: 5, lowest: false } }), 'answered')
  t.is(await refused({ answered: 20, held: 4 }, { ...LOAD, combine: { by: [], into: { kind: 'sum' } } }), 'answered')
})

test('a long query lets others go on, ends with its caller, and only so many run at once', async (t) => {
  const { rings, fleet } = filled(3000)
  // Every look at the clock takes a millisecond.
  let now = 0
  const runner = new QueryRunner(rings, { monotonic: () => milliseconds((now += 1)) })
  let turns = 0
  const counting = setInterval(() => (turns += 1), 0)
  const answer = must(await runner.query(LOAD, fleet, never))
  clearInterval(counting)
  t.is(answer.series.length, 3000)
  t.true(turns > 0, 'others had their turn')
  const controller = new AbortController()
  const cancelled = runner.query(LOAD, fleet, controller.signal)
  controller.abort()
  t.like(await cancelled, { ok: false, error: { kind: 'cancelled' } })
  const many = await Promise.all(Array.from({ length: 9 }, () => runner.query(LOAD, fleet, never)))
  t.deepEqual(
    many.map((one) => (one.ok ? 'ok' : one.error.kind)),
    [...Array.from({ length: 8 }, () => 'ok'), 'queue_full'],
  )
})

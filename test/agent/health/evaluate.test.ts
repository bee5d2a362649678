import test from 'ava'
import * as fc from 'fast-check'
import { type HealthState, evaluate, noHealth } from '../../../agent/health/evaluate.ts'
import { type HealthFacts, healthRules } from '../../../agent/health/rules.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import { type Instant, instant } from '../../../shared/model/time.ts'

const STATE = '/var/lib/billet'
const START = 1_700_000_000_000
const at = (secondsLater: number): Instant => instant(START + secondsLater * 1000)

type Reading = {
  readonly memoryUsed?: number
  readonly diskUsed?: number
  readonly inodesUsed?: number
  readonly readOnly?: boolean
  /** One per device; NaN for one that does not answer. */
  readonly gpus?: readonly number[]
}

function telemetry(reading: Reading): Pick<HealthFacts, 'schema' | 'sample'> {
  const { memoryUsed = 0.1, diskUsed = 0.1, inodesUsed = 0.1, readOnly = false, gpus = [] } = reading
  const rows: (readonly [string, Readonly<Record<string, string>>, number])[] = [
    ['node_memory_MemTotal_bytes', {}, 1000],
    ['node_memory_MemAvailable_bytes', {}, 1000 * (1 - memoryUsed)],
    ['node_filesystem_avail_bytes', { mountpoint: '/' }, 0],
    ['node_filesystem_size_bytes', { mountpoint: '/' }, 1],
    ['node_filesystem_avail_bytes', { mountpoint: STATE }, 1000 * (1 - diskUsed)],
    ['node_filesystem_size_bytes', { mountpoint: STATE }, 1000],
    ['node_filesystem_files', { mountpoint: STATE }, 1000],
    ['node_filesystem_files_free', { mountpoint: STATE }, 1000 * (1 - inodesUsed)],
    ['node_filesystem_readonly', { mountpoint: STATE }, readOnly ? 1 : 0],
    ...gpus.map((celsius, index) => ['DCGM_FI_DEV_GPU_TEMP', { UUID: `GPU-${index}` }, celsius] as const),
  ]
  const metrics = rows.map(([name, labels]): Metric => ({ name, unit: '', labels, kind: 'gauge' }))
  const values = Float64Array.from(rows, ([, , value]) => value)
  return { schema: { id: 1, metrics }, sample: { schemaId: 1, at: at(0), values } }
}

function facts(reading: Reading = {}, others: Partial<HealthFacts> = {}): HealthFacts {
  return {
    ...telemetry(reading),
    stateDirectory: STATE,
    writeFailure: null,
    gpusExpected: null,
    clockAheadMs: 0,
    isRoot: true,
    cgroupFailure: null,
    ...others,
  }
}

const ids = (state: HealthState): readonly string[] => state.conditions.map((condition) => condition.id)

/** The state after the facts of each second, one second after another. */
function after(...beats: readonly HealthFacts[]): HealthState {
  return beats.reduce((state, beat, index) => evaluate(state, beat, at(index)), noHealth)
}

test('a healthy machine has no condition', (t) => {
  t.deepEqual(evaluate(noHealth, facts({ gpus: [40, 41] }, { gpusExpected: 2 }), at(0)), noHealth)
})

test('each finding has its own condition', (t) => {
  const cases: readonly (readonly [string, HealthFacts, RegExp, boolean])[] = [
    ['filesystem-nearly-full', facts({ diskUsed: 0.91 }), /is 91 % full/, false],
    ['filesystem-nearly-full', facts({ inodesUsed: 0.95 }), /is 95 % full/, false],
    ['filesystem-read-only', facts({ readOnly: true }), /is read-only/, true],
    ['state-not-writable', facts({}, { writeFailure: 'ENOSPC' }), /cannot write below .*: ENOSPC/, true],
    ['agent-not-root', facts({}, { isRoot: false }), /as root/, false],
    ['cgroup-not-writable', facts({}, { cgroupFailure: 'cgroup v2 is not mounted' }), /not mounted/, false],
  ]
  for (const [id, given, reason, forbidsPlacement] of cases) {
    const [condition, ...others] = evaluate(noHealth, given, at(0)).conditions
    t.deepEqual(others, [])
    t.is(condition?.id, id)
    t.regex(condition?.reason ?? '', reason)
    t.is(condition?.forbidsPlacement, forbidsPlacement)
    t.is(condition?.since, at(0))
  }
  t.deepEqual(ids(evaluate(noHealth, facts({ diskUsed: 0.99 }), at(0))), ['filesystem-nearly-full', 'filesystem-full'])
})

test('a condition goes only well below where it came', (t) => {
  const full = after(facts({ diskUsed: 0.91 }))
  const still = evaluate(full, facts({ diskUsed: 0.89 }), at(1))
  t.is(still.conditions, full.conditions)
  t.deepEqual(ids(evaluate(still, facts({ diskUsed: 0.86 }), at(2))), [])
  t.deepEqual(ids(after(facts({ diskUsed: 0.89 }))), [])
})

test('what stands is the very same while it stands, though the numbers move', (t) => {
  const first = after(facts({ diskUsed: 0.91 }))
  t.is(evaluate(first, facts({ diskUsed: 0.93 }), at(9)).conditions, first.conditions)
})

test('memory must be short for half a minute, and since says from when', (t) => {
  const short = facts({ memoryUsed: 0.99 })
  let state = evaluate(noHealth, short, at(0))
  state = evaluate(state, short, at(29))
  t.deepEqual(ids(state), [])
  state = evaluate(state, short, at(30))
  t.deepEqual(ids(state), ['memory-nearly-exhausted'])
  t.is(state.conditions[0]?.since, at(0))
  t.is(state.pending.size, 0)

  let relieved = evaluate(noHealth, short, at(0))
  relieved = evaluate(relieved, facts(), at(10))
  relieved = evaluate(relieved, short, at(20))
  t.deepEqual(ids(evaluate(relieved, short, at(40))), [])
})

test('a GPU that is gone, silent or never seen is missing after two minutes', (t) => {
  for (const gpus of [[40], [40, Number.NaN], []]) {
    const given = facts({ gpus }, { gpusExpected: 2 })
    const state = evaluate(evaluate(noHealth, given, at(0)), given, at(120))
    t.deepEqual(ids(state), ['gpu-missing'])
    t.true(state.conditions[0]?.forbidsPlacement)
  }
  const given = facts({ gpus: [40, 41, 42] }, { gpusExpected: 2 })
  t.deepEqual(ids(evaluate(evaluate(noHealth, given, at(0)), given, at(120))), [])
})

test('a clock that differs is named with its direction', (t) => {
  const reason = (clockAheadMs: number): string | undefined => {
    const given = facts({}, { clockAheadMs })
    return evaluate(evaluate(noHealth, given, at(0)), given, at(30)).conditions[0]?.reason
  }
  t.is(reason(-61_000), "the clock is 61 s behind the coordinator's")
  t.is(reason(6_000), "the clock is 6 s ahead of the coordinator's")
  t.is(reason(4_000), undefined)
})

test('what cannot be seen changes nothing', (t) => {
  const blind = facts({}, { schema: null, sample: null, clockAheadMs: null })
  t.deepEqual(ids(evaluate(noHealth, blind, at(0))), [])
  const full = after(facts({ diskUsed: 0.99 }))
  t.is(evaluate(full, blind, at(1)).conditions, full.conditions)
  const waiting = evaluate(noHealth, facts({ memoryUsed: 0.99 }), at(0))
  const kept = evaluate(waiting, blind, at(15))
  t.deepEqual(ids(evaluate(kept, facts({ memoryUsed: 0.99 }), at(30))), ['memory-nearly-exhausted'])
})

test('a clock set back delays a condition once at most', (t) => {
  const short = facts({ memoryUsed: 0.99 })
  let state = evaluate(noHealth, short, at(1000))
  state = evaluate(state, short, at(0))
  t.deepEqual(ids(evaluate(state, short, at(30))), ['memory-nearly-exhausted'])
})

test('rules have different names, and their thresholds leave room', (t) => {
  t.is(new Set(healthRules.map((rule) => rule.id)).size, healthRules.length)
  for (const rule of healthRules) t.true(rule.clearAt < rule.raiseAt, rule.id)
})

test('whatever is measured, a condition comes from a rule once and in the order of the rules', (t) => {
  const share = fc.oneof(fc.double({ min: 0, max: 1 }), fc.constant(Number.NaN))
  const beat = fc.record({ memoryUsed: share, diskUsed: share, inodesUsed: share, readOnly: fc.boolean() })
  const order = healthRules.map((rule) => rule.id)
  fc.assert(
    fc.property(fc.array(beat, { maxLength: 40 }), (beats) => {
      const standing = ids(after(...beats.map((reading) => facts(reading))))
      return standing.every((id, index) => index === 0 || order.indexOf(standing[index - 1] ?? '') < order.indexOf(id))
    }),
  )
  t.pass()
})

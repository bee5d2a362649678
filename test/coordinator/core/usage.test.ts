import test from 'ava'
import * as fc from 'fast-check'
import { usageKey } from '../../../coordinator/core/usage.ts'
import type { TableName, Tables } from '../../../coordinator/core/records.ts'
import type { StateWrite } from '../../../coordinator/core/state.ts'
import { encodeWrite } from '../../../coordinator/store/encoder.ts'
import { decodeEntry } from '../../../coordinator/store/records.ts'
import { type Instant, instant } from '../../../shared/model/time.ts'
import { byDay, unaccounted } from '../../../shared/model/usage.ts'
import { dayOf, dayText, parseDay } from '../../../shared/model/utc.ts'
import { revision } from '../../../shared/model/ids.ts'
import { CoreHarness, must, tenant } from '../../fixtures.ts'

const DAY_MS = 86_400_000

test('a span of time is cut at each midnight, and nothing of it is lost', (t) => {
  const at = fc.integer({ min: 0, max: 4_000_000_000_000 }).map(instant)
  fc.assert(
    fc.property(at, fc.integer({ min: 0, max: 5 * DAY_MS }), (from, length) => {
      const to = instant(from + length)
      const parts = byDay(from, to)
      const sum = parts.reduce((all, { seconds }) => all + seconds, 0)
      t.true(Math.abs(sum - length / 1000) < 1e-6)
      t.deepEqual(
        parts.map(({ day }) => day),
        parts.map((_, index) => dayOf(from) + index),
      )
      t.true(parts.every(({ seconds }) => seconds > 0 && seconds <= 86_400))
    }),
  )
})

test('days are written and read as the calendar has them', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (day) => {
      const text = new Date(day * DAY_MS).toISOString().slice(0, 10)
      t.is(dayText(day), text)
      t.is(must(parseDay(text)), day)
    }),
  )
  for (const text of ['', '2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '1969-12-31', '2026-12-24T00:00']) {
    t.false(parseDay(text).ok, text)
  }
})

/** Machine-seconds by tenant: what is in the accounts, and what is not in them yet. */
function held(core: CoreHarness, name: string): number {
  let sum = 0
  for (const { record } of core.state.table('usages').values()) if (record.tenant === name) sum += record.machineSeconds
  for (const { record } of core.state.table('machines').values()) {
    const entries = unaccounted(record, core.state.cluster().accountedUntil, core.now)
    for (const one of entries) if (one.tenant === name) sum += one.machineSeconds
  }
  return sum
}

type Step =
  | { readonly kind: 'submit'; readonly tenant: 'red' | 'blue'; readonly machines: number }
  | { readonly kind: 'exit'; readonly machine: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'tick' }
  | { readonly kind: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('submit'),
    tenant: fc.constantFrom('red', 'blue'),
    machines: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('exit'), machine: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1, max: 50_000_000 }) }),
  fc.record({ kind: fc.constant('tick') }),
  fc.record({ kind: fc.constant('restart') }),
)

test('every moment that a tenant holds a machine is accounted for once, over starts and midnights', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let core = new CoreHarness()
      const machines = ['SN1', 'SN2', 'SN3'].map((serial) => core.available(serial))
      const expected = new Map([
        ['red', 0],
        ['blue', 0],
      ])
      for (const one of steps) {
        if (one.kind === 'submit') core.submit(one.tenant, { machineCount: one.machines, task: null })
        else if (one.kind === 'tick') core.must({ kind: 'tick' })
        else if (one.kind === 'restart') core = restarted(core)
        else if (one.kind === 'wait') {
          for (const machine of machines) {
            const { state, tenant: of } = core.machine(machine)
            if (state === 'allocated' && of !== null) expected.set(of, (expected.get(of) ?? 0) + one.ms / 1000)
          }
          core.now = instant(core.now + one.ms)
        } else {
          const machine = machines[one.machine]
          if (machine !== undefined && core.machine(machine).state === 'allocated') core.exits(machine)
        }
        core.place()
      }
      for (const [name, seconds] of expected) t.true(Math.abs(held(core, name) - seconds) < 1e-3, name)
    }),
    { numRuns: 60 },
  )
})

/** The same fleet, read again from what was written down. */
function restarted({ state, now }: CoreHarness): CoreHarness {
  const after = new CoreHarness()
  const all = <Name extends TableName>(name: Name): readonly Tables[Name][] =>
    Array.from(state.table(name).values(), ({ record }) => record)
  const writes: readonly StateWrite[] = [
    ...all('cluster').map((record) => ({ table: 'cluster', key: 'cluster', record }) as const),
    ...all('machines').map((record) => ({ table: 'machines', key: record.id, record }) as const),
    ...all('tenants').map((record) => ({ table: 'tenants', key: record.name, record }) as const),
    ...all('workloads').map((record) => ({ table: 'workloads', key: record.id, record }) as const),
    ...all('placements').map((record) => ({ table: 'placements', key: record.id, record }) as const),
    ...all('usages').map((record) => {
      return { table: 'usages', key: usageKey(record.tenant, record.hardwareClass, record.day), record } as const
    }),
  ]
  for (const write of writes) {
    const { key, value } = encodeWrite(write)
    after.state.load(must(decodeEntry({ key, value: value ?? '', revision: revision(1) })), revision(1))
  }
  after.now = now
  return after
}

test('energy is added to the day it is told for, and old days are forgotten', (t) => {
  const core = new CoreHarness()
  const red = tenant('red')
  const told = (day: number, joules: number): void =>
    core.must({
      kind: 'energy_measured',
      entries: [{ tenant: red, hardwareClass: 'c', day, joules, meteredSeconds: 5 }],
    })
  const today = dayOf(core.now)
  told(today, 100)
  told(today, 50)
  told(today - 500, 1)
  const find = (day: number) => core.state.find('usages', usageKey(red, 'c', day))
  t.like(find(today), { joules: 150, meteredSeconds: 10, machineSeconds: 0 })
  t.truthy(find(today - 500))
  const later: Instant = instant(core.now + 11 * 60_000)
  core.now = later
  core.must({ kind: 'tick' })
  t.is(find(today - 500), undefined)
  t.truthy(find(today))
})

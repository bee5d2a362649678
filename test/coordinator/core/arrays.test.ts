import test from 'ava'
import { desired } from '../../../coordinator/core/desired.ts'
import type { WorkloadRecord } from '../../../coordinator/core/records.ts'
import { CoreHarness, request } from '../../fixtures.ts'

const all = (core: CoreHarness): readonly WorkloadRecord[] =>
  [...core.state.table('workloads').values()]
    .map(({ record }) => record)
    .toSorted((left, right) => left.sequence - right.sequence)

const running = (core: CoreHarness): number => all(core).filter(({ state }) => state !== 'queued').length

test('an array is many workloads from one submission, each knowing its number, submitted once', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const array = { size: 3, mostAtOnce: 0 }
  const first = core.submit('red', { array }, request('once'))
  t.is(core.submit('red', { array }, request('once')), first)
  t.deepEqual(
    all(core).map((one) => one.array),
    [0, 1, 2].map((index) => ({ first, index })),
  )
  core.place()
  t.deepEqual(desired(core.state, machine)?.assignment?.array, { index: 0, size: 3 })
  core.exits(machine)
  core.place()
  t.deepEqual(desired(core.state, machine)?.assignment?.array, { index: 1, size: 3 })
})

test('of a bounded array so many hold machines at once, and the others hold up nobody', (t) => {
  const core = new CoreHarness()
  const machines = ['a', 'b', 'c', 'd'].map((name) => core.available(name))
  core.submit('red', { array: { size: 4, mostAtOnce: 2 }, priority: 5 })
  const other = core.submit('red')
  core.place()
  t.is(running(core), 3)
  t.not(core.workload(other).state, 'queued')
  const [waiting] = all(core).filter(({ state }) => state === 'queued')
  t.is(waiting === undefined ? '' : core.explain(waiting.id)[0]?.reason, 'ARRAY_FULL')
  const busy = machines.find((machine) => core.machine(machine).tenant !== null)
  if (busy === undefined) throw new Error('one is busy')
  core.exits(busy)
  core.place()
  t.is(core.state.arrayCount(all(core)[0]?.id ?? other), 2)
})

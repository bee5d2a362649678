import test from 'ava'
import { imagined } from '../../../coordinator/core/imagined.ts'
import { parseExpression } from '../../../shared/model/expression/parse.ts'
import { hours, later, minutes } from '../../../shared/model/time.ts'
import { ANY_ARRANGEMENT, ANY_MACHINE, type Forecast, type WorkloadSpec } from '../../../shared/model/workload.ts'
import { CoreHarness, must, spec, tenant, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const hourLong = { limit: hours(1), warning: null }

const forecast = (core: CoreHarness, asked: Partial<WorkloadSpec> = {}): Forecast =>
  core.scheduler.forecast(core.state, imagined(core.state, tenant('blue'), spec(asked), core.now), core.now)

test('a plan says which machines a workload would get, and changes nothing', (t) => {
  const core = new CoreHarness()
  const machines = [core.available('a'), core.available('b')]
  t.deepEqual([...forecast(core, { machineCount: 2 }).machines].toSorted(), machines.toSorted())
  t.deepEqual([...forecast(core, { machineCount: 2 }).machines].toSorted(), machines.toSorted())
  t.is(core.state.table('workloads').size, 0)
  const real = core.submit('red', { machineCount: 2 })
  t.deepEqual(forecast(core).machines, [], 'what waits before it would have them')
  core.place()
  t.not(core.workload(real).state, 'queued')
})

test('a plan that would wait says why, from when on it would not, and what would help', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.available('b')
  core.submit('red', { timeLimit: hourLong })
  core.place()
  for (const id of [machine, ...core.state.available()].map((one) => (typeof one === 'string' ? one : one.id))) {
    if (core.machine(id).state === 'allocated') core.says(id, { state: 'running', startedAt: core.now })
  }
  const { machines, explanation } = forecast(core, { machineCount: 2 })
  t.deepEqual(machines, [])
  t.is(explanation.expectedStart, later(later(core.now, hours(1)), minutes(2)))
  t.deepEqual(explanation.suggestions, ['With 1 machine in place of 2 it could start at once.'])
})

test('each condition that alone stands in the way is named', (t) => {
  const core = new CoreHarness()
  core.available('a')
  const labelled = { ...ANY_MACHINE, labels: { tier: 'gold' } }
  t.deepEqual(forecast(core, { constraints: labelled }).explanation.suggestions, [
    'Without label tier=gold it could start at once.',
  ])
  const required = { ...ANY_MACHINE, require: must(parseExpression('cpu.cores >= 8 and gpu.count >= 8')) }
  t.deepEqual(forecast(core, { constraints: required }).explanation.suggestions, [
    'Without gpu.count >= 8 it could start at once.',
  ])
  const both = { ...required, labels: { tier: 'gold' } }
  t.deepEqual(forecast(core, { constraints: both }).explanation.suggestions, [], 'neither alone would help')
})

test('machines that are free in several places, where one is required', (t) => {
  const core = new CoreHarness()
  for (const rack of ['r1', 'r2']) {
    const machine = core.available(rack)
    core.must({ kind: 'label_machine', caller: admin, machine, set: { site: 's', row: 'w', rack }, remove: [] })
  }
  const arrangement = { ...ANY_ARRANGEMENT, pack: { level: 'rack', required: true } }
  const { suggestions, refusals } = forecast(core, { machineCount: 2, arrangement }).explanation
  t.deepEqual(suggestions, [
    'With 1 machine in place of 2 it could start at once.',
    'In more than one rack it could start at once.',
  ])
  t.true(refusals.some(({ message }) => /in one rack/.test(message)))
})

test('a plan says who would be stopped for it', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const low = core.submit('red', { priority: -10, preemption: { preempts: false, preemptible: true } })
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  const urgent = { priority: 10, preemption: { preempts: true, preemptible: false } }
  t.deepEqual(forecast(core, urgent).preempted, [{ workload: low, reason: 'priority' }])
  t.is(core.workload(low).state, 'running')
})

test('of an elastic one a plan says what it would have at once, beyond its least too', (t) => {
  const core = new CoreHarness()
  for (const name of ['a', 'b', 'c']) core.available(name)
  t.is(forecast(core, { machineCount: 5, least: 2 }).machines.length, 3)
  core.submit('blue', { machineCount: 2 })
  t.is(forecast(core, { machineCount: 5, least: 1 }).machines.length, 1)
  core.submit('blue', { machineCount: 3 })
  t.is(forecast(core, { machineCount: 5, least: 1 }).machines.length, 0)
})

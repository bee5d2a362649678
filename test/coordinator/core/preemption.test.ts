import test from 'ava'
import type { MachineId, WorkloadId } from '../../../shared/model/ids.ts'
import { hours, later } from '../../../shared/model/time.ts'
import { ANY_MACHINE, type WorkloadSpec } from '../../../shared/model/workload.ts'
import { CoreHarness, TERM_BEGAN, spec, tenant, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const LOW: Partial<WorkloadSpec> = { priority: -10, preemption: { preempts: false, preemptible: true } }
const URGENT: Partial<WorkloadSpec> = { priority: 10, preemption: { preempts: true, preemptible: false } }

/** Machines that run one workload each of what is asked for, begun an hour apart. */
function busy(core: CoreHarness, count: number, asked: Partial<WorkloadSpec>): readonly WorkloadId[] {
  return Array.from({ length: count }, () => {
    const before = core.state.table('machines').size
    const machines = Array.from({ length: asked.machineCount ?? 1 }, (_one, at) => core.available(`m${before + at}`))
    const workload = core.submit('red', asked)
    core.place()
    run(core, machines)
    core.now = later(core.now, hours(1))
    return workload
  })
}

function run(core: CoreHarness, machines: readonly MachineId[]): void {
  for (const machine of machines) core.says(machine, { state: 'prepared' })
  for (const machine of machines) core.says(machine, { state: 'running', startedAt: core.now })
}

const stateOf = (core: CoreHarness, workloads: readonly WorkloadId[]): readonly string[] =>
  workloads.map((workload) => core.workload(workload).state)

test('who has least to lose is stopped for higher priority and waits again; the machine is not given away', (t) => {
  const core = new CoreHarness()
  const low = busy(core, 3, LOW)
  const urgent = core.submit('blue', URGENT)
  core.place()
  t.deepEqual(stateOf(core, low), ['running', 'running', 'stopping'], 'the one that began last')
  t.regex(core.workload(low[2] ?? urgent).stateReason, new RegExp(`stopped for workload ${urgent} of higher priority`))
  core.place()
  t.deepEqual(stateOf(core, low), ['running', 'running', 'stopping'], 'what is ending is enough')
  const other = core.submit('green', { priority: 10 })
  const [freed] = core.ranks(low[2] ?? urgent)
  if (freed === undefined) throw new Error('it had a rank')
  core.exits(freed.machine, 143)
  core.place()
  t.is(core.workload(low[2] ?? urgent).state, 'queued')
  t.not(core.workload(urgent).state, 'queued')
  t.is(core.workload(other).state, 'queued', 'of the same priority, it came later')
})

test('nothing is stopped in vain, nor for an equal, nor what may not be, nor for whom did not ask', (t) => {
  const core = new CoreHarness()
  const low = busy(core, 2, LOW)
  core.submit('blue', { ...URGENT, machineCount: 3 })
  core.submit('blue', { ...URGENT, priority: -10 })
  core.place()
  t.deepEqual(stateOf(core, low), ['running', 'running'])
  const stubborn = new CoreHarness()
  const kept = busy(stubborn, 2, { priority: -10 })
  stubborn.submit('blue', URGENT)
  stubborn.place()
  t.deepEqual(stateOf(stubborn, kept), ['running', 'running'])
  const polite = new CoreHarness()
  const low2 = busy(polite, 1, LOW)
  polite.submit('blue', { priority: 10 })
  polite.place()
  t.deepEqual(stateOf(polite, low2), ['running'], 'it did not ask for that')
})

test('whole gangs are stopped, and no more than it takes', (t) => {
  const core = new CoreHarness()
  const [pair] = busy(core, 1, { ...LOW, machineCount: 2 })
  const single = busy(core, 2, { ...LOW, priority: -5 })
  if (pair === undefined) throw new Error('there is one')
  core.submit('blue', { ...URGENT, machineCount: 2 })
  core.place()
  t.deepEqual(stateOf(core, [pair, ...single]), ['stopping', 'running', 'running'], 'the lowest priority first')
})

test('machines that are free already count, and one that is cordoned does not', (t) => {
  const core = new CoreHarness()
  const low = busy(core, 2, LOW)
  const [cordoned] = low.slice(1).flatMap((workload) => core.ranks(workload).map(({ machine }) => machine))
  if (cordoned === undefined) throw new Error('it has a rank')
  core.must({ kind: 'cordon_machine', caller: admin, machine: cordoned, reason: 'x', drain: false })
  core.available('free')
  core.submit('blue', { ...URGENT, machineCount: 2 })
  core.place()
  t.deepEqual(stateOf(core, low), ['stopping', 'running'])
})

test('one place is emptied for what must be together, where least is lost', (t) => {
  const core = new CoreHarness()
  const machines = ['r1', 'r1', 'r2', 'r2'].map((rack, index) => {
    const machine = core.available(`n${index}`)
    core.must({ kind: 'label_machine', caller: admin, machine, set: { site: 's', row: 'w', rack }, remove: [] })
    return machine
  })
  const low = machines.map((machine) => {
    const workload = core.submit('red', { ...LOW, constraints: { ...ANY_MACHINE, machines: [machine] } })
    core.place()
    run(core, [machine])
    core.now = later(core.now, hours(1))
    return workload
  })
  const arrangement = { pack: { level: 'rack', required: true }, spread: null, sameClass: false }
  core.submit('blue', { ...URGENT, machineCount: 2, arrangement })
  core.place()
  t.deepEqual(stateOf(core, low), ['running', 'running', 'stopping', 'stopping'])
})

test('it waits its turn where something of still higher priority wants such machines', (t) => {
  const core = new CoreHarness()
  const low = busy(core, 1, LOW)
  core.submit('green', { priority: 20 })
  core.submit('blue', URGENT)
  core.place()
  t.deepEqual(stateOf(core, low), ['running'])
  t.is(core.state.held(tenant('red')).size, 1)
})

test('a workload of a class that preempts stops others without saying so, and they are told the class', (t) => {
  const core = new CoreHarness()
  const urgent = { name: 'urgent', priority: 100, isDefault: false, preempts: true, comment: '' }
  core.must({ ...TERM_BEGAN, priorityClasses: [urgent] })
  core.must({ kind: 'tick' })
  const [low = ''] = busy(core, 1, LOW)
  const asked = { ...spec(), priorityClass: 'urgent', preemption: null }
  const about = { caller: admin, displayName: '', digest: '', tenant: tenant('blue') }
  const { record } = core.must({ kind: 'submit_workload', ...about, spec: asked })
  core.place()
  t.is(core.state.find('workloads', low)?.stateReason, `stopped for workload ${record.id} of higher priority (urgent)`)
})

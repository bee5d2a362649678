import test from 'ava'
import { imagined } from '../../../coordinator/core/imagined.ts'
import { isBorrowed } from '../../../coordinator/core/borrowed.ts'
import type { MachineId, WorkloadId } from '../../../shared/model/ids.ts'
import type { Quota } from '../../../shared/model/tenant.ts'
import { hours, later } from '../../../shared/model/time.ts'
import { ANY_MACHINE, type WorkloadSpec } from '../../../shared/model/workload.ts'
import { CoreHarness, inventory, spec, tenant, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }

/** A fleet of so many machines, in which each tenant named is guaranteed so many of all classes. */
function fleet(machines: number, guarantees: Readonly<Record<string, number>>): CoreHarness {
  const core = new CoreHarness()
  for (let index = 0; index < machines; index += 1) core.available(`m${index}`)
  for (const [name, guaranteed] of Object.entries(guarantees)) guarantee(core, name, { guaranteed })
  return core
}

function guarantee(core: CoreHarness, name: string, quota: Partial<Quota>): void {
  const quotas = [{ hardwareClass: '', limit: null, guaranteed: 0, ...quota }]
  core.must({ kind: 'update_tenant', caller: admin, tenant: tenant(name), share: null, quotas })
}

/** What is submitted runs, an hour after what was before. */
function running(core: CoreHarness, name: string, asked: Partial<WorkloadSpec> = {}): WorkloadId {
  const workload = core.submit(name, asked)
  core.place()
  const machines: readonly MachineId[] = core.ranks(workload).map(({ machine }) => machine)
  for (const machine of machines) core.says(machine, { state: 'prepared' })
  for (const machine of machines) core.says(machine, { state: 'running', startedAt: core.now })
  core.now = later(core.now, hours(1))
  return workload
}

/** What is being stopped ends, and its machines are clean. */
function end(core: CoreHarness, workload: WorkloadId): void {
  for (const { machine } of core.ranks(workload)) core.exits(machine, 143)
  core.place()
}

const stateOf = (core: CoreHarness, ...workloads: readonly WorkloadId[]): readonly string[] =>
  workloads.map((workload) => core.workload(workload).state)

test('what a tenant’s own quota of a class makes impossible keeps nothing, though it would be its own', (t) => {
  const core = new CoreHarness()
  const small = { inventory: inventory({ memoryBytes: 64 * 1024 ** 3 }) }
  for (const name of ['a', 'b']) core.available(name)
  core.available('c', small)
  const large = core.machine(core.available('d')).hardwareClass
  const quotas = [
    { hardwareClass: '', limit: null, guaranteed: 2 },
    { hardwareClass: large, limit: 0, guaranteed: 0 },
  ]
  core.must({ kind: 'update_tenant', caller: admin, tenant: tenant('red'), share: null, quotas })
  const impossible = core.submit('red', { machineCount: 2 })
  const other = core.submit('blue', { machineCount: 4 })
  core.place()
  t.deepEqual(stateOf(core, impossible, other), ['queued', 'starting'])
})

test('machines by name that a tenant may not have keep nothing, though it may have others', (t) => {
  const core = new CoreHarness()
  const named = core.available('a', { inventory: inventory({ memoryBytes: 64 * 1024 ** 3 }) })
  const { hardwareClass } = core.machine(core.available('b'))
  const quotas = [{ hardwareClass, limit: null, guaranteed: 1 }]
  core.must({ kind: 'update_tenant', caller: admin, tenant: tenant('red'), share: null, quotas })
  const impossible = core.submit('red', {
    constraints: { ...ANY_MACHINE, machines: [named] },
    noBorrow: true,
    priority: 1,
  })
  const other = core.submit('blue', { constraints: { ...ANY_MACHINE, machines: [named] } })
  core.place()
  t.deepEqual(stateOf(core, impossible, other), ['queued', 'starting'])
})

test('what could be its tenant’s own by number, but not in the place that it asks for, keeps nothing', (t) => {
  const core = new CoreHarness()
  const borrowed = core.available('a', { inventory: inventory({ memoryBytes: 64 * 1024 ** 3 }) })
  const nowhere = core.available('b')
  core.must({ kind: 'label_machine', caller: admin, machine: borrowed, set: { rack: '1' }, remove: [] })
  const quotas = [{ hardwareClass: core.machine(nowhere).hardwareClass, limit: null, guaranteed: 1 }]
  core.must({ kind: 'update_tenant', caller: admin, tenant: tenant('red'), share: null, quotas })
  const pack = { level: 'rack', required: true }
  const impossible = core.submit('red', {
    constraints: { ...ANY_MACHINE, machines: [borrowed, nowhere] },
    arrangement: { pack, spread: null, sameClass: false },
    noBorrow: true,
    priority: 1,
  })
  const other = core.submit('blue', { constraints: { ...ANY_MACHINE, machines: [borrowed] } })
  core.place()
  t.deepEqual(stateOf(core, impossible, other), ['queued', 'starting'])
})

test('what is idle is lent, and taken back from who lost least, for whoever wants its own', (t) => {
  const core = fleet(4, { blue: 2 })
  const lent = [1, 2, 3, 4].map(() => running(core, 'red'))
  t.deepEqual(stateOf(core, ...lent), ['running', 'running', 'running', 'running'])
  const own = core.submit('blue', { machineCount: 2 })
  core.place()
  t.deepEqual(stateOf(core, ...lent), ['running', 'running', 'stopping', 'stopping'])
  const reason = core.workload(lent[3] ?? own).stateReason
  t.is(reason, `stopped for workload ${own}: tenant blue takes back what is guaranteed to it`)
  t.is(core.explain(own)[0]?.reason, 'STOPPING_OTHERS')
  core.place()
  t.deepEqual(stateOf(core, ...lent), ['running', 'running', 'stopping', 'stopping'], 'no more than it takes')
  end(core, lent[2] ?? own)
  t.is(core.workload(own).state, 'queued', 'all or none')
  t.is(core.workload(lent[2] ?? own).state, 'queued')
  end(core, lent[3] ?? own)
  t.is(core.workload(own).state, 'starting')
  t.deepEqual(stateOf(core, ...lent), ['running', 'running', 'queued', 'queued'])
  const more = core.submit('blue')
  core.place()
  t.is(core.workload(more).state, 'queued', 'beyond its guarantee it waits like others')
  t.deepEqual(stateOf(core, ...lent), ['running', 'running', 'queued', 'queued'])
})

test('what others are guaranteed is not taken, whatever the priority', (t) => {
  const core = fleet(4, { red: 2, blue: 2 })
  const red = [1, 2, 3, 4].map(() => running(core, 'red', { preemption: { preempts: false, preemptible: true } }))
  const blue = [1, 2, 3].map(() => core.submit('blue', { priority: 10 }))
  core.place()
  t.deepEqual(stateOf(core, ...red), ['running', 'running', 'stopping', 'stopping'])
  for (const workload of red.slice(2)) end(core, workload)
  t.deepEqual(stateOf(core, ...blue), ['starting', 'starting', 'queued'])
  const urgent = core.submit('green', { priority: 100, preemption: { preempts: true, preemptible: false } })
  core.place()
  t.deepEqual(stateOf(core, ...red.slice(0, 2), urgent), ['running', 'running', 'queued'], 'not for who borrows')
  guarantee(core, 'green', { guaranteed: 1 })
  core.now = later(core.now, hours(1))
  core.place()
  t.deepEqual(stateOf(core, ...red.slice(0, 2)), ['running', 'running'], 'nor for what others are guaranteed')
  core.must({ kind: 'cancel_workload', caller: admin, workload: urgent, reason: '' })
  const own = core.submit('red', { priority: 50, preemption: { preempts: true, preemptible: false } })
  core.place()
  t.deepEqual(stateOf(core, ...red.slice(0, 2), own), ['running', 'stopping', 'queued'], 'but for its own tenant')
})

test('whole gangs are taken back, of each tenant no more than it has borrowed where that can be', (t) => {
  const core = fleet(8, { red: 5, blue: 2 })
  const small = [1, 2].map(() => running(core, 'red', { machineCount: 2 }))
  const large = running(core, 'red', { machineCount: 4 })
  core.submit('blue', { machineCount: 2 })
  core.place()
  t.deepEqual(stateOf(core, ...small, large), ['running', 'stopping', 'running'], 'the gang of four is more than that')
  const other = fleet(8, { red: 5, blue: 2 })
  const gangs = [1, 2].map(() => running(other, 'red', { machineCount: 4 }))
  other.submit('blue', { machineCount: 2 })
  other.place()
  t.deepEqual(stateOf(other, ...gangs), ['running', 'stopping'], 'there is no other way')
})

test('nothing is taken back in vain, nor by whom has enough, nor by whom has no guarantee', (t) => {
  const core = fleet(4, { red: 3, blue: 2 })
  const lent = [1, 2, 3, 4].map(() => running(core, 'red'))
  const own = core.submit('blue', { machineCount: 2 })
  core.submit('green', { priority: 1000 })
  core.place()
  t.deepEqual(stateOf(core, ...lent), ['running', 'running', 'running', 'running'], 'one would not be enough')
  core.must({ kind: 'cancel_workload', caller: admin, workload: own, reason: '' })
  core.submit('blue', { machineCount: 3 })
  core.place()
  t.deepEqual(stateOf(core, ...lent), ['running', 'running', 'running', 'running'], 'three are more than its own')
})

test('its own goes before what others borrow, whatever the priority, and within it priority decides', (t) => {
  const core = fleet(2, { blue: 1 })
  const [later_, first] = [core.submit('blue', { priority: -5 }), core.submit('blue')]
  const urgent = core.submit('red', { priority: 100 })
  core.place()
  t.deepEqual(stateOf(core, later_, first, urgent), ['queued', 'starting', 'starting'])
})

test('what asks not to borrow waits for what is guaranteed, says so, and is never taken back', (t) => {
  const core = fleet(5, { red: 2, blue: 3 })
  const firm = running(core, 'red', { machineCount: 2, noBorrow: true })
  const lent = running(core, 'red', { machineCount: 2 })
  const more = core.submit('red', { noBorrow: true })
  const none = core.submit('green', { noBorrow: true })
  core.place()
  t.deepEqual(stateOf(core, firm, lent, more, none), ['running', 'running', 'queued', 'queued'])
  const [refusal] = core.explain(more)
  t.is(refusal?.reason, 'WOULD_BORROW')
  t.regex(refusal?.message ?? '', /tenant red is guaranteed 2 machines and holds 4; it asks for more than is left/)
  t.deepEqual(core.scheduler.explain(core.state, more, core.now).suggestions, [
    'On borrowed machines it could start at once.',
  ])
  t.regex(core.explain(none)[0]?.message ?? '', /tenant green is guaranteed no machines/)
  t.deepEqual(
    [firm, lent].map((one) => isBorrowed(core.state, core.workload(one))),
    [false, true],
  )
  core.submit('blue', { machineCount: 3 })
  core.place()
  t.deepEqual(stateOf(core, firm, lent), ['running', 'stopping'], 'though it has less to lose')
})

test('while others are stopped for a workload, no other of its tenant takes its place', (t) => {
  const core = fleet(4, { blue: 3 })
  const lent = [1, 2, 3].map(() => running(core, 'red'))
  const own = core.submit('blue', { machineCount: 3 })
  core.place()
  t.deepEqual(stateOf(core, ...lent), ['running', 'stopping', 'stopping'])
  core.submit('blue')
  core.available('another')
  core.place()
  for (const workload of lent.slice(1)) end(core, workload)
  t.is(core.workload(own).state, 'starting')
})

test('a plan says who would be stopped for it, and why', (t) => {
  const core = fleet(2, { blue: 1 })
  const lent = [1, 2].map(() => running(core, 'red'))
  const record = imagined(core.state, tenant('blue'), spec(), core.now)
  const { preempted, machines } = core.scheduler.forecast(core.state, record, core.now)
  t.deepEqual(machines, [])
  t.deepEqual(preempted, [{ workload: lent[1], reason: 'borrowed' }])
  t.is(core.workload(lent[1] ?? record.id).state, 'running')
})

test('a scheduler outside cannot borrow for what asks not to', (t) => {
  const core = fleet(2, { blue: 1 })
  const workload = core.submit('blue', { machineCount: 2, scheduler: 'mine', noBorrow: true })
  const machines = [...core.state.available()].map(({ id }) => id)
  const seen = core.state.revision
  const answer = core.apply({ kind: 'bind_workload', caller: admin, workload, machines, seen })
  t.false(answer.ok)
  if (!answer.ok) t.like(answer.error, { kind: 'binding_refused', metadata: { reason: 'WOULD_BORROW' } })
})

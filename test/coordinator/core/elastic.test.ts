import test from 'ava'
import { desired } from '../../../coordinator/core/desired.ts'
import { type MachineId, type WorkloadId, parseReservationName } from '../../../shared/model/ids.ts'
import { ABSENCE, RESTART } from '../../../shared/model/policies.ts'
import { type Instant, hours, instant, seconds } from '../../../shared/model/time.ts'
import type { WorkloadSpec } from '../../../shared/model/workload.ts'
import { ANY_ARRANGEMENT, ANY_MACHINE } from '../../../shared/model/workload.ts'
import { CoreHarness, must, tenant, user } from '../../fixtures.ts'

const caller = { user: user('ann'), request: null }

const fleet = (core: CoreHarness, count: number): readonly MachineId[] =>
  Array.from({ length: count }, (_, index) => core.available(`m${index}`))

/** Ranks that have a machine. */
function members(core: CoreHarness, id: WorkloadId): readonly number[] {
  const { placements, vacancies } = core.workload(id)
  return placements.map((_, rank) => rank).filter((rank) => !vacancies.includes(rank))
}

/** All that were placed run. */
function run(core: CoreHarness, id: WorkloadId): void {
  const live = () => core.ranks(id).filter(({ phase }) => ['preparing', 'starting'].includes(phase))
  for (const { machine, phase } of live()) if (phase === 'preparing') core.says(machine, { state: 'prepared' })
  for (const { machine } of live()) core.says(machine, { state: 'running', startedAt: core.now })
}

function submit(core: CoreHarness, least: number, most: number, more: Partial<WorkloadSpec> = {}): WorkloadId {
  const id = core.submit('red', { machineCount: most, least, ...more })
  core.place()
  run(core, id)
  return id
}

function wait(core: CoreHarness, duration: number): void {
  core.now = instant(core.now + duration)
  core.must({ kind: 'tick' })
  core.place()
}

const machineOf = (core: CoreHarness, id: WorkloadId, rank: number): MachineId =>
  core.ranks(id).find((one) => one.rank === rank)?.machine ?? must<MachineId, string>({ ok: false, error: 'no rank' })

function resize(core: CoreHarness, workload: WorkloadId, machineCount: number, least: number | null = null) {
  return core.apply({ kind: 'resize_workload', caller, workload, group: '', machineCount, least })
}

test('it starts with as many as can be had at once, and each rank knows of all', (t) => {
  const core = new CoreHarness()
  const machines = fleet(core, 5)
  const id = submit(core, 2, 16)
  t.deepEqual(members(core, id), [0, 1, 2, 3, 4])
  t.is(core.workload(id).state, 'running')
  for (const machine of machines) t.is(desired(core.state, machine)?.assignment?.peers.length, 5)
  t.deepEqual(
    core.ranks(id).map(({ worldSize }) => worldSize),
    [5, 5, 5, 5, 5],
  )
})

test('with fewer than the least it waits, and says how many it must have', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const id = submit(core, 4, 16)
  t.is(core.workload(id).state, 'queued')
  t.regex(core.explain(id)[0]?.message ?? '', /4 machines/)
})

test('it grows by what comes free, and everybody is told who is there now', (t) => {
  const core = new CoreHarness()
  fleet(core, 2)
  const id = submit(core, 2, 4)
  const { generation } = core.workload(id)
  const late = core.available('late')
  core.place()
  t.deepEqual(members(core, id), [0, 1, 2])
  t.is(core.workload(id).generation, generation + 1)
  const told = desired(core.state, machineOf(core, id, 0))?.assignment
  t.deepEqual(
    told?.peers.map(({ rank }) => rank),
    [0, 1, 2],
  )
  t.is(desired(core.state, late)?.goal, 'run', 'it has nobody to wait for')
  core.available('later')
  core.available('latest')
  core.place()
  t.is(members(core, id).length, 4, 'never more than its most')
})

test('what waits goes first, whatever it asks for, and growth takes nothing that it could use', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const id = submit(core, 2, 8, { priority: 100 })
  t.is(members(core, id).length, 3)
  const waiting = core.submit('blue', { machineCount: 3, priority: -100 })
  core.available('x')
  core.available('y')
  core.place()
  t.is(members(core, id).length, 3)
  core.available('z')
  core.place()
  t.is(core.workload(waiting).state, 'starting')
  core.available('spare')
  core.place()
  t.is(members(core, id).length, 4)
})

test('of two that may grow at once, the tenant that has had less is given more', (t) => {
  const core = new CoreHarness()
  fleet(core, 9)
  const red = core.submit('red', { machineCount: 9, least: 1 })
  const blue = core.submit('blue', { machineCount: 9, least: 1 })
  core.place()
  t.deepEqual(
    [members(core, red).length, members(core, blue).length].toSorted((left, right) => left - right),
    [4, 5],
  )
})

test('a quota ends its growth', (t) => {
  const core = new CoreHarness()
  fleet(core, 6)
  core.must({
    kind: 'update_tenant',
    caller,
    tenant: tenant('red'),
    share: null,
    quotas: [{ hardwareClass: '', limit: 4, guaranteed: 0 }],
  })
  const id = submit(core, 2, 6)
  t.is(members(core, id).length, 4)
})

test('a lost machine is gone on without, and has a successor of the same rank after a while', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const id = submit(core, 2, 4, { absence: { ...ABSENCE, onLost: 'wait' } })
  const lost = machineOf(core, id, 1)
  core.must({ kind: 'retire_machine', caller, machine: lost, force: true })
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 2, 3]])
  t.regex(core.workload(id).stateReason, /^goes on without rank 1: rank 1 on m\d is lost/)
  core.available('fresh')
  core.place()
  t.deepEqual(members(core, id), [0, 2, 3], 'what it was lost by may last')
  wait(core, seconds(11))
  t.deepEqual(members(core, id), [0, 1, 2, 3])
  t.is(core.workload(id).attempt, 1)
})

test('below its least it ends by its restart policy, as every gang', (t) => {
  const core = new CoreHarness()
  fleet(core, 2)
  const id = submit(core, 2, 4)
  const lost = machineOf(core, id, 1)
  core.must({ kind: 'retire_machine', caller, machine: lost, force: true })
  t.is(core.workload(id).state, 'stopping')
  core.exits(machineOf(core, id, 0), 143)
  t.is(core.workload(id).state, 'failed')
})

test('a task that fails is a failure, however many others there are', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const id = submit(core, 1, 4)
  core.exits(machineOf(core, id, 3), 1)
  t.is(core.workload(id).state, 'stopping')
})

test('made smaller it gives back the highest ranks, and how these end is no failure', (t) => {
  const core = new CoreHarness()
  fleet(core, 6)
  const id = submit(core, 2, 6)
  must(resize(core, id, 4))
  t.deepEqual(members(core, id), [0, 1, 2, 3])
  for (const rank of [4, 5]) {
    const machine = machineOf(core, id, rank)
    t.is(desired(core.state, machine)?.goal, 'idle')
    core.exits(machine, 143)
  }
  core.place()
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 1, 2, 3]])
  must(resize(core, id, 5))
  core.place()
  t.deepEqual(members(core, id), [0, 1, 2, 3, 4])
  for (const { machine } of core.ranks(id).filter(({ phase }) => phase === 'running')) core.exits(machine)
  run(core, id)
  core.exits(machineOf(core, id, 4))
  t.is(core.workload(id).state, 'succeeded')
})

test('a size that it cannot have now is refused, and says what could be', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const id = submit(core, 2, 3)
  const refused = resize(core, id, 8, 4)
  t.regex(refused.ok ? '' : refused.error.message, /has 3 machines now.*Let it grow first: 3\.\.8/)
  t.regex(
    JSON.stringify(
      core.apply({ kind: 'resize_workload', caller, workload: id, group: 'x', machineCount: 1, least: null }),
    ),
    /has none but its own/,
  )
  core.must({ kind: 'cancel_workload', caller, workload: id, reason: '' })
  t.false(resize(core, id, 2).ok)
})

test('one that waits is resized too, and starts as soon as there are enough', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const id = submit(core, 4, 8)
  must(resize(core, id, 8, 3))
  core.place()
  t.is(core.workload(id).state, 'starting')
  t.is(members(core, id).length, 3)
})

test('groups grow each within its bounds, and new ranks come after all others', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const shape = { constraints: ANY_MACHINE, arrangement: ANY_ARRANGEMENT, task: null }
  const id = submit(core, 2, 3, { groups: [{ name: 'ps', machineCount: 2, least: 1, ...shape }] })
  t.deepEqual(core.workload(id).layout, [0, 0, 1, 0])
  core.available('late')
  core.available('later')
  core.place()
  t.deepEqual(core.workload(id).layout, [0, 0, 1, 0, 1])
  t.deepEqual(
    desired(core.state, machineOf(core, id, 0))?.assignment?.peers.map(({ group }) => group),
    ['', '', 'ps', '', 'ps'],
  )
})

test('nothing is given to what is about to end', (t) => {
  const core = new CoreHarness()
  fleet(core, 2)
  const id = submit(core, 1, 4)
  core.exits(machineOf(core, id, 1))
  core.place()
  t.deepEqual(members(core, id), [0, 1])
  core.exits(machineOf(core, id, 0))
  t.is(core.workload(id).state, 'succeeded')
})

test('run again as a whole it starts anew, with as many as there are then', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const id = submit(core, 1, 3, {
    restart: { when: 'on_failure', attempts: 3, window: seconds(60), backoff: seconds(1), scope: 'gang' },
  })
  const machines = [0, 1, 2].map((rank) => machineOf(core, id, rank))
  for (const machine of machines) core.exits(machine, 1)
  t.is(core.workload(id).state, 'queued')
  wait(core, seconds(2))
  t.deepEqual(members(core, id), [0, 1, 2])
  t.is(core.workload(id).attempt, 2)
})

const urgent = (count: number): Partial<WorkloadSpec> => ({
  machineCount: count,
  priority: 10,
  preemption: { preempts: true, preemptible: false },
})
const yielding = { preemption: { preempts: false, preemptible: true } }

test('for higher priority it gives back what it has beyond its least, and goes on', (t) => {
  const core = new CoreHarness()
  fleet(core, 6)
  const id = submit(core, 2, 6)
  const blue = core.submit('blue', urgent(2))
  core.place()
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 1, 2, 3]])
  core.place()
  t.deepEqual(members(core, id), [0, 1, 2, 3], 'what is ending is enough')
  for (const rank of [4, 5]) core.exits(machineOf(core, id, rank), 143)
  core.place()
  t.deepEqual([core.workload(blue).state, core.workload(id).state], ['starting', 'running'])
})

test('whole gangs are stopped only where what all have beyond their least is not enough', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const fixed = core.submit('red', { ...yielding, machineCount: 1, priority: -10 })
  core.place()
  run(core, fixed)
  const id = submit(core, 1, 3, yielding)
  core.submit('blue', urgent(2))
  core.place()
  t.deepEqual([core.workload(fixed).state, members(core, id)], ['running', [0]])
  core.submit('green', { ...urgent(4), priority: 20 })
  core.place()
  t.deepEqual([core.workload(fixed).state, core.workload(id).state], ['stopping', 'stopping'])
})

test('rank 0 and the least of every group are never given back, nor anything to an equal', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const id = submit(core, 1, 4)
  core.submit('blue', urgent(4))
  core.submit('green', { ...urgent(2), priority: 0 })
  core.place()
  t.deepEqual(members(core, id), [0, 1, 2, 3], 'it would be in vain')
  core.submit('blue', urgent(3))
  core.place()
  t.deepEqual(members(core, id), [0])
})

test('while others are stopped for somebody it does not grow, and it does again when they are served', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const id = submit(core, 1, 4)
  const blue = core.submit('blue', urgent(3))
  core.place()
  for (const rank of [1, 2]) core.exits(machineOf(core, id, rank), 143)
  core.place()
  t.deepEqual([core.workload(blue).state, members(core, id)], ['queued', [0]])
  core.exits(machineOf(core, id, 3), 143)
  core.place()
  t.is(core.workload(blue).state, 'starting')
  core.available('more')
  core.place()
  t.deepEqual(members(core, id), [0, 1])
})

test('what was one of many is known by its group when the workload waits with fewer', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const absence = { ...ABSENCE, onLost: 'replace' } as const
  const id = submit(core, 1, 3, { absence, restart: { ...RESTART, when: 'on_failure' } })
  const machine = machineOf(core, id, 2)
  core.exits(machineOf(core, id, 0), 1)
  core.must({ kind: 'agent_disconnected', machine })
  core.exits(machineOf(core, id, 1), 1)
  for (let beat = 0; beat < 10; beat += 1) wait(core, seconds(30))
  t.not(core.workload(id).attempt, 1)
})

test('what keeps it from more is said', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const id = submit(core, 1, 4)
  t.deepEqual(
    core.explain(id).map(({ reason }) => reason),
    ['HELD_BY_TENANT'],
  )
  core.submit('blue', { machineCount: 2 })
  core.available('free')
  core.place()
  t.regex(
    core
      .explain(id)
      .map(({ message }) => message)
      .join(),
    /of use to what waits/,
  )
  core.must({
    kind: 'update_tenant',
    caller,
    tenant: tenant('red'),
    share: null,
    quotas: [{ hardwareClass: '', limit: 3, guaranteed: 0 }],
  })
  t.regex(core.explain(id)[0]?.message ?? '', /holds all of the 3 machines that it may/)
})

const drain = (core: CoreHarness, machine: MachineId, by: { readonly by?: Instant } = {}) =>
  core.must({ kind: 'cordon_machine', caller, machine, reason: 'new fans', drain: true, ...by })

test('of a machine that is drained its rank alone is given back, and another comes in its place', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const id = submit(core, 2, 4)
  const drained = machineOf(core, id, 2)
  drain(core, drained)
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 1, 3]])
  t.like(core.ranks(id)[2], { phase: 'stopping', phaseReason: `m2 (${drained}) is drained: new fans` })
  t.is(desired(core.state, drained)?.goal, 'idle', 'with its signal and its grace')
  const told = desired(core.state, machineOf(core, id, 0))?.assignment
  t.deepEqual(
    told?.peers.map(({ rank }) => rank),
    [0, 1, 3],
    'the others are told',
  )
  drain(core, drained)
  t.is(core.workload(id).state, 'running', 'what is given back already is not asked twice')
  core.exits(drained, 143)
  core.place()
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 1, 3]], 'however it ended')
  core.available('another')
  core.place()
  t.deepEqual(members(core, id), [0, 1, 2, 3])
  t.is(core.machine(drained).placement, null, 'nothing new comes to the drained one')
})

test('at the least, of rank 0, and where its group must have all, the whole is stopped as ever', (t) => {
  const least = new CoreHarness()
  fleet(least, 3)
  const two = submit(least, 2, 3)
  drain(least, machineOf(least, two, 2))
  t.is(least.workload(two).state, 'running')
  drain(least, machineOf(least, two, 1))
  t.is(least.workload(two).state, 'stopping')
  t.regex(least.workload(two).stateReason, /is drained: new fans/)

  const first = new CoreHarness()
  fleet(first, 3)
  const one = submit(first, 1, 3)
  drain(first, machineOf(first, one, 0))
  t.is(first.workload(one).state, 'stopping')

  const beside = new CoreHarness()
  fleet(beside, 4)
  const arrangement = ANY_ARRANGEMENT
  const group = { name: 'ps', machineCount: 1, constraints: ANY_MACHINE, arrangement, task: null }
  const both = submit(beside, 1, 3, { groups: [group] })
  const rank = beside.ranks(both).find((each) => each.group === 1)?.rank ?? 0
  t.true(rank > 0)
  drain(beside, machineOf(beside, both, rank))
  t.is(beside.workload(both).state, 'stopping')
})

test('so it is by a time, and when a window of others begins', (t) => {
  const core = new CoreHarness()
  fleet(core, 4)
  const id = submit(core, 2, 4)
  drain(core, machineOf(core, id, 3), { by: instant(core.now + hours(1)) })
  t.deepEqual(members(core, id), [0, 1, 2, 3])
  wait(core, hours(1))
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 1, 2]])
  const evicted = machineOf(core, id, 1)
  const timing = { start: null, duration: hours(2), recurrence: null, lastStart: null }
  core.must({
    kind: 'create_reservation',
    caller,
    digest: '',
    name: must(parseReservationName('exam')),
    timing,
    tenants: [tenant('blue')],
    machines: [evicted],
    wanted: null,
    evicts: true,
    admitsUnlimited: true,
    comment: '',
  })
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 2]])
  const reasons = [...core.state.table('events').values()].map(({ record }) => record.reason)
  t.is(reasons.filter((reason) => reason === 'WORKLOAD_SHRUNK').length, 2)
  t.false(reasons.includes('WORKLOAD_EVICTED'), 'the workload itself is not asked to end')
})

test('a drain of a machine that was lost, and replaced, leaves the workload alone', (t) => {
  const core = new CoreHarness()
  fleet(core, 3)
  const id = submit(core, 2, 3, { absence: { ...ABSENCE, onLost: 'replace' } })
  const lost = machineOf(core, id, 2)
  core.must({ kind: 'agent_disconnected', machine: lost })
  for (let beat = 0; beat < 10; beat += 1) wait(core, seconds(30))
  t.deepEqual([core.workload(id).state, members(core, id)], ['running', [0, 1]])
  drain(core, lost)
  t.is(core.workload(id).state, 'running')
})

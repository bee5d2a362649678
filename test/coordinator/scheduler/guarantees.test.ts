import test from 'ava'
import { askerOf, postponed, refusal } from '../../../coordinator/core/placeable.ts'
import type { MachineRecord, WorkloadRecord } from '../../../coordinator/core/records.ts'
import type { FleetState } from '../../../coordinator/core/state.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import { ANY_ARRANGEMENT, worldSize } from '../../../shared/model/workload.ts'
import { type FleetDraw, fixed, withGroups } from './draws.ts'
import { NOW, stateOf } from './fleet.ts'
import { settle } from './future.ts'
import { type GuaranteedDraw, guaranteedFleets, guaranteedWrites } from './guaranteed.ts'
import { always, pass } from './passes.ts'
import { preemptingWorld } from './worlds.ts'

/**
 * As where others are stopped by priority; most machines are held, and nothing is said of how they lie. Of one group,
 * and without a limit: what could be had is counted by its constraints alone.
 */
function plain(fleet: FleetDraw): FleetDraw {
  const machines = fleet.machines.map((one, index) => (index % 4 === 0 ? one : { ...one, state: 'held' as const }))
  const queue = fleet.queue.map((one) => ({ ...one, groups: one.groups.slice(0, 1), limit: null }))
  const calm = preemptingWorld(fixed({ ...fleet, machines, queue }))
  return withGroups(calm, (one) => ({ ...one, arrangement: ANY_ARRANGEMENT }))
}

const writesOf = (drawn: GuaranteedDraw) => guaranteedWrites({ ...drawn, fleet: plain(drawn.fleet) }, 'lent')

const heldBy = (state: FleetState, tenant: string): number =>
  [...state.table('machines').values()].filter(({ record }) => record.state === 'allocated' && record.tenant === tenant)
    .length

const quotaOf = (state: FleetState, tenant: string) =>
  state.find('tenants', tenant)?.quotas[0] ?? { guaranteed: 0, limit: null }

const recordOf = (state: FleetState, id: string): WorkloadRecord => {
  const workload = state.find('workloads', id)
  if (workload === undefined) throw new Error(`no workload ${id}`)
  return workload
}

/** Whether its tenant's guarantee has room for it. */
function isOwn(state: FleetState, { tenant, spec }: WorkloadRecord): boolean {
  return heldBy(state, tenant) + worldSize(spec) <= quotaOf(state, tenant).guaranteed
}

/** Only those are stopped who allow it, or have borrowed; and whole, and once. */
function checkVictims(state: FleetState, passed: ReturnType<typeof pass>): number {
  let borrowed = 0
  const left = new Map<string, number>()
  const stopped = new Set<string>()
  for (const { workload: id, victims } of passed.preemptions) {
    const workload = recordOf(state, id)
    for (const one of victims) {
      const victim = recordOf(state, one)
      if (stopped.has(one)) throw new Error(`${one} is stopped twice`)
      stopped.add(one)
      const { guaranteed } = quotaOf(state, victim.tenant)
      const held = left.get(victim.tenant) ?? heldBy(state, victim.tenant)
      const size = victim.placements.length - victim.vacancies.length
      left.set(victim.tenant, held - size)
      const { preempts } = workload.spec.preemption
      const isBelow = victim.spec.preemption.preemptible && victim.spec.priority < workload.spec.priority
      if (preempts && isBelow && victim.tenant === workload.tenant) continue
      if (preempts && isBelow && held - size >= guaranteed) continue
      borrowed += 1
      if (!isOwn(state, workload)) throw new Error(`${id} has others stopped for what is not its own`)
      if (victim.spec.noBorrow || victim.tenant === workload.tenant || held <= guaranteed) {
        throw new Error(`${one} has borrowed nothing: ${held} of ${guaranteed}`)
      }
    }
  }
  return borrowed
}

/** Nobody was placed over a limit, and nobody on borrowed machines who asks not to be. */
function checkLimits(state: FleetState, { plans }: ReturnType<typeof pass>): void {
  for (const { workload: id } of plans) {
    const { tenant, spec } = recordOf(state, id)
    const { limit, guaranteed } = quotaOf(state, tenant)
    const most = spec.noBorrow ? Math.min(guaranteed, limit ?? Infinity) : (limit ?? Infinity)
    const later = plans.some((one) => recordOf(state, one.workload).tenant === tenant && one.workload !== id)
    if (spec.noBorrow && later) continue
    if (heldBy(state, tenant) > most) throw new Error(`${tenant} holds ${heldBy(state, tenant)} of ${most}`)
  }
}

/** Machines that one could have if all were stopped that may be for its tenant's own. */
function withinReach(state: FleetState, workload: WorkloadRecord): number {
  const suits = (machine: MachineRecord): boolean =>
    refusal({ ...machine, state: 'available', cleanEpoch: machine.epoch }, workload.spec.constraints, {
      reservations: [],
      asker: askerOf(workload, NOW),
      now: NOW,
    }) === undefined
  let count = 0
  const spare = new Map<string, number>()
  for (const { record: machine } of state.table('machines').values()) {
    const isUsed = machine.state === 'pending' || machine.state === 'quarantined' || machine.state === 'retired'
    if (isUsed || !suits(machine)) continue
    if (machine.state !== 'allocated') count += 1
    const holder = state.find('workloads', state.find('placements', machine.placement ?? '')?.workload ?? '')
    if (machine.state !== 'allocated' || holder === undefined || holder.state === 'stopping') continue
    const isPlaced = holder.state === 'running' && holder.spec.priority === -5 && !holder.spec.noBorrow
    // Those of one machine each: of gangs it depends which.
    if (!isPlaced || holder.placements.length !== 1 || holder.tenant === workload.tenant) continue
    const { guaranteed } = quotaOf(state, holder.tenant)
    const left = spare.get(holder.tenant) ?? heldBy(state, holder.tenant) - guaranteed
    spare.set(holder.tenant, left - 1)
    if (left > 0) count += 1
  }
  return count
}

/** The first that asks for its own has its machines, or gets them once others have ended, wherever that can be. */
function checkFirst(state: FleetState, passed: ReturnType<typeof pass>): boolean {
  const own = [...state.table('workloads').values()]
    .map(({ record }) => record)
    .filter((one) => one.state === 'queued' && isOwn(state, one) && postponed(state, one, NOW) === null)
  const [first] = own.toSorted(
    (left, right) => right.spec.priority - left.spec.priority || left.sequence - right.sequence,
  )
  if (first === undefined || own.filter(({ spec }) => spec.priority === first.spec.priority).length > 1) return false
  const isStopping = passed.preemptions.some(({ workload }) => workload === first.id)
  if (isStopping || own.length > 1 || passed.plans.length > 0) return false
  if (withinReach(state, first) < worldSize(first.spec)) return false
  // Nothing is to be stopped where what is ending or being made clean is enough.
  const idle = [...state.table('machines').values()].filter(
    ({ record }) => ['available', 'sanitising', 'validating'].includes(record.state) && isSound(record, first),
  )
  if (idle.length >= worldSize(first.spec)) return true
  throw new Error(`${first.sequence} of ${first.tenant} waits for its own, and others have borrowed it`)
}

const isSound = (machine: MachineRecord, workload: WorkloadRecord): boolean =>
  refusal({ ...machine, state: 'available', cleanEpoch: machine.epoch }, workload.spec.constraints, {
    reservations: [],
    asker: askerOf(workload, NOW),
    now: NOW,
  }) === undefined

test('only what is borrowed is taken back, only for what is guaranteed, never in vain; limits hold', (t) => {
  let [borrowed, started] = [0, 0]
  always(guaranteedFleets({ machines: 30, queue: 10 }), 1500, (drawn) => {
    const state = stateOf(writesOf(drawn))
    const scheduler = new Scheduler(state)
    const passed = pass(state, { scheduler })
    // As it was when it was planned: with what was placed, and before anybody was stopped.
    const before = stateOf(writesOf(drawn))
    pass(before, { isStopping: false })
    checkLimits(before, passed)
    borrowed += checkVictims(before, passed)
    checkFirst(before, passed)
    const [first] = passed.preemptions
    if (first === undefined) return
    settle(state)
    const placed = pass(state, { scheduler }).plans.map(({ workload }) => workload)
    if (!placed.includes(first.workload)) throw new Error(`${first.victims.join(' ')} stopped in vain`)
    started += 1
  })
  t.true(borrowed > 100 && started > 100, `${borrowed} taken back, ${started} started`)
})

import test from 'ava'
import * as fc from 'fast-check'
import type { PlannedPlacement } from '../../../coordinator/core/commit.ts'
import { violations } from '../../../coordinator/core/invariants.ts'
import { askerOf, refusal } from '../../../coordinator/core/placeable.ts'
import type { MachineRecord, WorkloadRecord } from '../../../coordinator/core/records.ts'
import type { FleetState } from '../../../coordinator/core/state.ts'
import { groupsOf, leastOf } from '../../../shared/model/workload.ts'
import { type FleetDraw, fleets, reservedFleets } from './draws.ts'
import { NOW, allWrites, stateOf } from './fleet.ts'
import { lieWell } from './lie.ts'
import { always, copyOf, pass, shuffled } from './passes.ts'

/** The machines that each group has before a plan, and those that come to it. */
function comingOf(state: FleetState, workload: WorkloadRecord, planned: PlannedPlacement) {
  const { placements, vacancies, layout, spec } = workload
  const groups = groupsOf(spec)
  const isWhole = workload.state === 'queued'
  const whole = groups.flatMap((group, index) => Array.from({ length: leastOf(group) }, () => index))
  const ranks = isWhole || layout.length === 0 ? whole : layout
  const machineOf = (rank: number) => state.find('placements', placements[rank] ?? '')?.machine ?? ''
  const isVacant = (rank: number): boolean => isWhole || vacancies.includes(rank)
  const coming = planned.growth ?? ranks.filter((_, rank) => isVacant(rank))
  const find = (id: string): MachineRecord => {
    const machine = state.find('machines', id)
    if (machine === undefined) throw new Error(`no machine ${id}`)
    return machine
  }
  if (coming.length !== planned.machines.length) throw new Error('as many machines as ranks')
  return groups.map((group, index) => ({
    group,
    held: ranks.flatMap((of, rank) => (of === index && !isVacant(rank) ? [find(machineOf(rank))] : [])),
    fresh: planned.machines.filter((_, at) => coming[at] === index).map(find),
  }))
}

/** Throws where a plan is not what its workload asks for, on the state before it is written. */
function check(state: FleetState, planned: PlannedPlacement): void {
  const workload = state.find('workloads', planned.workload)
  if (workload === undefined) throw new Error('no such workload')
  if (new Set(planned.machines).size !== planned.machines.length) throw new Error('a machine twice')
  for (const { group, held, fresh } of comingOf(state, workload, planned)) {
    for (const machine of fresh) {
      const request = { reservations: state.reservationsOn(machine.id), asker: askerOf(workload, NOW), now: NOW }
      const reason = refusal(machine, group.constraints, request)
      if (reason !== undefined) throw new Error(`${machine.hostname} for group ${group.name}: ${reason}`)
    }
    const all = [...held, ...fresh]
    if (fresh.length > 0 && !lieWell(all, group.arrangement)) {
      throw new Error(`badly arranged: ${JSON.stringify(group.arrangement)}`)
    }
    if (all.length > group.machineCount) throw new Error('more machines than it may have')
    if (all.length < leastOf(group)) throw new Error('fewer machines than it must have')
  }
}

test('every plan is whole, suits its workload and is committed; the laws hold before and after', (t) => {
  let placed = 0
  const sizes = { machines: 60, queue: 30 }
  const isSound = (fleet: FleetDraw): boolean => {
    const state = stateOf(allWrites(fleet))
    if (violations(state).length > 0) throw new Error(JSON.stringify(violations(state)))
    const { plans, refused } = pass(state, { look: (planned) => check(state, planned) })
    if (refused.length > 0) throw new Error(JSON.stringify(refused))
    if (violations(state).length > 0) throw new Error(JSON.stringify(violations(state)))
    placed += plans.length
    return true
  }
  always(fleets(sizes), 1500, isSound)
  always(reservedFleets(sizes), 500, isSound)
  t.true(placed > 5000, `${placed} plans in all`)
})

function inAnyOrder(fleet: FleetDraw, order: readonly number[]): void {
  const state = stateOf(allWrites(fleet))
  const other = copyOf(state, (writes) => shuffled(writes, order))
  const [one, same] = [pass(state).plans, pass(other).plans]
  if (JSON.stringify(one) !== JSON.stringify(same)) {
    throw new Error(`planned ${JSON.stringify(one)} or ${JSON.stringify(same)}`)
  }
}

const orders = fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 20 })

test('the order in which records came makes no difference to a queue', (t) => {
  always(fc.tuple(fleets({ machines: 40, queue: 20 }), orders), 1000, ([fleet, order]) => inAnyOrder(fleet, order))
  t.pass()
})

test('the order in which records came makes no difference to one workload that asks for places or machines', (t) => {
  const one = fleets({ machines: 40, queue: 1 })
  always(fc.tuple(one, orders), 1000, ([fleet, order]) => inAnyOrder(fleet, order))
  t.pass()
})

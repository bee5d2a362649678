import test from 'ava'
import { commitPlacement } from '../../../coordinator/core/commit.ts'
import { Draft } from '../../../coordinator/core/draft.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import type { StateWrite } from '../../../coordinator/core/state.ts'
import type { Backfill } from '../../../shared/model/tenant.ts'
import { type FleetDraw, fixed, fleets, reservedFleets } from './draws.ts'
import { NOW, allWrites, backfilled, freshIds, stateOf } from './fleet.ts'
import { guaranteedFleets, guaranteedWrites } from './guaranteed.ts'
import { always } from './passes.ts'
import { Reference, type Way, kindOf } from './reference.ts'
import { countedWorld, packedWorld, singleWorld } from './worlds.ts'

type Found = { placed: number; blocked: number; behind: number; grown: number }

/** The scheduler places whom the reference says, in its order, and nobody else. */
function agree(writes: readonly StateWrite[], way: Way, found: Found, backfill: Backfill = 'easy'): void {
  const state = stateOf([...writes, backfilled(backfill)])
  const reference = new Reference(state, NOW, way)
  const plans = new Scheduler(state).schedule(state, NOW)
  const ids = freshIds(5)
  let isAnyBlocked = false
  for (let workload = reference.next(); workload !== undefined; workload = reference.next()) {
    if (!reference.decide(workload, NOW)) {
      isAnyBlocked = true
      found.blocked += 1
      continue
    }
    const planned = plans.next()
    if (planned.done === true) throw new Error(`nobody is placed, and ${workload.sequence} could be`)
    const other = state.find('workloads', planned.value.workload)?.sequence
    if (other !== workload.sequence) throw new Error(`${other} is placed, and ${workload.sequence} could be before`)
    const draft = new Draft(state, NOW, ids)
    const refused = commitPlacement(draft, planned.value)
    if (refused.length > 0) throw new Error(JSON.stringify(refused))
    draft.flush()
    found.placed += 1
    if (isAnyBlocked) found.behind += 1
  }
  const wanted = reference.growth(NOW)
  const grown = new Map<number, readonly string[]>()
  for (const planned of plans) {
    const sequence = state.find('workloads', planned.workload)?.sequence ?? 0
    if (planned.growth === undefined) throw new Error(`${sequence} is placed, and cannot be`)
    const kinds = planned.machines.flatMap((id) => state.find('machines', id) ?? []).map(kindOf)
    grown.set(sequence, kinds.toSorted())
    const draft = new Draft(state, NOW, ids)
    const refused = commitPlacement(draft, planned)
    if (refused.length > 0) throw new Error(JSON.stringify(refused))
    draft.flush()
    found.grown += kinds.length
  }
  const [is, shouldBe] = [grown, wanted].map((all) =>
    JSON.stringify([...all].toSorted(([one], [other]) => one - other)),
  )
  if (is !== shouldBe) throw new Error(`grown are ${is}, and not ${shouldBe}`)
}

test('of workloads that ask for hardware, those are placed that a plain look at all machines would place', (t) => {
  const found = { placed: 0, blocked: 0, behind: 0, grown: 0 }
  always(fleets({ machines: 40, queue: 20 }), 1500, (fleet) => agree(allWrites(countedWorld(fleet)), 'counted', found))
  t.true(found.placed > 1000 && found.blocked > 1000 && found.behind > 500 && found.grown > 500, JSON.stringify(found))
})

test('in conservative backfill too, those are placed that a plain look at all machines would place', (t) => {
  const found = { placed: 0, blocked: 0, behind: 0, grown: 0 }
  const some = fleets({ machines: 40, queue: 20 })
  always(some, 1500, (fleet) => agree(allWrites(countedWorld(fleet)), 'counted', found, 'conservative'))
  always(some, 500, (fleet) => agree(allWrites(packedWorld(fleet)), 'packed', found, 'conservative'))
  t.true(found.placed > 1000 && found.blocked > 1000 && found.behind > 500, JSON.stringify(found))
})

test('of workloads that ask for places or single machines, those are placed that a plain look would place', (t) => {
  const found = { placed: 0, blocked: 0, behind: 0, grown: 0 }
  always(fleets({ machines: 30, queue: 20 }), 1000, (fleet) => agree(allWrites(singleWorld(fleet)), 'single', found))
  t.true(found.placed > 1000 && found.blocked > 1000 && found.behind > 500, JSON.stringify(found))
})

test('of workloads that must be together, those are placed that a plain look would place', (t) => {
  const found = { placed: 0, blocked: 0, behind: 0, grown: 0 }
  always(fleets({ machines: 30, queue: 20 }), 1000, (fleet) => agree(allWrites(packedWorld(fleet)), 'packed', found))
  t.true(found.placed > 1000 && found.blocked > 1000 && found.behind > 500, JSON.stringify(found))
})

/** Nobody runs who could be stopped. */
const settled = (fleet: FleetDraw): FleetDraw => ({
  ...fixed(fleet),
  queue: fixed(fleet).queue.map((one) => ({ ...one, vacant: 0 })),
})

test('of tenants with guarantees and limits, those are placed that a plain look would place', (t) => {
  const found = { placed: 0, blocked: 0, behind: 0, grown: 0 }
  for (const [way, world] of [
    ['counted', countedWorld],
    ['single', singleWorld],
    ['packed', packedWorld],
  ] as const) {
    always(guaranteedFleets({ machines: 30, queue: 20 }), 600, (drawn) =>
      agree(guaranteedWrites({ ...drawn, fleet: settled(world(drawn.fleet)) }, 'firm'), way, found),
    )
  }
  t.true(found.placed > 1000 && found.blocked > 1000 && found.behind > 500, JSON.stringify(found))
})

test('among reservations those are placed that a plain look would place, whatever they ask for', (t) => {
  const found = { placed: 0, blocked: 0, behind: 0, grown: 0 }
  const sizes = { machines: 30, queue: 20 }
  always(reservedFleets({ machines: 40, queue: 20 }), 1500, (fleet) =>
    agree(allWrites(countedWorld(fleet)), 'counted', found),
  )
  always(reservedFleets({ machines: 40, queue: 20 }), 1000, (fleet) =>
    agree(allWrites(countedWorld(fleet)), 'counted', found, 'conservative'),
  )
  always(reservedFleets(sizes), 1000, (fleet) => agree(allWrites(singleWorld(fleet)), 'single', found))
  always(reservedFleets(sizes), 1000, (fleet) => agree(allWrites(packedWorld(fleet)), 'packed', found))
  always(reservedFleets(sizes), 500, (fleet) => agree(allWrites(packedWorld(fleet)), 'packed', found, 'conservative'))
  t.true(found.placed > 3000 && found.blocked > 3000 && found.behind > 1500, JSON.stringify(found))
})

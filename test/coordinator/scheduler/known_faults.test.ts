import test from 'ava'
import type { StateWrite } from '../../../coordinator/core/state.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import type { FleetDraw } from './draws.ts'
import { later, minutes } from '../../../shared/model/time.ts'
import { NOW, allWrites, machineId, queuedWorkload, stateOf, workloadId } from './fleet.ts'
import { settle, startsOf } from './future.ts'
import { copyOf, pass } from './passes.ts'
import { type Where, fleet, group, large, one, placedOf, racks, small, work } from './small.ts'

/**
 * What properties have found and what the scheduler does not do yet, each with the smallest case. The properties leave
 * these cases out; one that is mended is a plain test from then on, and its narrowing in the draws can go.
 */

const placed = (draw: FleetDraw): string => placedOf(allWrites(draw))

test('faults are looked for in fleets that work', (t) => {
  t.is(placed(fleet([{}, {}], [work([group(2)]), work([group(1)])])), '1 on 0 1')
})

test('machines of one class that differ in a label that someone asks for are of one class', (t) => {
  const asks = work([group(1, { labels: [['tier', 'none']] })], { priority: -1 })
  const pair = work([group(2, {}, { sameClass: true })])
  t.is(placed(fleet([{ tier: 1 }, { tier: 2 }], [pair, asks])), '1 on 0 1')
})

test('groups that vie for machines are given what lets all of them be placed', (t) => {
  // The first takes both large ones, since one kind is better than a mixture, and the second wants one of them.
  const both = work([group(2), group(1, { gpusMin: 8 })])
  t.regex(placed(fleet([...small(1), ...large(2)], [both])), /^1 on 0 (1 2|2 1)$/)
})

test('a group that must be in one place leaves another what that cannot do without', (t) => {
  // The first would rather have the small ones of rack 1, though the second wants four of the five that there are.
  const gold = { tier: 1 }
  const machines = [
    { rack: 1, ...gold },
    { rack: 1, ...gold },
    { rack: 2, shape: 1, ...gold },
    { rack: 2, shape: 1, ...gold },
    ...racks(3, 3, 3),
  ]
  const packed = group(2, { labels: [['tier', 'gold']] }, { pack: { level: 'rack', required: true } })
  const both = work([packed, group(4, { shape: 0 })])
  t.is(placed(fleet(machines, [both])), '1 on 2 3 0 1 4 5')
})

test('more in all than there ever is, if not in one group, holds up nobody', (t) => {
  const both = work([group(2, { gpusMin: 8 }), group(2, { gpusMin: 8 })])
  t.is(placed(fleet(large(3), [both, one])), '2 on 0')
})

test('more of one class than there ever is holds up nobody', (t) => {
  const alike = work([group(2, {}, { sameClass: true })])
  t.is(placed(fleet([...small(1), ...large(1)], [alike, one])), '2 on 0')
})

test('more than can ever be spread holds up nobody', (t) => {
  const spread = { level: 'rack', most: 1 }
  t.is(placed(fleet(racks(1, 1, 2), [work([group(3, {}, { spread })]), one])), '2 on 2')
})

test('named machines that are not together hold up nobody where they must be', (t) => {
  const pack = { level: 'rack', required: true }
  const machines = [...racks(1, 2), { rack: 2, state: 'quarantined' }] as const
  t.is(placed(fleet(machines, [work([group(2, { machines: [0, 1] }, { pack })]), one])), '2 on 0')
})

test('what is kept for those that must be together is in a place that has enough', (t) => {
  // Rack 2 has three machines, of which one will be free one day; rack 1 has two, and both are free.
  const machines = [...racks(1, 1, 2), { rack: 2, state: 'held' }, { rack: 2, state: 'held' }] as const
  const pack = { level: 'rack', required: true }
  t.is(placed(fleet(machines, [work([group(3, {}, { pack })]), work([group(2)])])), '2 on 0 1')
})

test('what is kept for those that must be together is in a place that says where it is', (t) => {
  const machines = [...racks(0, 0, 1), { rack: 1, state: 'held' }] as const
  const pack = { level: 'rack', required: true }
  t.is(placed(fleet(machines, [work([group(2, {}, { pack })]), work([group(2)])])), '2 on 0 1')
})

test('what is kept for those that must be of one class is enough of that class', (t) => {
  // A third large one comes free in time; of the small ones there never are three.
  const machines = [...small(2), ...large(2), { shape: 1, state: 'held', limit: 5 }] as const
  const alike = work([group(3, {}, { sameClass: true })])
  t.is(placed(fleet(machines, [alike, work([group(1, { gpusMin: 8 })])])), '')
})

/** Minutes until the first of a queue starts, where every run uses up its time limit. */
function startOfFirst(draw: FleetDraw): number | null {
  const start = startsOf(allWrites(draw)).get(workloadId(1))
  return start === undefined ? null : (start - NOW) / 60_000
}

test('what is kept for those that are to be spread is of different places', (t) => {
  // Two machines that do not say where they are are kept, which are of no use, and one of rack 1 is not.
  const machines = [...racks(0, 0, 1), { rack: 2, state: 'held', limit: 5 }] as const
  const apart = work([group(2, {}, { spread: { level: 'rack', most: 1 } })])
  t.is(startOfFirst(fleet(machines, [apart])), 7)
  t.is(startOfFirst(fleet(machines, [apart, one])), 7)
})

test('what is kept for two groups is not the same machine', (t) => {
  // The first asks for machines one by one, and the second for any: the gold one that is free is kept for both.
  const machines = [{ tier: 1 }, { tier: 1, state: 'held', limit: 5 }, { tier: 2 }] as const
  const both = work([group(2, { labels: [['tier', 'gold']], excluded: [2] }), group(1)])
  t.is(startOfFirst(fleet(machines, [both])), 7)
  t.is(startOfFirst(fleet(machines, [both, one])), 7)
})

/** Whether the first of a queue starts as soon as those have ended that were stopped for it. */
function startsOnceStopped(draw: FleetDraw): boolean {
  const state = stateOf(allWrites(draw))
  const scheduler = new Scheduler(state)
  if (pass(state, { scheduler }).preemptions.length === 0) throw new Error('nobody is stopped')
  settle(state)
  return pass(state, { scheduler }).plans.some(({ workload }) => workload === workloadId(1))
}

const urgent = { priority: 10, preempts: true } as const

test('whoever others are stopped for starts then', (t) => {
  const victim = { state: 'held', isPreemptible: true } as const
  t.true(startsOnceStopped(fleet([{}, victim], [work([group(2)], urgent), one])))
})

test('while others are stopped for one, nothing brief is placed on what is kept for it', (t) => {
  // The victim's two hours would be the time of those behind, and an hour and a half of another goes into that.
  const victim = { state: 'held', isPreemptible: true, limit: 120 } as const
  const brief = work([group(1)], { limit: 90 })
  t.true(startsOnceStopped(fleet([{}, victim], [work([group(2)], urgent), brief])))
})

test('what is kept for one is in the place where others are stopped for it', (t) => {
  const victim = { rack: 1, state: 'held', isPreemptible: true } as const
  const machines = [{ rack: 1 }, victim, victim, ...racks(2, 2), { rack: 2, state: 'held' }] as const
  const together = work([group(3, {}, { pack: { level: 'rack', required: true } })], urgent)
  t.true(startsOnceStopped(fleet(machines, [together, one])))
})

test('what is to be spread over sites is not planned where the site is unknown', (t) => {
  const lie = { pack: { level: 'row', required: true }, spread: { level: 'site', most: 1 } } as const
  t.is(placed(fleet([{ site: 0 }], [work([group(1, {}, lie)])])), '')
})

test('ranks that are replaced together leave each other what they need, too', (t) => {
  // The first would rather have a small one, though the second group needs both of them.
  const both = work([group(2), group(2, {}, { sameClass: true })], { vacant: 3 })
  t.is(placed(fleet([{ state: 'held' }, ...small(2), ...large(1)], [both])), '1 on 3 1 2')
})

test('a rank is replaced though machines of another group do not lie as they should any more', (t) => {
  const held = { state: 'held' } as const
  const together = group(2, {}, { pack: { level: 'rack', required: true } })
  const draw = fleet([held, held, {}], [work([together, group(1)], { vacant: 1 })])
  const second = machineId(1)
  const relabelled = allWrites(draw).map((write): StateWrite => {
    if (write.table !== 'machines' || write.key !== second || write.record === null) return write
    return { ...write, record: { ...write.record, labels: { ...write.record.labels, rack: 'r2' } } }
  })
  t.is(placedOf(relabelled), '1 on 2')
})

/** What is planned where records come in the order of the draw, and the other way round. */
function bothWays(draw: FleetDraw): readonly string[] {
  const state = stateOf(allWrites(draw))
  const other = copyOf(state, (writes) => writes.toReversed())
  return [state, other].map((each) => JSON.stringify(pass(each).plans))
}

test('what replaces a lost rank does not depend on the order in which records came', (t) => {
  const lacking = work([group(2, {}, { sameClass: true })], { vacant: 1 })
  const [forth, back] = bothWays(fleet([{ state: 'held' }, { rack: 1 }, { rack: 2 }], [lacking]))
  t.is(forth, back)
})

test('which single machines are kept does not depend on the order in which records came', (t) => {
  const held = racks(1, 2, 3).map((where): Where => ({ ...where, state: 'held' }))
  const pack = { level: 'rack', required: true }
  const blocked = work([group(2, { excluded: [3] }, { pack })])
  const [forth, back] = bothWays(fleet([...racks(1, 2, 3), ...held], [blocked, one]))
  t.is(forth, back)
})

test('which kind is the smaller does not depend on which of its machines came first', (t) => {
  const asks = work([group(1, { labels: [['tier', 'none']] })], { priority: -1 })
  const [forth, back] = bothWays(fleet([{ tier: 1 }, { tier: 0 }, { tier: 0, kept: 3 }], [one, asks]))
  t.is(forth, back)
})

test('a label that nobody has asked for in ten minutes makes no difference any more', (t) => {
  const machines = [
    { rack: 1, tier: 1 },
    { rack: 1, tier: 2 },
    { rack: 2, tier: 1 },
    { rack: 2, tier: 2 },
  ]
  const asks = work([group(1, { labels: [['tier', 'none']] })])
  const draw = fleet(machines, [asks])
  const state = stateOf(allWrites(draw))
  const scheduler = new Scheduler(state)
  pass(state, { scheduler })
  const [{ record: asked } = { record: undefined }] = state.table('workloads').values()
  if (asked === undefined) throw new Error('it was not submitted')
  state.put({ table: 'workloads', key: asked.id, record: { ...asked, state: 'cancelled' } })
  const pair = queuedWorkload(draw, work([group(2)]), 2)
  state.put({ table: 'workloads', key: pair.id, record: pair })
  scheduler.sync(state, NOW)
  const now = later(NOW, minutes(10))
  const fresh = pass(
    copyOf(state, (writes) => writes),
    { now },
  ).plans
  t.is(fresh.length, 1)
  t.deepEqual(pass(state, { scheduler, now }).plans, fresh)
})

test('a forecast of a workload of several groups leaves its machines free', (t) => {
  const draw = fleet([{}, {}], [])
  const state = stateOf(allWrites(draw))
  const scheduler = new Scheduler(state)
  const forecast = scheduler.forecast(state, queuedWorkload(draw, work([group(1), group(1)]), 1), NOW)
  t.is(forecast.machines.length, 2)
  const pair = queuedWorkload(draw, work([group(2)]), 2)
  state.put({ table: 'workloads', key: pair.id, record: pair })
  t.is(pass(state, { scheduler }).plans.length, 1)
})

import test from 'ava'
import * as fc from 'fast-check'
import { type FleetDraw, type GroupDraw, fleets, workloadDraw } from './draws.ts'
import { NOW, allWrites, queuedWorkload, stateOf, workloadId } from './fleet.ts'
import { always, pass } from './passes.ts'
import { Reference } from './reference.ts'
import { fleet, group, large, placedOf, small, work } from './small.ts'
import { loose } from './worlds.ts'

/** Machines that two groups vie for: the first prefers what the second cannot do without. */
test('what one group prefers is left to another that needs it', (t) => {
  const first = group(2, { prefer: [{ text: 'gpu.count >= 4', weight: 10 }] })
  const both = work([first, group(2, { gpusMin: 8 }), group(1, { gpusMin: 8 })])
  t.regex(placedOf(allWrites(fleet([...small(2), ...large(3)], [both]))), /^1 on (0 1|1 0) [234] [234] [234]$/)
})

test('groups are given machines over others that can have others in place of them', (t) => {
  // Gold or silver, silver or tin, tin or gold: whoever takes first what the next needs must give it up.
  const tiers = (require: string) => group(2, { require })
  const three = work([
    tiers('label.tier != tin and label.tier exists'),
    tiers('label.tier != gold and label.tier exists'),
    tiers('label.tier = gold'),
  ])
  const machines = [1, 1, 2, 2, 3, 3].map((tier) => ({ tier }))
  t.regex(placedOf(allWrites(fleet(machines, [three]))), /^1 on 2 3 4 5 0 1$/)
})

/** One workload of several groups on a fleet with nobody else in the queue. */
const alone = fc
  .tuple(
    fleets({ machines: 14, queue: 1 }),
    workloadDraw.filter(({ groups }) => groups.length > 1),
  )
  .map(([draw, one]): FleetDraw => ({ ...draw, queue: [{ ...one, groups: one.groups.map(fewer), vacant: 0 }] }))

const fewer = (one: GroupDraw): GroupDraw => ({ ...loose(one), count: Math.min(4, one.count) })

test('groups whose machines may lie as they like are placed if any assignment gives all of them machines', (t) => {
  const found = { placed: 0, blocked: 0 }
  always(alone, 3000, (draw) => {
    const state = stateOf(allWrites(draw))
    const [one] = draw.queue
    if (one === undefined) return
    const could = new Reference(state, NOW, 'single').decide(queuedWorkload(draw, one, 1), NOW)
    const { plans, refused } = pass(state)
    if (refused.length > 0) throw new Error(JSON.stringify(refused))
    const isPlaced = plans.some((planned) => planned.workload === workloadId(1))
    if (could !== isPlaced) throw new Error(could ? 'it could be placed' : 'it cannot be placed')
    if (could) found.placed += 1
    else found.blocked += 1
  })
  t.true(found.placed > 300 && found.blocked > 300, JSON.stringify(found))
})

import test from 'ava'
import { violations } from '../../../coordinator/core/invariants.ts'
import { type FleetDraw, fixed, fleets, ofKinds, withGroups } from './draws.ts'
import { allWrites, stateOf } from './fleet.ts'
import { startsOf } from './future.ts'
import { always, pass } from './passes.ts'
import { timelyWorld } from './worlds.ts'

/**
 * What a label tells apart is another kind from when somebody asks for it: nobody does here. Nor does anybody have
 * others stopped: whom that may hit is another question.
 */
function calm(fleet: FleetDraw): FleetDraw {
  const unlabelled = withGroups(fleet, (one) => ({
    ...one,
    constraints: { ...ofKinds(one.constraints), labels: [], require: null, prefer: [] },
  }))
  return { ...unlabelled, queue: unlabelled.queue.map((one) => ({ ...one, preempts: false })) }
}

/** Who is placed where beyond growth. */
const placedIn = (fleet: FleetDraw): string => {
  const { plans } = pass(stateOf(allWrites(fleet)))
  return JSON.stringify(plans.filter(({ growth }) => growth === undefined))
}

test('who waits is placed as if nobody could grow', (t) => {
  always(fleets({ machines: 40, queue: 20 }).map(calm), 1000, (fleet) => {
    const [one, other] = [placedIn(fleet), placedIn(fixed(fleet))]
    if (one !== other) throw new Error(`placed ${one}, and ${other} where nobody grows`)
  })
  t.pass()
})

test('nobody starts later because others grow', (t) => {
  let grown = 0
  always(fleets({ machines: 20, queue: 8 }), 400, (fleet) => {
    const world = timelyWorld(fleet)
    const [starts, without] = [startsOf(allWrites(world)), startsOf(allWrites(fixed(world)))]
    for (const [workload, at] of without) {
      const start = starts.get(workload)
      if (start === undefined || start > at) throw new Error(`${workload} starts at ${start}, and at ${at} without`)
    }
    grown += pass(stateOf(allWrites(world))).plans.filter(({ growth }) => growth !== undefined).length
  })
  t.true(grown > 100, `${grown} grew`)
})

test('growth leaves nobody with more than it may have, and comes to rest', (t) => {
  let grown = 0
  always(fleets({ machines: 40, queue: 10 }), 600, (fleet) => {
    const state = stateOf(allWrites(fleet))
    const { plans, refused } = pass(state)
    if (refused.length > 0) throw new Error(JSON.stringify(refused))
    if (violations(state).length > 0) throw new Error(JSON.stringify(violations(state)))
    grown += plans.filter(({ growth }) => growth !== undefined).length
    // What was given out changes who goes first: another pass may find more.
    let passes = 1
    while (pass(state).plans.length > 0) passes += 1
    if (passes > 5) throw new Error(`${passes} passes until nothing more is found`)
  })
  t.true(grown > 500, `${grown} grew`)
})

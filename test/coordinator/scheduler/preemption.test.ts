import test from 'ava'
import type { PlannedPreemption } from '../../../coordinator/core/commit.ts'
import type { FleetState } from '../../../coordinator/core/state.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import { type FleetDraw, fleets } from './draws.ts'
import { allWrites, stateOf } from './fleet.ts'
import { settle } from './future.ts'
import { always, pass } from './passes.ts'
import { preemptingWorld } from './worlds.ts'

/** Only those are stopped that may be, for one of higher priority that may have them stopped. */
function areVictims(state: FleetState, { workload: id, victims }: PlannedPreemption): boolean {
  const workload = state.find('workloads', id)
  if (workload === undefined || workload.state !== 'queued' || !workload.spec.preemption.preempts) return false
  return victims.every((victim) => {
    const found = state.find('workloads', victim)
    if (found === undefined || found.placements.length === 0 || found.stop !== null) return false
    return found.spec.preemption.preemptible && found.spec.priority < workload.spec.priority
  })
}

function stopsNobodyInVain(fleet: FleetDraw): number {
  const state = stateOf(allWrites(fleet))
  const scheduler = new Scheduler(state)
  const before = stateOf(allWrites(fleet))
  const { preemptions } = pass(state, { scheduler })
  if (!preemptions.every((planned) => areVictims(before, planned))) throw new Error('somebody else is stopped')
  const [first] = preemptions
  if (first === undefined) return 0
  settle(state)
  const placed = pass(state, { scheduler }).plans.map(({ workload }) => workload)
  if (!placed.includes(first.workload)) throw new Error(`${first.victims.join(' ')} stopped in vain`)
  return preemptions.length
}

test('only those are stopped that may be, and the first for whom others are stopped starts then', (t) => {
  let stopped = 0
  always(fleets({ machines: 30, queue: 10 }), 1500, (fleet) => {
    stopped += stopsNobodyInVain(preemptingWorld(fleet))
  })
  t.true(stopped > 100, `${stopped} times`)
})

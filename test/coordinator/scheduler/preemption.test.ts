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

const machine = (shape: number, state: 'free' | 'held'): FleetDraw['machines'][number] => ({
  shape,
  state,
  kept: 0,
  name: 0,
  site: 1,
  row: 1,
  rack: 1,
  tier: 0,
  limit: null,
  elapsed: 0,
  more: 0,
  isPreemptible: state === 'held',
})

const group = (
  count: number,
  gpusMin: number,
  lies: Partial<FleetDraw['queue'][number]['groups'][number]['arrangement']>,
): FleetDraw['queue'][number]['groups'][number] => ({
  count,
  more: 0,
  constraints: {
    shape: null,
    labels: [],
    gpusMin,
    memoryGibMin: 0,
    machines: [],
    excluded: [],
    require: null,
    prefer: [],
  },
  arrangement: { pack: null, spread: null, sameClass: false, ...lies },
})

test('nobody is stopped for groups of which one would then be given what another needs', (t) => {
  const fleet: FleetDraw = {
    shapes: [
      { gpus: 4, memoryGib: 1024, threads: 32 },
      { gpus: 4, memoryGib: 15, threads: 32 },
      { gpus: 0, memoryGib: 15, threads: 32 },
    ],
    machines: [
      machine(1, 'free'),
      machine(1, 'held'),
      machine(1, 'held'),
      machine(2, 'free'),
      machine(0, 'free'),
      machine(0, 'free'),
    ],
    queue: [
      {
        tenant: 0,
        priority: 0,
        limit: null,
        vacant: 0,
        preempts: false,
        isPreemptible: false,
        groups: [
          group(3, 0, { sameClass: true }),
          group(1, 0, {}),
          group(1, 4, { spread: { level: 'site', most: 1 } }),
        ],
      },
    ],
  }
  t.is(stopsNobodyInVain(preemptingWorld(fleet)), 0)
})

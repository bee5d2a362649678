import type { MachineRecord } from '../../../coordinator/core/records.ts'
import type { FleetState, StateWrite } from '../../../coordinator/core/state.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import { type Instant, instant, minutes } from '../../../shared/model/time.ts'
import { NOW, freshIds, stateOf } from './fleet.ts'
import { pass } from './passes.ts'

const CLEANING = minutes(2)
/** Nobody is placed later in so small a fleet with so short a queue. */
const EVENTS = 120

/** When everything of a queue starts, where each run uses up its time limit and each machine is then clean in time. */
export function startsOf(writes: readonly StateWrite[]): ReadonlyMap<string, Instant> {
  const state = stateOf(writes)
  const scheduler = new Scheduler(state)
  const ids = freshIds(9)
  const starts = new Map<string, Instant>()
  let now: Instant | null = NOW
  for (let event = 0; event < EVENTS && now !== null; event += 1) {
    const { plans } = pass(state, { scheduler, ids, now })
    for (const { workload, growth } of plans) if (growth === undefined) starts.set(workload, now)
    now = endNext(state)
  }
  return starts
}

/** Lets go of the machines that are free first, and says when; null: nothing ends. */
function endNext(state: FleetState): Instant | null {
  const held = [...state.table('machines').values()].flatMap(({ record }) => {
    const at = freeAt(state, record)
    return at === null ? [] : [{ record, at }]
  })
  if (held.length === 0) return null
  const first = Math.min(...held.map(({ at }) => at))
  for (const { record, at } of held) if (at === first) release(state, record)
  return instant(first)
}

function freeAt(state: FleetState, { state: is, placement: id }: MachineRecord): Instant | null {
  const placement = is === 'allocated' && id !== null ? state.find('placements', id) : undefined
  if (placement === undefined || placement.timeLimit === null) return null
  return instant((placement.startedAt ?? placement.createdAt) + placement.timeLimit + CLEANING)
}

function release(state: FleetState, machine: MachineRecord): void {
  const free = { ...machine, state: 'available', cleanEpoch: machine.epoch, placement: null, tenant: null } as const
  const placement = state.find('placements', machine.placement ?? '')
  state.put({ table: 'machines', key: machine.id, record: free })
  if (placement === undefined) return
  state.put({ table: 'placements', key: placement.id, record: { ...placement, phase: 'exited', exitCode: 0 } })
  const workload = state.find('workloads', placement.workload)
  if (workload === undefined || workload.state === 'succeeded') return
  state.put({ table: 'workloads', key: workload.id, record: { ...workload, state: 'succeeded' } })
}

/** What was stopped has ended, and every machine that is being made clean or validated is free. */
export function settle(state: FleetState): void {
  for (const { record } of state.table('machines').values()) {
    const placement = state.find('placements', record.placement ?? '')
    const workload = state.find('workloads', placement?.workload ?? '')
    const isEnding = record.state === 'allocated' && workload?.state === 'stopping'
    if (!isEnding && record.state !== 'sanitising' && record.state !== 'validating') continue
    const free = { ...record, state: 'available', cleanEpoch: record.epoch, placement: null, tenant: null } as const
    state.put({ table: 'machines', key: record.id, record: free })
    if (placement !== undefined) {
      state.put({ table: 'placements', key: placement.id, record: { ...placement, phase: 'exited', exitCode: 0 } })
    }
  }
  for (const { record } of state.table('workloads').values()) {
    if (record.state !== 'stopping') continue
    state.put({ table: 'workloads', key: record.id, record: { ...record, state: 'cancelled' } })
  }
}

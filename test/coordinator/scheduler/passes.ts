import * as fc from 'fast-check'
import {
  type PlanRefusal,
  type PlannedPlacement,
  type PlannedPreemption,
  commitPlacement,
  commitPreemption,
} from '../../../coordinator/core/commit.ts'
import { Draft } from '../../../coordinator/core/draft.ts'
import type { FleetState, StateWrite } from '../../../coordinator/core/state.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import type { IdSource } from '../../../shared/model/ids.ts'
import type { Instant } from '../../../shared/model/time.ts'
import { NOW, freshIds, stateOf } from './fleet.ts'

export type Passed = {
  readonly plans: readonly PlannedPlacement[]
  readonly refused: readonly PlanRefusal[]
  readonly preemptions: readonly PlannedPreemption[]
}

export type PassOptions = {
  readonly scheduler?: Scheduler
  readonly now?: Instant
  readonly ids?: IdSource
  /** Looks at each plan on the state before it is written. */
  readonly look?: (planned: PlannedPlacement) => void
  /** Whether those are stopped who are to be. */
  readonly isStopping?: boolean
}

/** One pass as a batch makes it: each plan is written before the next is asked for. The writes are left open. */
export function pass(state: FleetState, options: PassOptions = {}): Passed {
  const { scheduler = schedulerOf(state), now = NOW, ids = freshIds(5), look = () => {}, isStopping = true } = options
  const plans: PlannedPlacement[] = []
  const refused: PlanRefusal[] = []
  for (const planned of scheduler.schedule(state, now)) {
    look(planned)
    plans.push(planned)
    const draft = new Draft(state, now, ids)
    const refusals = commitPlacement(draft, planned)
    refused.push(...refusals)
    if (refusals.length === 0) draft.flush()
  }
  const preemptions = scheduler.preemptions()
  for (const planned of isStopping ? preemptions : []) {
    const draft = new Draft(state, now, ids)
    // Two may be given the same victims: the second is refused, and looked at again in the next pass.
    if (commitPreemption(draft, planned)) draft.flush()
  }
  return { plans, refused, preemptions }
}

/** A scheduler that knows all of a state that is there already: everything is told to it anew. */
export const schedulerOf = (state: FleetState): Scheduler => new Scheduler(state)

/** Another state with the same records, put in the order that `order` gives them. */
export function copyOf(state: FleetState, order: (writes: readonly StateWrite[]) => readonly StateWrite[]): FleetState {
  const writes: StateWrite[] = [{ table: 'cluster', key: 'cluster', record: state.cluster() }]
  for (const table of ['machines', 'workloads', 'placements', 'reservations'] as const) {
    writes.push(...tableOf(state, table))
  }
  return stateOf(order(writes))
}

function tableOf(
  state: FleetState,
  table: 'machines' | 'workloads' | 'placements' | 'reservations',
): readonly StateWrite[] {
  switch (table) {
    case 'machines':
      return [...state.table(table).values()].map(({ record }) => ({ table, key: record.id, record }))
    case 'workloads':
      return [...state.table(table).values()].map(({ record }) => ({ table, key: record.id, record }))
    case 'reservations':
      return [...state.table(table).values()].map(({ record }) => ({ table, key: record.id, record }))
    case 'placements':
      return [...state.table(table).values()].map(({ record }) => ({ table, key: record.id, record }))
  }
}

/** The same values in an order that the numbers give. */
export function shuffled<Value>(values: readonly Value[], numbers: readonly number[]): readonly Value[] {
  const keyed = values.map((value, index) => ({ value, key: numbers[index % Math.max(1, numbers.length)] ?? 0, index }))
  return keyed.toSorted((left, right) => left.key - right.key || right.index - left.index).map(({ value }) => value)
}

/** Most cases are the same in every run, and some are new: a failure prints the seed that makes it again. */
export function always<Case>(arbitrary: fc.Arbitrary<Case>, runs: number, holds: (one: Case) => boolean | void): void {
  const property = fc.property(arbitrary, holds)
  fc.assert(property, { numRuns: Math.ceil(runs * 0.9), seed: 1, includeErrorInReport: true })
  fc.assert(property, { numRuns: Math.floor(runs * 0.1), includeErrorInReport: true })
}

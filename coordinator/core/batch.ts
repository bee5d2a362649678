import type { IdSource, Revision } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import { type PlannedPlacement, type PlannedPreemption, commitPlacement, commitPreemption } from './commit.ts'
import { Draft } from './draft.ts'
import type { Effect } from './inputs.ts'
import type { FleetState, FleetView, StateChange, StateWrite } from './state.ts'

/** One input that waits: `decide` writes into the state; what it answers is said once the batch is durable. */
export type Waiting = {
  readonly decide: () => Decided
  /** The input could not be decided at all: a bug. */
  readonly fail: (cause: unknown) => void
}

export type Decided = { readonly effects: readonly Effect[]; readonly answer: () => void }

/** What decides on placing. */
export type Planner = {
  /** Each decision is written before the next is asked for. */
  schedule(view: FleetView, now: Instant): Iterable<PlannedPlacement>
  /** Who is to be stopped for whom, found along with the last placements; once. */
  preemptions(): readonly PlannedPreemption[]
}

export type BatchOptions = {
  readonly state: FleetState
  readonly ids: IdSource
  readonly planner: Planner
  /** Nothing could be placed, because of a bug. */
  readonly onScheduleFailed: (cause: unknown) => void
}

/** What a batch came to. Until `writes` are durable, the state is as it was before them. */
export type BatchResult = {
  readonly answers: readonly (() => void)[]
  readonly effects: readonly Effect[]
  readonly writes: readonly StateWrite[]
}

/** Decides every input in turn, then places what can be placed. Each stands or falls alone. */
export function decideBatch(options: BatchOptions, batch: readonly Waiting[], now: Instant): BatchResult {
  const { state } = options
  const decided = batch.flatMap((waiting) => guard(state, waiting))
  const effects = [...decided.flatMap((one) => one.effects), ...place(options, now)]
  const writes = [...state.writes]
  state.undo()
  return { answers: decided.map((one) => one.answer), effects, writes }
}

/** The batch is durable: its last write has this revision. */
export function keepBatch(state: FleetState, writes: readonly StateWrite[], last: Revision): readonly StateChange[] {
  return state.keepAll(writes, last)
}

function guard(state: FleetState, waiting: Waiting): readonly Decided[] {
  const before = state.writes.length
  try {
    return [waiting.decide()]
  } catch (cause) {
    state.undo(before)
    waiting.fail(cause)
    return []
  }
}

/** Each planned placement is checked again on the newest state. */
function place({ state, ids, planner, onScheduleFailed }: BatchOptions, now: Instant): readonly Effect[] {
  const effects: Effect[] = []
  const before = state.writes.length
  if ((state.table('cluster').get('cluster')?.record.learningSince ?? null) !== null) return effects
  try {
    for (const planned of planner.schedule(state, now)) {
      const draft = new Draft(state, now, ids)
      if (commitPlacement(draft, planned).length === 0) effects.push(...draft.flush())
    }
    for (const planned of planner.preemptions()) {
      const draft = new Draft(state, now, ids)
      if (commitPreemption(draft, planned)) effects.push(...draft.flush())
    }
    return effects
  } catch (cause) {
    state.undo(before)
    onScheduleFailed(cause)
    return []
  }
}

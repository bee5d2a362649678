import type { RunState, TaskOutcome } from '../../shared/model/run.ts'
import type { StopSignal } from '../../shared/model/task.ts'
import { type Instant, type Milliseconds, milliseconds } from '../../shared/model/time.ts'
import type { AgentState } from './state.ts'

/** States in which something of a placement is there or on its way. */
export const UNDER_WAY: ReadonlySet<RunState> = new Set<RunState>(['preparing', 'prepared', 'running', 'stopping'])

/** When the lease of what runs, or is about to, ends, by the clock that counts from the boot; null: it has none. */
export function leaseEnd({ record, renewedAt }: AgentState): Milliseconds | null {
  const lease = record.placement?.lease ?? null
  if (lease === null || (record.state !== 'prepared' && record.state !== 'running')) return null
  // An agent that began anew, and knows of no renewal in this boot, has no lease to go on under.
  return milliseconds(renewedAt === null ? 0 : renewedAt + lease)
}

export function leaseIsOver(state: AgentState): boolean {
  const end = leaseEnd(state)
  return end !== null && end <= state.uptime
}

function runsFor({ record, uptime }: AgentState): number | null {
  const since = record.placement?.runsSince ?? null
  return since === null || record.state !== 'running' ? null : uptime - since
}

/** Why what runs must end now, whatever the coordinator wants; null: it may go on. */
export function cutShort(state: AgentState): 'lease' | 'time_limit' | null {
  if (state.record.state !== 'running') return null
  if (leaseIsOver(state)) return 'lease'
  const limit = state.record.placement?.timeLimit ?? null
  const runs = runsFor(state)
  return limit !== null && runs !== null && runs >= limit.limit ? 'time_limit' : null
}

/** The warning that is due and was not given yet. */
export function dueWarning(state: AgentState): StopSignal | null {
  const { placement } = state.record
  const warning = placement?.timeLimit?.warning ?? null
  const runs = runsFor(state)
  if (placement === null || warning === null || runs === null || placement.held || placement.warned) return null
  const limit = placement.timeLimit?.limit ?? 0
  return runs >= limit - warning.before ? warning.signal : null
}

/** How a run ends that its own agent ends. */
export function cutOutcome(state: AgentState, cause: 'lease' | 'time_limit', at: Instant): TaskOutcome {
  const { placement } = state.record
  if (cause === 'lease') {
    const reason = `its machine heard of no coordinator for its lease of ${inSeconds(placement?.lease ?? 0)}`
    return { kind: 'lost', reason, at }
  }
  const reason = `its time limit of ${inSeconds(placement?.timeLimit?.limit ?? 0)} has passed`
  return placement?.held === true ? { kind: 'exited', code: 0, reason, at } : { kind: 'timed_out', reason, at }
}

const inSeconds = (length: number): string => `${Math.round(length / 100) / 10} s`

/** Whether the agent itself ended the run, and not the task, nor an order. */
export function isCut(outcome: TaskOutcome | null): boolean {
  return outcome?.kind === 'lost' || outcome?.kind === 'timed_out'
}

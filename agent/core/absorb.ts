import { finding } from '../../shared/model/health.ts'
import { assertNever } from '../../shared/model/result.ts'
import type { Term } from '../../shared/model/ids.ts'
import type { DesiredState, TaskOutcome } from '../../shared/model/run.ts'
import { type Instant, type Milliseconds, instant, milliseconds } from '../../shared/model/time.ts'
import { UNDER_WAY, isCut } from './limits.ts'
import { obey } from './orders.ts'
import type { Activity, AgentInput, AgentState, Found, Journaled, Step, Tenancy } from './state.ts'

const NOTHING: Activity = { kind: 'none' }
const quiet = (state: AgentState): Step => ({ state, effects: [] })

/** Takes in what happened, and decides nothing yet. What answers no question that was asked is passed over. */
export function absorb(state: AgentState, input: AgentInput, now: Instant): Step {
  switch (input.kind) {
    case 'restarted':
      return restart(state)
    case 'desired':
      return order(state, input.desired)
    case 'persisted':
      return quiet(written(state, input.record))
    case 'persist_failed':
      return quiet(unwritten(state, input.record, input.reason, now))
    case 'retry':
      return retry(state)
    case 'tell_again':
      return quiet({ ...state, told: null })
    case 'sanitised':
      if (state.activity.kind !== 'sanitising') return quiet(state)
      return quiet(
        change(state, {
          state: input.report.clean ? 'clean' : 'dirty',
          handBack: { ...input.report, tried: state.tried },
        }),
      )
    case 'validated': {
      const { activity } = state
      if (activity.kind !== 'validating' || activity.validation !== input.report.validation) return quiet(state)
      return quiet(change(state, { validation: input.report }))
    }
    case 'renewed':
      return quiet(renewed(state, input.sentAt, input.term))
    case 'beat':
      return quiet(state)
    case 'conditions':
      return quiet({ ...state, conditions: input.conditions })
    case 'commands':
      return quiet({ ...state, commands: input.commands })
    case 'found':
    case 'prepared':
    case 'prepare_failed':
    case 'started':
    case 'start_failed':
    case 'exited':
    case 'stopped':
      return quiet(input.placement === state.record.placement?.placement ? ofTask(state, input, now) : state)
    default:
      return assertNever(input)
  }
}

/** An activity is over, and changed the record. */
function change(state: AgentState, changed: Partial<Journaled>): AgentState {
  return { ...state, activity: NOTHING, record: { ...state.record, ...changed } }
}

/** Whatever an earlier agent had under way is looked for; a machine that is only held has nothing to find. */
function restart(state: AgentState): Step {
  const { record } = state
  if (record.placement === null || record.placement.held || !UNDER_WAY.has(record.state)) return quiet(state)
  return {
    state: { ...state, activity: { kind: 'finding' } },
    effects: [{ kind: 'find', placement: record.placement.placement }],
  }
}

/** A coordinator that was deposed renews nothing. */
function renewed(state: AgentState, sentAt: Milliseconds, term: Term): AgentState {
  const newest = Math.max(state.record.term, state.desired?.term ?? 0)
  if (term < newest || sentAt <= (state.renewedAt ?? -1)) return state
  return { ...state, renewedAt: sentAt }
}

function order(state: AgentState, desired: DesiredState): Step {
  const { record, desired: before } = state
  const pending = before !== null && before.epoch > record.epoch ? before : null
  const fence = {
    machine: state.machine,
    term: before !== null && before.term > record.term ? before.term : record.term,
    epoch: pending?.epoch ?? record.epoch,
    placement: pending === null ? (record.placement?.placement ?? null) : (pending.assignment?.placement ?? null),
  }
  const obeyed = obey(desired, fence)
  if (!obeyed.ok) return { state, effects: [{ kind: 'refused', refusal: obeyed.error }] }
  return quiet({ ...state, desired })
}

function written(state: AgentState, record: Journaled): AgentState {
  const { activity } = state
  if (activity.kind !== 'taking' || activity.next !== record) return { ...state, unwritable: null }
  return { ...state, unwritable: null, activity: NOTHING, record, saved: record }
}

function retry(state: AgentState): Step {
  if (state.activity.kind === 'blocked') return quiet({ ...state, activity: NOTHING })
  if (state.unwritable === null || state.activity.kind === 'taking') return quiet(state)
  const { record } = state
  return { state: { ...state, saved: record }, effects: [{ kind: 'persist', record }] }
}

/** New work waits; what runs is not touched. */
function unwritten(state: AgentState, record: Journaled, reason: string, now: Instant): AgentState {
  const id = 'state-directory-unwritable'
  const unwritable = state.unwritable ?? finding({ id, severity: 'critical', reason, since: now, action: 'cordon' })
  const { activity } = state
  if (activity.kind === 'taking' && activity.next === record) {
    return { ...state, unwritable, activity: { kind: 'blocked' } }
  }
  return { ...state, unwritable }
}

type TaskInput = Extract<
  AgentInput,
  { readonly kind: 'found' | 'prepared' | 'prepare_failed' | 'started' | 'start_failed' | 'exited' | 'stopped' }
>

function ofTask(state: AgentState, input: TaskInput, now: Instant): AgentState {
  const { activity, record } = state
  switch (input.kind) {
    case 'found':
      return activity.kind === 'finding' ? find(state, input.found, now) : state
    case 'prepared':
      return activity.kind === 'preparing' ? change(state, { state: 'prepared' }) : state
    case 'prepare_failed':
      return activity.kind === 'preparing' ? failed(state, input, now) : state
    case 'started':
      return activity.kind === 'starting' ? change(state, runningSince(state, now, state.uptime)) : state
    case 'start_failed':
      return activity.kind === 'starting' ? failed(state, input, now) : state
    case 'exited':
      // While it is being stopped, the end of its first process is not the end of them all.
      if (record.state === 'stopping') {
        return isCut(record.outcome) ? state : { ...state, record: { ...record, outcome: input.outcome } }
      }
      return record.state === 'running' ? change(state, { state: 'sanitising', outcome: input.outcome }) : state
    case 'stopped': {
      if (activity.kind !== 'stopping') return state
      const unseen: TaskOutcome = { kind: 'lost', reason: 'it was stopped, and nobody saw how it ended', at: now }
      return change(state, { state: 'sanitising', outcome: record.outcome ?? input.outcome ?? unseen })
    }
    default:
      return assertNever(input)
  }
}

type FailedStart = Extract<TaskInput, { readonly kind: 'prepare_failed' | 'start_failed' }>

function failed(state: AgentState, { reason, fault }: FailedStart, now: Instant): AgentState {
  return change(state, { state: 'sanitising', outcome: { kind: 'failed_to_start', reason, fault, at: now } })
}

function runningSince({ record }: AgentState, at: Instant, since: Milliseconds): Partial<Journaled> {
  const { placement } = record
  const tenancy: Tenancy | null = placement === null ? null : { ...placement, startedAt: at, runsSince: since }
  return { state: 'running', placement: tenancy }
}

function ended(state: AgentState, found: Exclude<Found, { readonly kind: 'running' }>, now: Instant): AgentState {
  const unseen: TaskOutcome = { kind: 'lost', reason: 'it was being ended, and nobody saw how it ended', at: now }
  const outcome = found.kind === 'ended' ? found.outcome : unseen
  return change(state, { state: 'sanitising', outcome: state.record.outcome ?? outcome })
}

/** An earlier agent's placement is as the machine says, whatever that agent got to write down. */
function find(state: AgentState, found: Found, now: Instant): AgentState {
  const { record } = state
  const begun = record.state === 'running' || record.state === 'stopping'
  // It was being ended, and that goes on.
  if (record.state === 'stopping') return found.kind === 'running' ? change(state, {}) : ended(state, found, now)
  switch (found.kind) {
    case 'running':
      return change(state, {
        ...runningSince(
          state,
          instant(record.placement?.startedAt ?? found.startedAt),
          record.placement?.runsSince ?? milliseconds(Math.max(0, state.uptime - Math.max(0, now - found.startedAt))),
        ),
      })
    case 'ended':
      return change(state, { state: 'sanitising', outcome: found.outcome })
    case 'not_started':
      return change(state, { state: 'preparing' })
    case 'unknown': {
      if (!begun) return change(state, { state: 'preparing' })
      return change(state, { state: 'sanitising', outcome: { kind: 'lost', reason: found.reason, at: now } })
    }
    default:
      return assertNever(found)
  }
}

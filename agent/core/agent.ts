import { type MachineId, epoch, term } from '../../shared/model/ids.ts'
import { assertNever } from '../../shared/model/result.ts'
import type { StopSignal } from '../../shared/model/task.ts'
import type { Assignment, DesiredState } from '../../shared/model/run.ts'
import { type Instant, type Milliseconds, milliseconds } from '../../shared/model/time.ts'
import { absorb } from './absorb.ts'
import { cutOutcome, cutShort, dueWarning, isCut, leaseEnd, leaseIsOver } from './limits.ts'
import { reportOf, sameReport } from './report.ts'
import type { AgentEffect, AgentInput, AgentState, Journaled, Step, Tenancy } from './state.ts'
import { type Action, type Wanted, actions } from './table.ts'

/** What is known when an agent starts. */
export type Beginning = {
  readonly machine: MachineId
  /** Null: this machine has no memory, because it is new or its journal was damaged. */
  readonly journaled: Journaled | null
  /** Whether anything of a tenant may be on a machine without a memory. */
  readonly leftovers: boolean
  /** When the newest answered renewal was sent that an earlier agent of this boot left on record. */
  readonly renewedAt: Milliseconds | null
}

/**
 * The state that an agent starts with. A journal of another machine's name is of an identity that ended: its
 * counters mean nothing under the new one, but whoever was on the machine may still be.
 */
export function begin({ machine, journaled, leftovers, renewedAt }: Beginning): AgentState {
  const known = journaled !== null && journaled.machine === machine ? journaled : null
  const unproved = leftovers || (known === null && journaled !== null)
  const fresh: Journaled = {
    machine,
    epoch: epoch(0),
    term: term(0),
    state: unproved ? 'sanitising' : 'idle',
    placement: null,
    outcome: null,
    handBack: null,
    validation: null,
  }
  return {
    machine,
    record: known ?? fresh,
    desired: null,
    activity: { kind: 'none' },
    tried: 0,
    conditions: [],
    commands: [],
    unwritable: null,
    uptime: milliseconds(0),
    renewedAt,
    extended: null,
    told: null,
    saved: known,
    reported: null,
  }
}

/**
 * One input: what the agent is after it, and what is to be done. Always ends; never acts on an epoch not durable.
 *
 * @param uptime since the boot, by a clock that counts suspended time too and is never set.
 */
export function step(before: AgentState, input: AgentInput, now: Instant, uptime: Milliseconds): Step {
  const absorbed = absorb({ ...before, uptime }, input, now)
  const effects: AgentEffect[] = [...absorbed.effects]
  let state = absorbed.state
  for (;;) {
    const moved = advance(state, now)
    if (moved === null) break
    state = moved.state
    effects.push(...moved.effects)
  }
  return settle(state, effects)
}

/** How the newest order stands to the machine. */
export function wanted(state: AgentState): Wanted {
  const { desired, record } = state
  if (cutShort(state) !== null) return 'idle'
  if (desired === null) return 'unknown'
  if (desired.epoch === record.epoch) return desired.goal
  return desired.goal === 'idle' ? 'newer_idle' : 'newer'
}

/** The next move, where nothing is under way and something is to be done. */
function advance(state: AgentState, now: Instant): Step | null {
  if (state.activity.kind !== 'none') return null
  const { desired, record } = state
  const action: Action = actions[record.state][wanted(state)]
  // Taking up an epoch makes its term durable too.
  if (desired !== null && desired.term > record.term && action !== 'take') {
    return take(state, { ...record, term: desired.term })
  }
  const warning = action === 'stop' ? null : dueWarning(state)
  if (warning !== null && record.placement !== null) return warn(state, record.placement, warning)
  switch (action) {
    case 'rest':
      return null
    case 'take':
      return desired === null ? null : take(state, underNewEpoch(record, desired, now))
    case 'prepare':
      return prepare(state)
    case 'start':
      return leaseIsOver(state) ? null : start(state, now)
    case 'stop':
      return stop(state, now)
    case 'abandon': {
      const outcome = { kind: 'not_started', reason: 'it was no longer wanted before it started', at: now } as const
      return quiet({ ...state, record: { ...record, state: 'sanitising', outcome: record.outcome ?? outcome } })
    }
    case 'sanitise':
      return sanitise(state)
    case 'sanitise_again':
      return desired === null || desired.validation === state.tried ? null : sanitise(state)
    case 'validate':
      return validate(state)
    default:
      return assertNever(action)
  }
}

const quiet = (state: AgentState): Step => ({ state, effects: [] })

function take(state: AgentState, next: Journaled): Step {
  return { state: { ...state, activity: { kind: 'taking', next } }, effects: [{ kind: 'persist', record: next }] }
}

function tenancyOf({ placement, workload, tenant, tenantNumber, task, lease, timeLimit }: Assignment): Tenancy {
  const terms = { lease, timeLimit, runsSince: null, warned: false }
  return { placement, workload, tenant, tenantNumber, startedAt: null, held: task === null, ...terms }
}

function underNewEpoch(record: Journaled, desired: DesiredState, now: Instant): Journaled {
  const { assignment, epoch: newer, term: newest } = desired
  const common = { machine: record.machine, epoch: newer, term: newest, handBack: null, validation: record.validation }
  if (assignment === null || desired.goal === 'idle') {
    const reason = 'this machine heard of it only when it was no longer wanted'
    return { ...common, state: 'sanitising', placement: null, outcome: { kind: 'not_started', reason, at: now } }
  }
  const tenancy = tenancyOf(assignment)
  return { ...common, state: 'preparing', placement: tenancy, outcome: null }
}

function prepare(state: AgentState): Step | null {
  const { record } = state
  if (record.placement?.held) return quiet({ ...state, record: { ...record, state: 'prepared' } })
  const assignment = state.desired?.assignment ?? null
  // An epoch's task does not change: an order that takes it away is waited out.
  if (assignment === null || assignment.task === null) return null
  return {
    state: { ...state, activity: { kind: 'preparing' }, told: toldOf(assignment) },
    effects: [{ kind: 'prepare', epoch: record.epoch, assignment }],
  }
}

function start(state: AgentState, now: Instant): Step | null {
  const { record } = state
  const { placement } = record
  if (placement === null) return null
  if (placement.held) {
    const running = { ...placement, startedAt: now, runsSince: state.uptime }
    return quiet({ ...state, record: { ...record, state: 'running', placement: running } })
  }
  const effects: AgentEffect[] = [{ kind: 'start', placement: placement.placement }]
  return { state: { ...state, activity: { kind: 'starting' } }, effects }
}

function stop(state: AgentState, now: Instant): Step | null {
  const { record } = state
  const { placement } = record
  if (placement === null) return quiet({ ...state, record: { ...record, state: 'sanitising' } })
  const cut = cutShort(state)
  if (placement.held) {
    const released = { kind: 'exited', code: 0, reason: 'held without a task, and released', at: now } as const
    const outcome = cut === null ? released : cutOutcome(state, cut, now)
    return quiet({ ...state, record: { ...record, state: 'sanitising', outcome } })
  }
  const outcome = cut === null ? record.outcome : cutOutcome(state, cut, now)
  return {
    state: { ...state, record: { ...record, state: 'stopping', outcome }, activity: { kind: 'stopping' } },
    effects: [{ kind: 'stop', placement: placement.placement }],
  }
}

/** Written down with what else is, so that a later agent does not say it again. */
function warn(state: AgentState, placement: Tenancy, signal: StopSignal): Step {
  return {
    state: { ...state, record: { ...state.record, placement: { ...placement, warned: true } } },
    effects: [{ kind: 'signal', placement: placement.placement, signal }],
  }
}

function sanitise(state: AgentState): Step {
  const { record, desired } = state
  return {
    state: {
      ...state,
      record: { ...record, state: 'sanitising' },
      activity: { kind: 'sanitising' },
      tried: desired?.validation ?? state.tried,
    },
    effects: [{ kind: 'sanitise', epoch: record.epoch, tenancy: record.placement }],
  }
}

function validate(state: AgentState): Step | null {
  const validation = state.desired?.validation ?? 0
  if (validation === 0 || validation === state.record.validation?.validation) return null
  return {
    state: { ...state, activity: { kind: 'validating', validation } },
    effects: [{ kind: 'validate', validation, checks: state.desired?.checks ?? [] }],
  }
}

/** Journal and report follow the state. A clean machine that is about to be validated says both at once. */
function settle(state: AgentState, effects: AgentEffect[]): Step {
  const { record, activity } = state
  const proving = activity.kind === 'validating' && state.reported?.state !== record.state
  const lease = extension(state)
  let settled = lease === null ? state : { ...state, extended: lease }
  // The watchdog knows of the lease before anything runs under it.
  if (lease !== null) effects.unshift({ kind: 'extend', ...lease })
  const assignment = untold(settled)
  if (assignment !== null) {
    settled = { ...settled, told: toldOf(assignment) }
    effects.push({ kind: 'tell', assignment })
  }
  if (isWorthSaving(record) && record !== state.saved && activity.kind !== 'taking' && !proving) {
    settled = { ...settled, saved: record }
    effects.push({ kind: 'persist', record })
  }
  const report = reportOf(state)
  if (!proving && (state.reported === null || !sameReport(state.reported, report))) {
    settled = { ...settled, reported: report }
    effects.push({ kind: 'report', report })
  }
  return { state: settled, effects }
}

const toldOf = ({ placement, generation }: Assignment): AgentState['told'] => ({ placement, generation })

/**
 * Peers of what is prepared or runs that its task was not told of. Not while it is being started or looked for: a
 * signal would find nobody.
 */
function untold({ record, desired, told, activity }: AgentState): Assignment | null {
  const { placement, state, epoch: current } = record
  const isThere = activity.kind === 'none' && (state === 'prepared' || state === 'running')
  if (!isThere || placement === null || placement.held) return null
  const assignment = desired?.epoch === current ? desired.assignment : null
  if (assignment === null || assignment.placement !== placement.placement) return null
  const isKnown = told?.placement === assignment.placement && told.generation === assignment.generation
  return isKnown ? null : assignment
}

/** What the watchdog is to be told. */
function extension(state: AgentState): AgentState['extended'] {
  const { placement } = state.record
  const until = leaseEnd(state)
  if (placement === null || placement.held || until === null || until <= state.uptime) return null
  const { extended } = state
  if (extended?.placement === placement.placement && extended.until === until) return null
  return { placement: placement.placement, until }
}

/**
 * What is under way is found again from the runtime's own records after a restart; these would be lost. It is
 * written beside what else goes on, and nothing waits for it.
 */
function isWorthSaving({ state, epoch: current, outcome }: Journaled): boolean {
  if (state === 'stopping') return isCut(outcome)
  return state === 'running' || state === 'clean' || state === 'dirty' || (state === 'idle' && current > 0)
}

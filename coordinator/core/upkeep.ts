import { type CommandState, commandIsOver } from '../../shared/model/command.ts'
import { isOver } from '../../shared/model/placement_phase.ts'
import { ok } from '../../shared/model/result.ts'
import type { RunState } from '../../shared/model/run.ts'
import { type Instant, type Milliseconds, hours, later, minutes, seconds } from '../../shared/model/time.ts'
import { term } from '../../shared/model/ids.ts'
import { hasEnded } from '../../shared/model/workload.ts'
import { accrueUsage } from './tenants.ts'
import { accountHeld } from './usage.ts'
import type { Handler } from './handler.ts'
import { withRun } from './commands.ts'
import type { Draft } from './draft.ts'
import { endTheAbsent } from './absence.ts'
import { tryAgain } from './hold_back.ts'
import { actOnFindings } from './health.ts'
import { label } from './machine_state.ts'
import { advanceReservations } from './reservation_windows.ts'
import { advanceRollout } from './rollouts.ts'
import type { ClusterRecord, CommandRunRecord, MachineRecord, TableName, Tables, WorkloadRecord } from './records.ts'

/** How long an agent may be silent before its machine counts as lost. */
export const LEASE: Milliseconds = seconds(45)

/** How long after a command's own time limit its end may still be reported. */
const COMMAND_GRACE = minutes(1)

/** What is kept of what is over, in records; beyond it, the oldest go first. */
const KEPT = { workloads: 10_000, commands: 1_000, events: 20_000, requests: 100_000, tokens: 1_000 } as const
/** An answer that got lost is asked for again with the same token: it is known for so long after its end. */
const TOKEN_AGE = hours(24)
const REQUEST_AGE = hours(24)
/** At most so many records are pruned at one tick, so that no batch grows without bound. */
const PRUNED_AT_ONCE = 500

export const termBegan: Handler<'term_began'> = (draft, input) => {
  const before = draft.find('cluster', 'cluster')
  const { clusterId, topologyLevels, sharing, priorityClasses, holdBack, health, checks } = input
  const told = { topologyLevels, sharing, priorityClasses, holdBack, health, checks, termAt: draft.now }
  // What is recorded may be of an older backup: the agents know under which epochs their machines are held.
  const record: ClusterRecord =
    before === undefined
      ? {
          ...told,
          id: clusterId,
          term: term(1),
          learningSince: null,
          halt: null,
          absentAccepted: 0,
          nextTenantNumber: 1,
          healthLimitedSince: null,
          usedUntil: draft.now,
          accountedUntil: draft.now,
          nextSequence: 1,
        }
      : { ...before, ...told, term: term(before.term + 1), learningSince: draft.now }
  draft.put({ table: 'cluster', key: 'cluster', record })
  // Silence of before says nothing: while nobody led, nobody listened. Every age begins anew.
  for (const { record: machine } of draft.before.table('machines').values()) {
    if (machine.state === 'retired') continue
    // One that is on record as lost may have been back since, where the record is an older backup.
    const silent = machine.connection === 'lost' ? {} : ({ connection: 'silent', connectionAt: draft.now } as const)
    draft.putMachine({ ...machine, ...silent, silentSince: draft.now })
  }
  return ok(() => undefined)
}

export const tick: Handler<'tick'> = (draft) => {
  endLearning(draft)
  loseTheSilent(draft)
  endTheAbsent(draft)
  tryAgain(draft)
  actOnFindings(draft)
  advanceRollout(draft)
  advanceReservations(draft)
  endOverdueCommands(draft)
  accrueUsage(draft)
  accountHeld(draft)
  prune(draft)
  return ok(() => undefined)
}

/** Its agent said that something runs there of which nothing is recorded, and has not yet said that it ended. */
export const isHeldByUnknown = ({ state, connection, runState }: MachineRecord): boolean =>
  connection === 'connected' && state !== 'allocated' && (UNDER_WAY.has(runState) || isCleaningUnknown(state, runState))

/** It is being made clean after somebody whom nobody here knows of: something of that run may still be alive. */
const isCleaningUnknown = (state: MachineRecord['state'], runState: RunState): boolean =>
  runState === 'sanitising' && state !== 'sanitising'

const UNDER_WAY: ReadonlySet<RunState> = new Set<RunState>(['preparing', 'prepared', 'running', 'stopping'])

function endLearning(draft: Draft): void {
  const cluster = draft.cluster()
  const since = cluster.learningSince
  if (since === null) return
  const isPatient = later(since, LEASE) > draft.now
  for (const { record: machine } of draft.before.table('machines').values()) {
    if (machine.state === 'retired') continue
    if ((isPatient && machine.connection !== 'connected') || isHeldByUnknown(machine)) return
  }
  draft.put({ table: 'cluster', key: 'cluster', record: { ...cluster, learningSince: null } })
  // Whatever was to start, and waited for this.
  for (const { record } of draft.before.table('machines').values()) {
    if (record.state === 'allocated') draft.effect({ kind: 'desired_changed', machine: record.id })
  }
}

function loseTheSilent(draft: Draft): void {
  for (const { record: machine } of draft.before.table('machines').values()) {
    if (machine.connection !== 'silent' || machine.state === 'retired') continue
    if (later(machine.connectionAt, LEASE) > draft.now) continue
    draft.putMachine({ ...machine, connection: 'lost', connectionAt: draft.now })
    draft.event('MACHINE_LOST', `${label(machine)} has been silent for longer than its lease.`, { machine: machine.id })
  }
}

function endOverdueCommands(draft: Draft): void {
  for (const command of draft.before.activeCommands()) {
    const deadline = later(later(command.createdAt, command.spec.timeout), COMMAND_GRACE)
    if (deadline > draft.now) continue
    let ended = command
    for (const run of command.runs) if (!commandIsOver(run.state)) ended = withRun(ended, overdue(run, draft.now))
    draft.putCommand(ended)
  }
}

function overdue(run: CommandRunRecord, at: Instant): CommandRunRecord {
  const state: CommandState = 'unknown'
  const reason = 'no end was reported within its time limit; it may or may not have run, and is not run again'
  return { ...run, state, reason, endedAt: at }
}

function prune(draft: Draft): void {
  pruneWorkloads(draft)
  const { before, now } = draft
  pruneOldest(draft, 'commands', KEPT.commands, ({ runs }) => runs.every((run) => commandIsOver(run.state)))
  pruneOldest(draft, 'events', KEPT.events, () => true)
  pruneOldest(draft, 'tokens', KEPT.tokens, ({ expiresAt }) => later(expiresAt, TOKEN_AGE) <= now)
  let left = PRUNED_AT_ONCE
  const crowded = before.table('requests').size > KEPT.requests
  for (const { record } of before.table('requests').values()) {
    if (left === 0 || !(crowded || later(record.at, REQUEST_AGE) <= now)) break
    draft.put({ table: 'requests', key: record.key, record: null })
    left -= 1
  }
}

/** A table's records come in the order in which they were first written, oldest first. */
function pruneOldest<Name extends 'commands' | 'events' | 'tokens'>(
  draft: Draft,
  table: Name,
  kept: number,
  prunable: (record: Tables[Name]) => boolean,
): void {
  const view = draft.before.table(table)
  let left = Math.min(view.size - kept, PRUNED_AT_ONCE)
  for (const { record } of view.values()) {
    if (left <= 0) return
    if (!prunable(record)) continue
    remove(draft, table, record.id)
    left -= 1
  }
}

function pruneWorkloads(draft: Draft): void {
  const view = draft.before.table('workloads')
  let left = Math.min(view.size - KEPT.workloads, PRUNED_AT_ONCE)
  for (const { record } of view.values()) {
    if (left <= 0) return
    if (!hasEnded(record.state) || !placementsOf(record).every((rank) => isFree(draft, rank))) continue
    for (const rank of placementsOf(record)) remove(draft, 'placements', rank)
    remove(draft, 'workloads', record.id)
    left -= 1
  }
}

const placementsOf = ({ placements, formerPlacements }: WorkloadRecord): readonly string[] => [
  ...placements,
  ...formerPlacements,
]

/** A placement may be forgotten once it is over and its machine has gone on. */
function isFree(draft: Draft, key: string): boolean {
  const placement = draft.find('placements', key)
  if (placement === undefined) return true
  return isOver(placement.phase) && draft.find('machines', placement.machine)?.placement !== placement.id
}

function remove(
  draft: Draft,
  table: Extract<TableName, 'commands' | 'events' | 'tokens' | 'workloads' | 'placements'>,
  key: string,
) {
  draft.put({ table, key, record: null })
}

import { type PlacementPhase, isOver } from '../../shared/model/placement_phase.ts'
import type { TenantName, WorkloadId } from '../../shared/model/ids.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import type { TaskSpec } from '../../shared/model/task.ts'
import { type Instant, later } from '../../shared/model/time.ts'
import { type WorkloadState, groupsOf, hasEnded, leastOf } from '../../shared/model/workload.ts'
import { dependentsOf, openDependencies, isMet } from './dependencies.ts'
import { type Handler, remember, repeated } from './handler.ts'
import { newWorkload, waitingFor } from './imagined.ts'
import type { Draft } from './draft.ts'
import { enter } from './placement_moves.ts'
import { settled } from './priorities.ts'
import type { PlacementRecord, WorkloadRecord, WorkloadStop } from './records.ts'
import { formerWith, leave } from './members.ts'
import { isElastic, ranksByGroup } from './ranks.ts'
import { endingOf, restartAfter, vacantRanks } from './restarts.ts'
import { tenantOf } from './tenants.ts'

/** No agent undoes yet what root can do to a machine: it takes wiped disks and a start from a fresh image. */
const ROOT_REFUSED =
  'A task may run as root only on machines that wipe their disks and start from a fresh image after each tenant, and ' +
  'no machine of this fleet does. Run it as the tenant.'

function queueFull(tenant: TenantName, most: number): BilletError {
  const sentence = `Tenant ${tenant} has ${most} workloads waiting already, the most that it may. Try again later.`
  return billetError('tenant_queue_full', sentence, { tenant, limit: `${most}` })
}

/** Why a workload can never be placed within the reservation that it names, or null. */
function reservationFault(draft: Draft, tenant: TenantName, name: string): BilletError | null {
  if (name === '') return null
  for (const { record } of draft.before.table('reservations').values()) {
    if (record.overAt !== null || record.name !== name) continue
    if (record.tenants.includes(tenant)) return null
    const sentence = `spec.reservation: reservation ${name} is not for tenant ${tenant}.`
    return billetError('state_conflict', sentence, { field: 'spec.reservation', reservation: record.id, tenant })
  }
  const sentence = `spec.reservation: there is no reservation ${name} that is not over.`
  return billetError('reservation_not_found', sentence, { field: 'spec.reservation', name })
}

export const submitWorkload: Handler<'submit_workload'> = (draft, input) => {
  const before = repeated(draft, input.caller, input.digest)
  if (!before.ok) return before
  if (before.value !== undefined) {
    const { resource } = before.value
    return ok(() => draft.written('workloads', resource))
  }
  const { tenant, displayName, caller, digest } = input
  const whole = settled(draft, draft.cluster(), tenant, input.spec)
  if (!whole.ok) return whole
  const spec = whole.value
  if (groupsOf(spec).some(({ task }) => task?.user === 'root'))
    return refuse(billetError('root_refused', ROOT_REFUSED, { field: 'spec.task.run_as' }))
  const most = draft.cluster().sharing.waitingMost
  if (draft.before.waitingCount(tenant) + (spec.array?.size ?? 1) > most) return refuse(queueFull(tenant, most))
  const barred = reservationFault(draft, tenant, spec.reservation)
  if (barred !== null) return refuse(barred)
  const waits = openDependencies(draft, spec)
  if (!waits.ok) return waits
  tenantOf(draft, tenant)
  const cluster = draft.cluster()
  const { nextSequence } = cluster
  const size = spec.array?.size ?? 1
  draft.put({ table: 'cluster', key: 'cluster', record: { ...cluster, nextSequence: nextSequence + size } })
  const first = draft.ids.workload()
  for (let index = 0; index < size; index += 1) {
    const id = index === 0 ? first : draft.ids.workload()
    const submitted = { id, tenant, displayName, spec, user: caller.user, now: draft.now }
    const array = spec.array === null ? null : { first, index }
    draft.putWorkload(waitingFor({ ...newWorkload(submitted, nextSequence + index), array }, waits.value))
  }
  remember(draft, caller, digest, first)
  return ok(() => draft.written('workloads', first))
}

export const cancelWorkload: Handler<'cancel_workload'> = (draft, { workload: id, caller, reason }) => {
  const workload = draft.workload(id)
  if (!workload.ok) return workload
  const sentence = reason === '' ? `cancelled by ${caller.user}` : `cancelled by ${caller.user}: ${reason}`
  stopWorkload(draft, id, { outcome: 'cancelled', reason: sentence, exitCode: null })
  return ok(() => draft.written('workloads', id))
}

/** Asks every rank to end; the first to ask says how the workload ends. Nothing where it has ended. */
export function stopWorkload(draft: Draft, id: WorkloadId, stop: WorkloadStop): void {
  const workload = workloadOf(draft, id)
  if (!hasEnded(workload.state) && (workload.stop === null || workload.stop.outcome === 'restart')) {
    stopRanks(draft, workload, stop)
  }
}

function stopRanks(draft: Draft, workload: WorkloadRecord, stop: WorkloadStop, also: Partial<WorkloadRecord> = {}) {
  const changed = { stop, vacancies: [], state: 'stopping', stateReason: stop.reason, stateAt: draft.now } as const
  draft.putWorkload({ ...workload, ...also, ...changed })
  for (const placement of workload.placements.map((rank) => draft.placement(rank))) {
    enter(draft, placement, 'stopping', stop.reason)
  }
  followPlacements(draft, workload.id)
}

function workloadOf(draft: Draft, id: WorkloadId): WorkloadRecord {
  const found = draft.workload(id)
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}

/** Brings a workload up to its placements, after any of them moved. */
export function followPlacements(draft: Draft, id: WorkloadId): void {
  const workload = workloadOf(draft, id)
  if (hasEnded(workload.state)) return
  const ranks = workload.placements.map((rank) => draft.placement(rank))
  const areOver = ranks.every((rank) => isOver(rank.phase))
  if (workload.stop !== null) {
    if (areOver) end(draft, workload, ranks, workload.stop)
    return
  }
  const ended = ranks.find((rank) => isToBeDecided(workload, rank, draft.now))
  if (ended !== undefined) return decideEnd(draft, workload, ended)
  if (areOver && vacantRanks(workload).length === 0) return succeed(draft, workload, ranks)
  const isMember = ({ rank }: PlacementRecord): boolean => !workload.vacancies.includes(rank)
  if (workload.state === 'starting') start(draft, workload, ranks.filter(isMember))
}

/** A rank whose end says something about the others. */
function isToBeDecided(workload: WorkloadRecord, rank: PlacementRecord, now: Instant): boolean {
  const ending = endingOf(rank)
  if (ending === null || workload.vacancies.includes(rank.rank)) return false
  if (ending !== 'succeeded') return true
  const isAlone = workload.spec.restart.scope === 'rank' && workload.state === 'running'
  return isAlone && restartAfter(workload, ending, now) !== null
}

function decideEnd(draft: Draft, workload: WorkloadRecord, rank: PlacementRecord): void {
  const reason = sentenceOf(rank)
  const ending = endingOf(rank) ?? 'lost'
  if (goesOnWithout(workload, rank)) return goOn(draft, workload, rank, reason)
  const restart = restartAfter(workload, ending, draft.now)
  // A gang that has not begun holds no machines while it waits for one: two of them would wait for each other.
  if (restart !== null && workload.spec.restart.scope === 'rank' && workload.state === 'running') {
    leave(draft, { ...workload, ...restart, stateReason: `is run again: ${reason}` }, [rank.rank])
    draft.event('RANK_RESTARTED', `Workload ${workload.id} is run again: ${reason}.`, { workload: workload.id })
    followPlacements(draft, workload.id)
  } else if (restart !== null) {
    stopRanks(draft, workload, { outcome: 'restart', reason, exitCode: rank.exitCode }, restart)
  } else {
    stopRanks(draft, workload, { outcome: 'failed', reason, exitCode: rank.exitCode })
  }
}

/** It may have fewer machines than it has, and its task has not failed: a machine was lost, or could not start it. */
function goesOnWithout(workload: WorkloadRecord, { rank, phase }: PlacementRecord): boolean {
  const isGone = (phase === 'lost' && workload.spec.absence.onLost !== 'fail') || phase === 'failed'
  if (!isGone || !isElastic(workload)) return false
  const own = ranksByGroup(workload).find(({ members }) => members.includes(rank))
  return own !== undefined && own.members.length > leastOf(own.group)
}

/** It may have another in its place after a while: what it was lost by may last. */
function goOn(draft: Draft, workload: WorkloadRecord, { rank }: PlacementRecord, reason: string): void {
  const notBefore = later(draft.now, workload.spec.restart.backoff)
  leave(draft, { ...workload, notBefore, stateReason: `goes on without rank ${rank}: ${reason}` }, [rank])
  draft.event('RANK_LEFT', `Workload ${workload.id} goes on without a rank: ${reason}.`, { workload: workload.id })
  followPlacements(draft, workload.id)
}

function succeed(draft: Draft, workload: WorkloadRecord, ranks: readonly PlacementRecord[]): void {
  const restart = restartAfter(workload, 'succeeded', draft.now)
  const reason = 'every rank exited with code 0'
  if (restart === null) end(draft, workload, ranks, null)
  else requeue(draft, { ...workload, ...restart }, reason)
}

/**
 * A gang starts in two steps: every rank ready, then go. A rank may be found to have begun already where the word to
 * go is newer than the backup that this coordinator was restored from.
 */
function start(draft: Draft, workload: WorkloadRecord, ranks: readonly PlacementRecord[]): void {
  const waiting = ranks.filter((rank) => rank.phase === 'prepared')
  if (waiting.length > 0 && ranks.every((rank) => IS_READY.has(rank.phase))) {
    for (const rank of waiting) enter(draft, rank, 'starting', '')
  } else if (ranks.every((rank) => HAS_STARTED.has(rank.phase))) {
    const startedAt = Math.max(...ranks.map((rank) => rank.startedAt ?? 0))
    const latest = ranks.find((rank) => rank.startedAt === startedAt)?.startedAt ?? draft.now
    transition(draft, workload, 'running', 'every rank runs', { startedAt: latest })
  }
}

const IS_READY: ReadonlySet<PlacementPhase> = new Set(['prepared', 'starting', 'running', 'exited'])
const HAS_STARTED: ReadonlySet<PlacementPhase> = new Set(['running', 'exited'])

function end(
  draft: Draft,
  workload: WorkloadRecord,
  ranks: readonly PlacementRecord[],
  stop: WorkloadStop | null,
): void {
  if (stop?.outcome === 'restart') return requeue(draft, workload, stop.reason)
  const failure = ranks.find((rank) => endingOf(rank) !== 'succeeded')
  const starts = ranks.flatMap((rank) => rank.startedAt ?? [])
  const also = {
    startedAt: workload.startedAt ?? starts.toSorted((left, right) => right - left)[0] ?? null,
    endedAt: draft.now,
    exitCode: stop === null ? 0 : (stop.exitCode ?? failure?.exitCode ?? null),
    stop,
    notBefore: null,
    spec: withoutSecrets(workload.spec),
  }
  transition(draft, workload, stop?.outcome ?? 'succeeded', stop?.reason ?? 'every rank exited with code 0', also)
}

/** Everything of it has ended, and it waits for machines again. */
function requeue(draft: Draft, workload: WorkloadRecord, reason: string): void {
  const also = {
    placements: [],
    layout: [],
    formerPlacements: formerWith(draft, workload, workload.placements),
    startedAt: null,
    stop: null,
    vacancies: [],
  }
  transition(draft, workload, 'queued', `is run again: ${reason}`, also)
  draft.event('WORKLOAD_RESTARTED', `Workload ${workload.id} is run again: ${reason}.`, { workload: workload.id })
}

function transition(
  draft: Draft,
  workload: WorkloadRecord,
  state: WorkloadState,
  stateReason: string,
  also: Partial<WorkloadRecord>,
): void {
  draft.putWorkload({ ...workload, ...also, state, stateReason, stateAt: draft.now })
  if (state === 'failed') {
    draft.event('WORKLOAD_FAILED', `Workload ${workload.id} failed: ${stateReason}.`, { workload: workload.id })
  }
  if (hasEnded(state)) tellDependents(draft, workload, state)
}

/** Those that waited for it to end so may go on; those that waited for another end never can. */
function tellDependents(draft: Draft, { id }: WorkloadRecord, ended: WorkloadState): void {
  for (const { workload: key, condition } of dependentsOf(draft, id)) {
    const dependent = workloadOf(draft, key)
    if (isMet(condition, ended)) {
      const waitsFor = dependent.waitsFor.filter((one) => one.workload !== id || one.condition !== condition)
      draft.putWorkload(waitingFor(dependent, waitsFor))
    } else {
      const reason = `workload ${id} has ${ended}, and it was to run only after that had ${condition}`
      stopWorkload(draft, key, { outcome: 'failed', reason, exitCode: null })
    }
  }
}

function sentenceOf(rank: PlacementRecord): string {
  const where = `rank ${rank.rank} on ${rank.hostname}`
  if (rank.phase === 'failed') return `${where} could not start: ${rank.phaseReason}`
  if (rank.phase === 'timed_out') return `${where} was ended: ${rank.phaseReason}`
  if (rank.phase === 'lost') return `${where} is lost: ${rank.phaseReason}`
  return `${where} exited with code ${rank.exitCode ?? 'unknown'}`
}

function withoutSecrets(spec: WorkloadRecord['spec']): WorkloadRecord['spec'] {
  const tasks = groupsOf(spec).map((group) => group.task)
  if (tasks.every((task) => task === null || task.secrets.length === 0)) return spec
  const dropped = (task: TaskSpec | null): TaskSpec | null => (task === null ? null : { ...task, secrets: [] })
  const groups = spec.groups.map((group) => ({ ...group, task: dropped(group.task) }))
  return { ...spec, task: dropped(spec.task), groups }
}

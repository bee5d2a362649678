import { type PlacementPhase, isOver } from '../../shared/model/placement_phase.ts'
import type { WorkloadId } from '../../shared/model/ids.ts'
import { ok } from '../../shared/model/result.ts'
import { type WorkloadState, hasEnded } from '../../shared/model/workload.ts'
import { type Handler, remember, repeated } from './handler.ts'
import type { Draft } from './draft.ts'
import { enter } from './placement_moves.ts'
import type { PlacementRecord, WorkloadRecord, WorkloadStop } from './records.ts'
import { tenantOf } from './tenants.ts'

export const submitWorkload: Handler<'submit_workload'> = (draft, input) => {
  const before = repeated(draft, input.caller, input.digest)
  if (!before.ok) return before
  if (before.value !== undefined) {
    const { resource } = before.value
    return ok(() => draft.written('workloads', resource))
  }
  const { tenant, displayName, spec, caller, digest } = input
  tenantOf(draft, tenant)
  const cluster = draft.cluster()
  draft.put({ table: 'cluster', key: 'cluster', record: { ...cluster, nextSequence: cluster.nextSequence + 1 } })
  const workload: WorkloadRecord = {
    id: draft.ids.workload(),
    tenant,
    displayName,
    spec,
    state: 'queued',
    stateReason: 'waits for machines',
    stateAt: draft.now,
    placements: [],
    exitCode: null,
    createdAt: draft.now,
    startedAt: null,
    endedAt: null,
    user: caller.user,
    sequence: cluster.nextSequence,
    stop: null,
  }
  draft.putWorkload(workload)
  remember(draft, caller, digest, workload.id)
  return ok(() => draft.written('workloads', workload.id))
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
  const found = draft.workload(id)
  if (!found.ok) throw new Error(found.error.message)
  const workload = found.value
  if (hasEnded(workload.state) || workload.stop !== null) return
  draft.putWorkload({ ...workload, stop, state: 'stopping', stateReason: stop.reason, stateAt: draft.now })
  for (const placement of workload.placements.map((rank) => draft.placement(rank))) {
    enter(draft, placement, 'stopping', stop.reason)
  }
  followPlacements(draft, id)
}

/** Brings a workload up to its placements, after any of them moved. */
export function followPlacements(draft: Draft, id: WorkloadId): void {
  const found = draft.workload(id)
  if (!found.ok) throw new Error(found.error.message)
  const workload = found.value
  if (hasEnded(workload.state)) return
  const ranks = workload.placements.map((rank) => draft.placement(rank))
  if (ranks.every((rank) => isOver(rank.phase))) {
    end(draft, workload, ranks)
    return
  }
  const failure = workload.stop === null ? ranks.find(hasFailed) : undefined
  if (failure !== undefined) {
    stopWorkload(draft, id, { outcome: 'failed', reason: sentenceOf(failure), exitCode: failure.exitCode })
  } else if (workload.state === 'starting') {
    start(draft, workload, ranks)
  }
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

function end(draft: Draft, workload: WorkloadRecord, ranks: readonly PlacementRecord[]): void {
  const failure = ranks.find(hasFailed)
  const stop = workload.stop ?? (failure === undefined ? null : failedAt(failure))
  const starts = ranks.flatMap((rank) => rank.startedAt ?? [])
  const also = {
    startedAt: workload.startedAt ?? starts.toSorted((left, right) => right - left)[0] ?? null,
    endedAt: draft.now,
    exitCode: stop === null ? 0 : (stop.exitCode ?? failure?.exitCode ?? null),
    stop,
    spec: withoutSecrets(workload.spec),
  }
  transition(draft, workload, stop?.outcome ?? 'succeeded', stop?.reason ?? 'every rank exited with code 0', also)
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
}

function hasFailed(rank: PlacementRecord): boolean {
  return rank.phase === 'failed' || rank.phase === 'lost' || (rank.phase === 'exited' && rank.exitCode !== 0)
}

function failedAt(rank: PlacementRecord): WorkloadStop {
  return { outcome: 'failed', reason: sentenceOf(rank), exitCode: rank.exitCode }
}

function sentenceOf(rank: PlacementRecord): string {
  const where = `rank ${rank.rank} on ${rank.hostname}`
  if (rank.phase === 'failed') return `${where} could not start: ${rank.phaseReason}`
  if (rank.phase === 'lost') return `${where} is lost: ${rank.phaseReason}`
  return `${where} exited with code ${rank.exitCode ?? 'unknown'}`
}

function withoutSecrets(spec: WorkloadRecord['spec']): WorkloadRecord['spec'] {
  return spec.task === null || spec.task.secrets.length === 0 ? spec : { ...spec, task: { ...spec.task, secrets: [] } }
}

import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { assertNever, ok, refuse } from '../../shared/model/result.ts'
import { type PlanRefusal, commitPlacement } from './commit.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { Handler } from './handler.ts'
import { mayGrow, ranksByGroup } from './ranks.ts'
import type { WorkloadRecord } from './records.ts'

/**
 * A scheduler outside proposes machines for a workload of its own. Whatever it saw, the proposal is checked against the
 * newest state like any plan, and holds as a whole or not at all.
 */
export const bindWorkload: Handler<'bind_workload'> = (draft, { workload: id, machines, seen }) => {
  const found = draft.workload(id)
  if (!found.ok) return found
  const about = { workload: id, scheduler: found.value.spec.scheduler }
  if (found.value.spec.scheduler === '') {
    const sentence = `Workload ${id} is placed by the coordinator itself: it names no scheduler.`
    return refuse(billetError('binding_refused', sentence, { ...about, reason: 'OWN_SCHEDULER' }))
  }
  if (seen > draft.before.revision) {
    const sentence = `Revision ${seen} was never reached; the newest is ${draft.before.revision}.`
    return refuse(billetError('revision_future', sentence, { ...about, newest_revision: `${draft.before.revision}` }))
  }
  const changed = draft.before.table('workloads').get(id)?.revision ?? seen
  if (changed > seen) {
    const sentence = `Workload ${id} has changed at revision ${changed}, after revision ${seen} that was looked at.`
    return refuse(billetError('version_conflict', sentence, { ...about, revision: `${changed}` }))
  }
  if (draft.cluster().learningSince !== null) {
    const sentence = 'The coordinator has just started, and first hears what runs on every machine. Try again.'
    return refuse(billetError('unavailable', sentence, { ...about, reason: 'FLEET_LEARNING' }))
  }
  const growth = growthBy(found.value, machines.length, draft.now)
  const refusals = commitPlacement(draft, { workload: id, machines, ...(growth === null ? {} : { growth }) })
  const [first] = refusals
  if (first !== undefined) return refuse(refusedFor(id, first, refusals))
  return ok(() => draft.written('workloads', id))
}

/** Which groups of one that runs get so many more machines: the first that have room. Null: it lacks its least yet. */
function growthBy(workload: WorkloadRecord, count: number, now: Instant): readonly number[] | null {
  if (workload.state !== 'running' || !mayGrow(workload, now)) return null
  const room = ranksByGroup(workload).flatMap(({ index, room: most }) => Array.from({ length: most }, () => index))
  // Too many are too many for the last.
  return Array.from({ length: count }, (_, at) => room[at] ?? room.at(-1) ?? 0)
}

function refusedFor(id: string, first: PlanRefusal, all: readonly PlanRefusal[]): BilletError {
  const machines = all.flatMap((refusal) => (refusal.kind === 'machine' ? `${refusal.machine}=${refusal.reason}` : []))
  const metadata = { workload: id, reason: reasonOf(first), machines: machines.join(',') }
  return billetError('binding_refused', sentenceOf(id, first, machines), metadata)
}

function reasonOf(refusal: PlanRefusal): string {
  switch (refusal.kind) {
    case 'machine':
      return refusal.reason
    case 'nothing_wanted':
    case 'not_yet':
    case 'wrong_count':
    case 'array_full':
    case 'quota':
    case 'would_borrow':
    case 'arrangement':
      return refusal.kind.toUpperCase()
    default:
      return assertNever(refusal)
  }
}

function sentenceOf(id: string, refusal: PlanRefusal, machines: readonly string[]): string {
  switch (refusal.kind) {
    case 'machine':
      return `Machines cannot take workload ${id}: ${machines.slice(0, 10).join(', ')}.`
    case 'nothing_wanted':
      return `Workload ${id} has a machine for every rank, or has ended.`
    case 'not_yet':
      return `Workload ${id} takes no machine yet: it waits for a time, for others, or for its earlier run to be over.`
    case 'wrong_count':
      return `Workload ${id} wants another number of machines.`
    case 'array_full':
      return `So many of the array of workload ${id} hold machines as may.`
    case 'quota':
      return `Workload ${id} would take its tenant over its quota.`
    case 'would_borrow':
      return `Workload ${id} would hold more than its tenant is guaranteed, and asks not to borrow.`
    case 'arrangement':
      return `The machines for workload ${id} do not lie to each other as it asks.`
    default:
      return assertNever(refusal)
  }
}

import type { PlacementId } from '../../shared/model/ids.ts'
import { isOver } from '../../shared/model/placement_phase.ts'
import { backoffAfter } from '../../shared/model/policies.ts'
import { assertNever } from '../../shared/model/result.ts'
import { type HandBackReport, NO_PROCESS_LEFT } from '../../shared/model/run.ts'
import { type Instant, later } from '../../shared/model/time.ts'
import { leastSize, memberRanks, ranksByGroup } from './ranks.ts'
import type { Find, MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'

/** How one rank's run ended. */
export type Ending = 'succeeded' | 'failed' | 'timed_out' | 'lost'

export function endingOf(rank: PlacementRecord): Ending | null {
  switch (rank.phase) {
    case 'exited':
      return rank.exitCode === 0 ? 'succeeded' : 'failed'
    case 'failed':
      return 'failed'
    case 'timed_out':
      return 'timed_out'
    case 'lost':
      return 'lost'
    case 'preparing':
    case 'prepared':
    case 'starting':
    case 'running':
    case 'stopping':
      return null
    default:
      return assertNever(rank.phase)
  }
}

/** What is changed in a workload that is run again. */
export type Restart = Pick<WorkloadRecord, 'restarts' | 'notBefore'>

/** Whether a workload is run again after a rank ended so, or null. */
export function restartAfter(workload: WorkloadRecord, ending: Ending, now: Instant): Restart | null {
  const { restart, absence } = workload.spec
  if (ending === 'timed_out') return null
  if (ending === 'lost' && absence.onLost !== 'wait') {
    return absence.onLost === 'replace' ? { restarts: workload.restarts, notBefore: null } : null
  }
  if (restart.when === 'never' || (ending === 'succeeded' && restart.when !== 'always')) return null
  const counted = workload.restarts.filter((at) => restart.window === 0 || later(at, restart.window) > now)
  if (counted.length >= restart.attempts) return null
  return { restarts: [...counted, now], notBefore: later(now, backoffAfter(restart, counted.length)) }
}

/** What a workload needs machines for now: its ranks that have none. */
export function vacantRanks(workload: WorkloadRecord): readonly number[] {
  if (workload.state === 'queued') return Array.from({ length: leastSize(workload) }, (_, rank) => rank)
  if (workload.vacancies.length === 0) return []
  const needed = ranksByGroup(workload).flatMap((one) => one.needed)
  return needed.toSorted((left, right) => left - right)
}

/**
 * Earlier runs of a workload of which something may still be alive: while there is one, nothing of it is begun anew.
 */
export function unfinished(fleet: Find, workload: WorkloadRecord): readonly PlacementRecord[] {
  const vacant =
    workload.state === 'queued' ? [] : workload.vacancies.flatMap((rank) => workload.placements[rank] ?? [])
  return [...workload.formerPlacements, ...vacant].flatMap((id) => {
    const placement = fleet.find('placements', id)
    return placement === undefined || isGone(placement, fleet.find('machines', placement.machine)) ? [] : placement
  })
}

/** Whether nothing of a placement's run can be alive: its machine has said so, or its lease has long passed. */
export function isGone(placement: PlacementRecord, machine: MachineRecord | undefined): boolean {
  if (!isOver(placement.phase)) return false
  if (placement.presumedOver || machine === undefined || machine.placement !== placement.id) return true
  const handBack = machine.lastHandBack
  if (handBack === null || handBack.epoch !== placement.epoch) return false
  return handBack.clean || leavesNoProcess(handBack)
}

/** Whether a hand-back, whatever else it could not do, found nothing alive. */
export const leavesNoProcess = ({ steps }: HandBackReport): boolean =>
  steps.some((step) => step.id === NO_PROCESS_LEFT && step.passed)

/** Earlier placements that are kept for people to look at. */
const FORMER_KEPT = 100

/** What is kept of earlier placements, and what may be forgotten. */
export function withFormer(
  fleet: Find,
  workload: WorkloadRecord,
  ended: readonly PlacementId[],
): { readonly kept: readonly PlacementId[]; readonly forgotten: readonly PlacementId[] } {
  const all = [...workload.formerPlacements, ...ended]
  const newest = new Set(all.slice(-Math.max(FORMER_KEPT, ended.length)))
  const isKept = (id: PlacementId): boolean => {
    const placement = fleet.find('placements', id)
    if (placement === undefined) return false
    return newest.has(id) || fleet.find('machines', placement.machine)?.placement === id
  }
  return { kept: all.filter(isKept), forgotten: all.filter((id) => !isKept(id)) }
}

/** Whether the run of any member is over: more machines would come to what is about to end. */
export const hasAnyEnded = (fleet: Find, workload: WorkloadRecord): boolean =>
  memberRanks(workload).some((rank) => {
    const placement = fleet.find('placements', workload.placements[rank] ?? '')
    return placement !== undefined && endingOf(placement) !== null
  })

import { leastOf } from '../../shared/model/workload.ts'
import type { Draft } from './draft.ts'
import { release } from './members.ts'
import { isUnderWay, ranksByGroup } from './ranks.ts'
import type { PlacementRecord, WorkloadRecord } from './records.ts'
import { followPlacements } from './workloads.ts'

/**
 * Has a workload go on without the machine of one of its runs: a rank beyond what it must have is given back alone, and
 * of a run that is no more part of it nothing is left to ask. False where only the whole of it can let go.
 */
export function letGo(draft: Draft, placement: PlacementRecord, reason: string): boolean {
  const workload = draft.find('workloads', placement.workload)
  if (workload === undefined || hasLeft(workload, placement)) return true
  if (!isUnderWay(workload) || !isBeyondLeast(workload, placement.rank)) return false
  release(draft, workload, [placement.rank], reason)
  followPlacements(draft, workload.id)
  return true
}

/** It was given back already, or another has taken its place. */
const hasLeft = ({ placements, vacancies }: WorkloadRecord, { id, rank }: PlacementRecord): boolean =>
  placements[rank] !== id || vacancies.includes(rank)

/** Rank 0 stays: the others look for it. */
function isBeyondLeast(workload: WorkloadRecord, rank: number): boolean {
  const own = ranksByGroup(workload).find(({ members }) => members.includes(rank))
  return rank !== 0 && own !== undefined && own.members.length > leastOf(own.group)
}

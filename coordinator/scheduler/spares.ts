import type { WorkloadId } from '../../shared/model/ids.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import { leastOf } from '../../shared/model/workload.ts'
import { ranksByGroup } from '../core/ranks.ts'
import type { PlacementRecord, WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry } from './kind.ts'

/** A machine that a workload could give back and go on. */
export type Spare = {
  readonly workload: WorkloadId
  readonly owner: WorkloadRecord
  readonly rank: number
  readonly entry: Entry
}

/** Spares that are looked at in one decision. */
const SPARES_MAX = 4096

/** The machine that a rank of a workload holds; undefined: it holds none any more. */
export function entryOf(view: FleetView, index: FleetIndex, id: PlacementRecord['id'] | undefined): Entry | undefined {
  const placement = id === undefined ? undefined : view.find('placements', id)
  const entry = placement === undefined ? undefined : index.entry(placement.machine)
  return entry === undefined || entry.record.placement !== id || entry.refusal !== 'HELD_BY_TENANT' ? undefined : entry
}

/**
 * Machines beyond what workloads must have, in the order in which they are given back: the lowest
 * priority first, of these who began last, and of each the highest ranks. Rank 0 stays: the others look for it.
 */
export function sparesFor(
  view: FleetView,
  index: FleetIndex,
  shrinkable: Iterable<WorkloadRecord>,
  suits: (entry: Entry) => boolean,
  given: readonly Spare[],
): readonly Spare[] {
  const lower = [...shrinkable].toSorted(inOrder)
  const spares: Spare[] = []
  for (const workload of lower) {
    if (spares.length >= SPARES_MAX) break
    const gone = new Set(given.flatMap((one) => (one.workload === workload.id ? [one.rank] : [])))
    spares.push(...sparesOf(view, index, workload, suits, gone))
  }
  return spares.slice(0, SPARES_MAX)
}

function sparesOf(
  view: FleetView,
  index: FleetIndex,
  workload: WorkloadRecord,
  suits: (entry: Entry) => boolean,
  gone: ReadonlySet<number>,
): readonly Spare[] {
  return ranksByGroup(workload).flatMap(({ group, members }): readonly Spare[] => {
    const left = members.filter((rank) => !gone.has(rank))
    const beyond = left.length - leastOf(group)
    if (beyond <= 0) return []
    const some: Spare[] = []
    for (const rank of left.toReversed()) {
      if (some.length === beyond || rank === 0) break
      const entry = entryOf(view, index, workload.placements[rank])
      if (entry !== undefined && suits(entry)) some.push({ workload: workload.id, owner: workload, rank, entry })
    }
    return some
  })
}

const inOrder = (left: WorkloadRecord, right: WorkloadRecord): number =>
  left.spec.priority - right.spec.priority ||
  (right.startedAt ?? Infinity) - (left.startedAt ?? Infinity) ||
  compareTexts(left.id, right.id)

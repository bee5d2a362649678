import type { PlacementId } from '../../shared/model/ids.ts'
import { isOver } from '../../shared/model/placement_phase.ts'
import type { Draft } from './draft.ts'
import { enter } from './placement_moves.ts'
import { memberRanks } from './ranks.ts'
import type { WorkloadRecord } from './records.ts'
import { withFormer } from './restarts.ts'

/** Every member is told anew which others there are. */
export function tellMembers(draft: Draft, workload: WorkloadRecord): void {
  for (const rank of memberRanks(workload)) {
    const placement = draft.find('placements', workload.placements[rank] ?? '')
    if (placement === undefined || isOver(placement.phase)) continue
    draft.effect({ kind: 'desired_changed', machine: placement.machine })
  }
}

/** These ranks have no machine from here on, and the others go on without them. */
export function leave(draft: Draft, workload: WorkloadRecord, ranks: readonly number[]): WorkloadRecord {
  const vacancies = [...workload.vacancies, ...ranks]
  const left = { ...workload, vacancies, generation: workload.generation + 1 }
  draft.putWorkload(left)
  tellMembers(draft, left)
  return left
}

/** Gives back the machines of these ranks: each is asked to end, and how it does says nothing of the others. */
export function release(draft: Draft, workload: WorkloadRecord, ranks: readonly number[], reason: string): void {
  const left = leave(draft, workload, ranks)
  for (const rank of ranks)
    enter(draft, draft.placement(workload.placements[rank] ?? missing(rank)), 'stopping', reason)
  const are = ranks.length === 1 ? `rank ${ranks[0]} is` : `${ranks.length} ranks are`
  draft.event('WORKLOAD_SHRUNK', `Of workload ${left.id} ${are} given back: ${reason}.`, { workload: left.id })
}

/** Former placements of a workload once these are over, too. What is too old among them is forgotten altogether. */
export function formerWith(
  draft: Draft,
  workload: WorkloadRecord,
  ended: readonly PlacementId[],
): readonly PlacementId[] {
  const { kept, forgotten } = withFormer(draft, workload, ended)
  for (const id of forgotten) draft.put({ table: 'placements', key: id, record: null })
  return kept
}

function missing(rank: number): never {
  throw new Error(`rank ${rank} has no placement`)
}

import { type PlacementPhase, isOver, mayFollow } from '../../shared/model/placement_phase.ts'
import type { Draft } from './draft.ts'
import type { PlacementRecord } from './records.ts'

/** Moves a placement on; a phase that cannot follow is passed over, since reports may come late or twice. */
export function enter(
  draft: Draft,
  placement: PlacementRecord,
  phase: PlacementPhase,
  phaseReason: string,
  also: Partial<PlacementRecord> = {},
): PlacementRecord {
  if (placement.phase === phase || !mayFollow(placement.phase, phase)) return placement
  const entered = { ...placement, ...also, phase, phaseReason }
  draft.putPlacement(entered)
  draft.effect({ kind: 'desired_changed', machine: placement.machine })
  if (isOver(phase)) draft.effect({ kind: 'placement_over', placement: placement.id })
  return entered
}

import { misarranged } from '../core/placeable.ts'
import { machinesOf } from '../core/ranks.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import { choose, usableOf } from './choose.ts'
import type { Kept } from './claims.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry } from './kind.ts'
import { byPlace, choiceOf } from './suits.ts'
import type { Want } from './waiting.ts'

/** Machines for the lost ranks of a group that runs, suiting those which it holds. */
export function join(
  view: FleetView,
  index: FleetIndex,
  workload: WorkloadRecord,
  want: Want,
  kept: Kept,
): readonly Entry[] | undefined {
  const { ranks, demand } = want
  const { pack, spread, sameClass } = demand.arrangement
  const isTied = sameClass || pack?.required === true || spread !== null
  if (!isTied) return choose(index, demand, ranks.length, kept)
  const held = machinesOf(view, workload, want.members)
  const free = usableOf([...demand.everyFree()], ranks.length, kept).toSorted(byPlace)
  if (held.length === 0) return choiceOf(index, want, free)
  const chosen: Entry[] = []
  for (const entry of free) {
    if (chosen.length === ranks.length) break
    const together = [...held, ...chosen.map(({ record }) => record), entry.record]
    if (misarranged(together, demand.arrangement, index.levels) === undefined) chosen.push(entry)
  }
  return chosen.length === ranks.length ? chosen : undefined
}

import { CLEANING, windowAgainst } from '../../shared/model/reservation.ts'
import { type Instant, minutes } from '../../shared/model/time.ts'
import { lengthText } from '../../shared/model/utc.ts'
import { askerOf } from '../core/placeable.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { Admission } from './admission.ts'
import { choose } from './choose.ts'
import type { Kept } from './claims.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Want } from './waiting.ts'

export type Look = { readonly index: FleetIndex; readonly admission: Admission; readonly now: Instant }

/** Windows before which it is tried, the latest first. */
const TRIED = 8

/** The longest time limit with which a workload would be over before reservations begin, and could start at once. */
export function briefEnough(
  { index, admission, now }: Look,
  workload: WorkloadRecord,
  { demand, ranks }: Want,
  kept: Kept,
): readonly string[] {
  const asker = askerOf(workload, now)
  const lengths = new Set<number>()
  for (const kind of demand.kinds) {
    if (kind.free === 0 || kept.gate.admits(kind)) continue
    for (const one of admission.reservationsOf(kind)) {
      const window = windowAgainst(one, asker, now)
      const length = window === null ? 0 : window.start - now - CLEANING
      if (length >= minutes(1) && length < asker.length) lengths.add(length)
    }
  }
  for (const length of [...lengths].toSorted((left, right) => right - left).slice(0, TRIED)) {
    const briefer = kept.ending(now + length + CLEANING, admission.for({ ...asker, length }))
    if (choose(index, demand, ranks.length, briefer) === undefined) continue
    return [`With a time limit of at most ${lengthText(length)} it could start at once.`]
  }
  return []
}

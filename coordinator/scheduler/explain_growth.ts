import { type Explanation, NOTHING_TO_EXPLAIN, type Refusal } from '../../shared/model/workload.ts'
import { heldOf } from '../../shared/model/tenant.ts'
import { quotasOf } from '../core/borrowed.ts'
import { postponed } from '../core/placeable.ts'
import { groupsNow } from '../core/ranks.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import { type Explained, ofWant, ofWorkload } from './explain.ts'
import type { Grower } from './growing.ts'
import { later, limitSentence } from './sentences.ts'

/** What keeps a workload that runs from more of the machines that it may have. */
export function explainGrowth(look: Explained, { workload, wants }: Grower): Explanation {
  const { view, now } = look
  const reason = postponed(view, workload, now)
  if (reason !== null) {
    return { ...NOTHING_TO_EXPLAIN, refusals: [ofWorkload(reason, later(reason, view, workload, now))] }
  }
  const quotas = reachedQuotas(view, workload)
  const wishes = look.wishesOfOthers()
  const groups = groupsNow(workload)
  const refusals = wants.flatMap(({ demand, group: index, members, room }) => {
    const group = groups[index]
    if (group === undefined) return []
    const ranks = Array.from({ length: room }, (_, place) => place)
    const free = [...demand.everyFree()]
    const isWanted = free.length > 0 && free.every((entry) => wishes.has(entry))
    const growth = isWanted ? 'wanted' : 'free'
    return ofWant(
      look,
      { workload, ahead: 0, isOverQuota: quotas.length > 0, growth },
      { group, members, ranks, demand },
    )
  })
  return { ...NOTHING_TO_EXPLAIN, refusals: [...quotas, ...refusals] }
}

function reachedQuotas(view: FleetView, { tenant }: WorkloadRecord): readonly Refusal[] {
  const held = view.held(tenant)
  return quotasOf(view, tenant).flatMap(({ hardwareClass, limit }): readonly Refusal[] => {
    if (limit === null || heldOf(held, hardwareClass) < limit) return []
    return [ofWorkload('QUOTA_REACHED', limitSentence(tenant, hardwareClass, limit))]
  })
}

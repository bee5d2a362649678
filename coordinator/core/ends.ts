import type { MachineId, TenantName } from '../../shared/model/ids.ts'
import { type Instant, minutes } from '../../shared/model/time.ts'
import type { PlacementRecord, Verdict } from './records.ts'

/** How so many runs ended. */
export type Ends = { readonly well: number; readonly badly: number }

/** Runs are counted by when they were placed, this exactly. */
const SPAN = minutes(5)
/** No further back than so many spans. */
const SPANS_MOST = 72

/** How the runs of each tenant ended, counted by time and machine: kept at each write of a placement and take-back. */
export class EndsIndex {
  readonly #of = new Map<TenantName, Map<string, number>>()

  readonly placementChanged = (before: PlacementRecord | null, after: PlacementRecord | null): void => {
    if (before?.verdict === after?.verdict) return
    this.#count(before, -1)
    this.#count(after, 1)
  }

  elsewhere(tenant: TenantName, besides: MachineId, since: Instant, until: Instant): Ends {
    const counts = this.#of.get(tenant)
    if (counts === undefined) return { well: 0, badly: 0 }
    const last = spanOf(until)
    const first = Math.max(spanOf(since), last - SPANS_MOST)
    const ends = { well: 0, badly: 0 }
    for (let span = first; span <= last; span += 1) {
      for (const verdict of ['well', 'badly'] as const) {
        const all = counts.get(keyOf(span, verdict)) ?? 0
        ends[verdict] += all === 0 ? 0 : all - (counts.get(keyOf(span, verdict, besides)) ?? 0)
      }
    }
    return ends
  }

  #count(placement: PlacementRecord | null, by: 1 | -1): void {
    if (placement === null || placement.verdict === null) return
    const { tenant, verdict, machine, createdAt } = placement
    const counts = this.#of.get(tenant) ?? new Map<string, number>()
    const span = spanOf(createdAt)
    for (const key of [keyOf(span, verdict), keyOf(span, verdict, machine)]) {
      const count = (counts.get(key) ?? 0) + by
      if (count === 0) counts.delete(key)
      else counts.set(key, count)
    }
    if (counts.size === 0) this.#of.delete(tenant)
    else this.#of.set(tenant, counts)
  }
}

const spanOf = (at: Instant): number => Math.floor(at / SPAN)
const keyOf = (span: number, verdict: Verdict, machine = ''): string => `${span} ${verdict} ${machine}`

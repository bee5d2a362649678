import type { MachineId } from '../../shared/model/ids.ts'
import { heldOf } from '../../shared/model/tenant.ts'
import type { Instant } from '../../shared/model/time.ts'
import {
  type Explanation,
  type FleetRefusalReason,
  type MachineRefusalReason,
  NOTHING_TO_EXPLAIN,
  type PostponedReason,
  type Refusal,
} from '../../shared/model/workload.ts'
import { isArrayFull, mismatch, postponed, unlike } from '../core/placeable.ts'
import type { MachineRecord, WorkloadRecord } from '../core/records.ts'
import { vacantRanks } from '../core/restarts.ts'
import { quotasOf } from '../core/borrowed.ts'
import type { FleetView } from '../core/state.ts'
import type { Admission } from './admission.ts'
import { choose } from './choose.ts'
import type { Kept } from './claims.ts'
import { briefEnough } from './brief_enough.ts'
import { aheadOf, expectedStart } from './expect.ts'
import { suggestions } from './suggest.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry, Kind, Stretch } from './kind.ts'
import { mayHold, ownAllowance } from './quotas.ts'
import { Rights } from './rights.ts'
import { type Context, borrowSentence, later, quotaSentence, sentenceOf, tooSmall } from './sentences.ts'
import type { Waiting, Want, Wanted } from './waiting.ts'
import type { Wishes } from './wishes.ts'

/** Machines named per reason, at most. */
const NAMED = 10

export type Explained = {
  readonly view: FleetView
  readonly now: Instant
  readonly index: FleetIndex
  readonly waiting: Waiting
  readonly admission: Admission
  /** What is kept from it for those before it. */
  readonly keptFrom: (wanted: Wanted) => Kept
  /** What those could use that wait. */
  readonly wishesOfOthers: () => Wishes
}

/** What stands against a workload as a whole, whichever machines there are. */
export const ofWorkload = (reason: PostponedReason | FleetRefusalReason, message: string): Refusal => ({
  reason,
  message,
  machineCount: 0,
  machines: [],
})

/** Why a workload waits: what stands against each machine, the most telling first, group by group. */
export function explain(look: Explained, workload: WorkloadRecord): Explanation {
  const { view, now, waiting, index } = look
  if (vacantRanks(workload).length === 0) return NOTHING_TO_EXPLAIN
  const reason = postponed(view, workload, now)
  if (reason !== null) {
    return { ...NOTHING_TO_EXPLAIN, refusals: [ofWorkload(reason, later(reason, view, workload, now))] }
  }
  if (workload.spec.scheduler !== '') return { ...NOTHING_TO_EXPLAIN, refusals: [placedByOther(workload)] }
  if (isArrayFull(view, workload)) return { ...NOTHING_TO_EXPLAIN, refusals: [behindItsArray(workload)] }
  const wanted = waiting.wantedBy(workload)
  const gate = look.admission.of(workload)
  const rights = new Rights(view)
  const quotas = [...overQuota(view, workload, wanted), ...wouldBorrow(view, workload, wanted)]
  const parts = wanted.wants.map((want) => ({ want, ahead: aheadOf(wanted, want, waiting, rights) }))
  const refusals = parts.flatMap(({ want, ahead }) =>
    ofWant(look, { workload, ahead: ahead.workloads, isOverQuota: quotas.length > 0, growth: null }, want),
  )
  const starts = parts.map(({ want, ahead }) => expectedStart(want, ahead, gate, now))
  const expected = quotas.length > 0 || starts.includes(null) ? null : latest(starts, now)
  const isLearning = view.cluster().learningSince !== null
  const isAlone = quotas.length === 0 && !isLearning && wanted.wants.length === 1 && workload.state === 'queued'
  const kept = isAlone ? look.keptFrom(wanted) : undefined
  const changes =
    kept === undefined
      ? []
      : wanted.wants.flatMap((want) => [...briefEnough(look, workload, want, kept), ...suggestions(index, want, kept)])
  if (quotas.some((one) => one.reason === 'WOULD_BORROW')) changes.push(...byBorrowing(look, wanted))
  waiting.release(wanted)
  return { refusals: [...quotas, ...stopping(workload), ...refusals], expectedStart: expected, suggestions: changes }
}

function stopping({ preempting }: WorkloadRecord): readonly Refusal[] {
  const message = 'Others are being stopped for it; it starts once their machines are clean.'
  return preempting ? [ofWorkload('STOPPING_OTHERS', message)] : []
}

/** What it asks for is more than is left of what its tenant is guaranteed, and it asks not to borrow. */
function wouldBorrow(view: FleetView, { tenant, spec }: WorkloadRecord, wanted: Wanted): readonly Refusal[] {
  if (!spec.noBorrow || mayHold(wanted, ownAllowance(view, tenant))) return []
  return [ofWorkload('WOULD_BORROW', borrowSentence(tenant, quotasOf(view, tenant), view.held(tenant)))]
}

function byBorrowing(look: Explained, wanted: Wanted): readonly string[] {
  const { workload, wants } = wanted
  const borrower = { ...wanted, workload: { ...workload, spec: { ...workload.spec, noBorrow: false } } }
  const [want] = wants
  if (want === undefined || wants.length > 1 || workload.state !== 'queued') return []
  const chosen = choose(look.index, want.demand, want.ranks.length, look.keptFrom(borrower))
  return chosen === undefined ? [] : ['On borrowed machines it could start at once.']
}

function placedByOther({ spec }: WorkloadRecord): Refusal {
  return ofWorkload('OTHER_SCHEDULER', `It is for scheduler ${spec.scheduler} to place; the coordinator does not.`)
}

function behindItsArray({ spec }: WorkloadRecord): Refusal {
  return ofWorkload(
    'ARRAY_FULL',
    `Of its array ${spec.array?.mostAtOnce ?? 0} may hold machines at once, and so many do.`,
  )
}

/** Quotas of its tenant that what it asks for would exceed. */
function overQuota(view: FleetView, { tenant }: WorkloadRecord, { wants }: Wanted): readonly Refusal[] {
  const held = view.held(tenant)
  return quotasOf(view, tenant).flatMap(({ hardwareClass, limit }): readonly Refusal[] => {
    const asked = wants.filter(({ group }) => hardwareClass === '' || group.constraints.hardwareClass === hardwareClass)
    const more = asked.reduce((sum, { ranks }) => sum + ranks.length, 0)
    const has = heldOf(held, hardwareClass)
    if (limit === null || more === 0 || has + more <= limit) return []
    return [ofWorkload('QUOTA_REACHED', quotaSentence(tenant, hardwareClass, has, limit, more))]
  })
}

const latest = (starts: readonly (Instant | null)[], now: Instant): Instant =>
  starts.reduce<Instant>((last, start) => (start !== null && start > last ? start : last), now)

/** Machines that are refused for one reason. */
class Refused {
  count = 0
  readonly named: MachineRecord[] = []
}

export function ofWant(
  look: Explained,
  about: Pick<Context, 'workload' | 'ahead' | 'isOverQuota' | 'growth'>,
  want: Want,
): readonly Refusal[] {
  const { view, now, index } = look
  const against = new Map<MachineRefusalReason, Refused>()
  const isLearning = view.cluster().learningSince !== null
  const gate = look.admission.of(about.workload)
  const free: MachineRefusalReason = isLearning ? 'FLEET_LEARNING' : 'RESERVED_FOR_EARLIER'
  for (const kind of index.kinds.values()) {
    countKind(kind, want, against, gate.admits(kind) ? free : 'RESERVATION')
  }
  const fitting = want.demand.couldHold()
  const asked = want.ranks.length
  const context = { ...about, view, now, want }
  const refusals = [...against].map(([reason, { count, named }]): Refusal => {
    const machines: readonly MachineId[] = named.map(({ id }) => id)
    return { reason, message: sentenceOf(reason, count, named, context), machineCount: count, machines }
  })
  if (fitting >= asked || about.growth !== null) return refusals
  const message = tooSmall(want.group, asked, fitting)
  return [{ reason: 'FLEET_TOO_SMALL', message, machineCount: fitting, machines: [] }, ...refusals]
}

function countKind(
  kind: Kind,
  { demand }: Want,
  against: Map<MachineRefusalReason, Refused>,
  free: MachineRefusalReason,
): void {
  const { constraints } = demand
  const whole = demand.reach === 'kind' ? unlike(kind.facts, constraints) : undefined
  if (demand.reach === 'kind' && whole !== undefined)
    return add(against, whole, kind.entries.size, kind.entries.values())
  if (demand.reach === 'kind') {
    for (const [reason, count] of kind.refused) {
      if (count > 0) add(against, reason, count, refusedFor(kind, reason, against))
    }
    if (kind.free > 0) add(against, free, kind.free, freeOf(kind))
    return
  }
  const ofPlace = new Map<Stretch, MachineRefusalReason | null>()
  for (const entry of kind.entries.values()) {
    let reason: MachineRefusalReason | null | undefined
    if (demand.reach === 'machine') reason = mismatch(entry.record, constraints) ?? null
    else {
      reason = ofPlace.get(entry.stretch)
      if (reason === undefined) {
        reason = unlike(demand.factsAt(entry.stretch), constraints) ?? null
        ofPlace.set(entry.stretch, reason)
      }
    }
    add(against, reason ?? entry.refusal ?? free, 1, [entry])
  }
}

function* refusedFor(kind: Kind, reason: MachineRefusalReason, against: ReadonlyMap<string, Refused>): Iterable<Entry> {
  if ((against.get(reason)?.named.length ?? 0) >= NAMED) return
  for (const entry of kind.entries.values()) if (entry.refusal === reason) yield entry
}

function* freeOf(kind: Kind): Iterable<Entry> {
  for (const leaf of kind.fits(kind.depth, 1)) yield* leaf.machines
}

function add(
  against: Map<MachineRefusalReason, Refused>,
  reason: MachineRefusalReason,
  count: number,
  entries: Iterable<Entry>,
): void {
  let refused = against.get(reason)
  if (refused === undefined) {
    refused = new Refused()
    against.set(reason, refused)
  }
  refused.count += count
  if (refused.named.length >= NAMED) return
  for (const { record } of entries) {
    refused.named.push(record)
    if (refused.named.length === NAMED) return
  }
}

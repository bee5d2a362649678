import { type Milliseconds, hours, later, milliseconds, seconds } from '../../shared/model/time.ts'
import { assertNever } from '../../shared/model/result.ts'
import type { TaskOutcome } from '../../shared/model/run.ts'
import { taskOf } from './ranks.ts'
import type { Draft } from './draft.ts'
import type { FleetView } from './state.ts'
import { label } from './machine_state.ts'
import type { MachineRecord, PlacementFailure, PlacementRecord, Trouble, Verdict } from './records.ts'

/** A run that failed sooner says something of its machine, too. */
const BRIEF: Milliseconds = seconds(30)
const LONGEST: Milliseconds = hours(24)
const FAILURES_KEPT = 16
/** What the failures of tasks that had begun must be less likely than, were the machine like the others. */
const CHANCE = 1e-6

type Ended = { readonly ended: TaskOutcome; readonly verdict: Verdict | null }

/** What the end of a run says of its machine. One that was asked to end says nothing. */
export function verdictOn(draft: Draft, placement: PlacementRecord, ended: TaskOutcome): Verdict | null {
  const workload = draft.find('workloads', placement.workload)
  const wasHeldOnly = workload === undefined || taskOf(workload, placement) === null
  if (wasHeldOnly || placement.phase === 'stopping') return null
  switch (ended.kind) {
    case 'exited': {
      const lasted = placement.startedAt === null ? 0 : ended.at - placement.startedAt
      return ended.code === 0 || lasted > BRIEF ? 'well' : 'badly'
    }
    case 'timed_out':
      return 'well'
    case 'failed_to_start':
      // The machine's own fault is nothing that the tenant's other runs could be compared with.
      return ended.fault === 'machine' ? null : 'badly'
    case 'not_started':
    case 'lost':
      return null
    default:
      return assertNever(ended)
  }
}

/**
 * What speaks against a machine after a run ended on it. It is held back where so many workloads in a row failed there
 * by what its own agent calls its fault; or where their tasks failed at once or within seconds, though those of the
 * same tenants fare so much better elsewhere that chance does not explain it. Never more than a third of the fleet:
 * then the fault is not theirs.
 */
export function troubleAfter(
  draft: Draft,
  machine: MachineRecord,
  placement: PlacementRecord,
  { ended, verdict }: Ended,
): Trouble | null {
  const before = machine.trouble
  if (verdict === 'well') return afterGoodRun(before)
  const fault = ended.kind === 'failed_to_start' ? (ended.fault ?? null) : null
  if (verdict === null && (fault !== 'machine' || placement.phase === 'stopping')) return before
  const reason = ended.kind === 'exited' ? `it exited with code ${ended.code} within seconds` : ended.reason
  const { workload, tenant, createdAt: placedAt } = placement
  const failure: PlacementFailure = { at: draft.now, placedAt, workload, tenant, fault, reason }
  const failures = [...(before?.failures ?? []), failure].slice(-FAILURES_KEPT)
  const trouble = { heldBack: before?.heldBack ?? null, times: before?.times ?? 0, failures }
  const { after, first } = draft.cluster().holdBack
  if (after === 0 || trouble.heldBack !== null) return trouble
  const evidence = evidenceAgainst(draft.before, machine, failures, after)
  if (evidence === null || !mayHoldBack(draft.before)) return trouble
  const until = later(draft.now, milliseconds(Math.min(LONGEST, first * 2 ** Math.min(trouble.times, 30))))
  const message = `${label(machine)} takes nothing for a while: ${evidence}.`
  draft.event('MACHINE_HELD_BACK', message, { machine: machine.id, workload })
  return { failures, heldBack: { since: draft.now, until, reason: evidence }, times: trouble.times + 1 }
}

function afterGoodRun(before: Trouble | null): Trouble | null {
  if (before === null || (before.times <= 1 && before.heldBack === null)) return null
  return { ...before, failures: [], times: before.times - 1 }
}

/** The evidence in one sentence, or null. */
function evidenceAgainst(
  view: Pick<FleetView, 'endsElsewhere'>,
  machine: Pick<MachineRecord, 'id'>,
  failures: readonly PlacementFailure[],
  after: number,
): string | null {
  const newest = failures.at(-1)
  if (newest === undefined) return null
  const own = failures.filter(({ fault }) => fault === 'machine')
  const ownCount = workloadsOf(own).length
  // One workload alone, however often it is tried, may be the fault itself.
  if (newest.fault === 'machine' && ownCount >= after) {
    return `${ownCount} workloads in a row could not be begun there; the last: ${own.at(-1)?.reason ?? ''}`
  }
  const others = workloadsOf(failures.filter(({ fault }) => fault !== 'machine'))
  if (newest.fault === 'machine' || others.length < after) return null
  const since = others[0]?.placedAt ?? newest.placedAt
  const tenants = new Map(
    others.map(({ tenant }) => [tenant, view.endsElsewhere(tenant, machine.id, since, newest.at)]),
  )
  let chance = 1
  for (const { tenant } of others) {
    const { well, badly } = tenants.get(tenant) ?? { well: 0, badly: 0 }
    // Laplace's rule: what was never seen is not impossible.
    if (well + badly > 0) chance *= (badly + 1) / (well + badly + 2)
  }
  if (chance > CHANCE) return null
  const ends = [...tenants.values()]
  const well = ends.reduce((sum, one) => sum + one.well, 0)
  const all = ends.reduce((sum, one) => sum + one.well + one.badly, 0)
  return (
    `tasks of ${others.length} workloads in a row failed there within seconds, and ${well} of ${all} runs of the ` +
    `same tenants went well elsewhere; the last: ${newest.reason}`
  )
}

/** The newest failure of each workload. */
function workloadsOf(failures: readonly PlacementFailure[]): readonly PlacementFailure[] {
  return [...new Map(failures.map((failure) => [failure.workload, failure])).values()]
}

/** Whether one more machine may be held back: so many are not bad at once; what they are given is. */
function mayHoldBack(view: FleetView): boolean {
  const held = [...view.heldBack()].length
  let fleet = 0
  for (const { record } of view.table('machines').values()) {
    if (record.state !== 'retired' && record.state !== 'pending') fleet += 1
  }
  return held < Math.max(1, Math.floor(fleet / 3))
}

/** Those whose time is over take placements again; the next failure holds them back at once. */
export function tryAgain(draft: Draft): void {
  for (const machine of draft.before.heldBack()) {
    const { trouble } = machine
    if (trouble === null || trouble.heldBack === null || trouble.heldBack.until > draft.now) continue
    draft.putMachine({ ...machine, trouble: { ...trouble, heldBack: null } })
    draft.event('MACHINE_TRIED_AGAIN', `${label(machine)} takes placements again.`, { machine: machine.id })
  }
}

import { epoch, type MachineId, type PlacementId, type WorkloadId } from '../../shared/model/ids.ts'
import { heldOf, ownOf } from '../../shared/model/tenant.ts'
import { type RefusalReason, type StopReason, leastOf } from '../../shared/model/workload.ts'
import { Borrowed, type Claimant, asksForOwn, quotasOf, stopReason } from './borrowed.ts'
import type { Draft } from './draft.ts'
import { mustMove } from './machine_state.ts'
import { askerOf, isArrayFull, misarranged, postponed, refusal, timeLeft } from './placeable.ts'
import { formerWith, release, tellMembers } from './members.ts'
import {
  groupsNow,
  isElastic,
  isUnderWay,
  layoutOf,
  machinesOf,
  mayGrow,
  memberRanks,
  mostSize,
  ranksByGroup,
  ranksForGrowth,
} from './ranks.ts'
import { hasAnyEnded, vacantRanks } from './restarts.ts'
import { followPlacements, stopWorkload } from './workloads.ts'
import type { MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'

/** A decision of a scheduler: this workload on these machines, in rank order. */
export type PlannedPlacement = {
  readonly workload: WorkloadId
  readonly machines: readonly MachineId[]
  /** Of machines beyond those that it must have: the group that each is for, by its place among the groups. */
  readonly growth?: readonly number[]
}

/**
 * A decision of a scheduler: these running workloads are stopped so that this one can start, and others give back the
 * machines of these ranks.
 */
export type PlannedPreemption = {
  readonly workload: WorkloadId
  readonly victims: readonly WorkloadId[]
  readonly shrinks?: readonly Shrink[]
}
type Shrink = { readonly workload: WorkloadId; readonly ranks: readonly number[] }

export type PlanRefusal =
  /** It has a machine for every rank. */
  | { readonly kind: 'nothing_wanted'; readonly workload: WorkloadId }
  /** It waits before it is run again, or something of an earlier run may still be alive. */
  | { readonly kind: 'not_yet'; readonly workload: WorkloadId }
  | { readonly kind: 'wrong_count'; readonly workload: WorkloadId }
  /** So many of its array hold machines as may. */
  | { readonly kind: 'array_full'; readonly workload: WorkloadId }
  | {
      readonly kind: 'machine'
      readonly machine: MachineId
      readonly reason: RefusalReason | 'UNKNOWN_MACHINE' | 'TWICE'
    }
  /** Its tenant would hold more than a quota allows. */
  | { readonly kind: 'quota'; readonly workload: WorkloadId; readonly hardwareClass: string }
  /** It would hold machines beyond what its tenant is guaranteed, and asks not to. */
  | { readonly kind: 'would_borrow'; readonly workload: WorkloadId }
  /** The machines of a group do not lie to each other as was asked for. */
  | { readonly kind: 'arrangement'; readonly workload: WorkloadId; readonly group: string }

/**
 * Checks a planned placement again, machine by machine, against the newest state, and makes it whole or not at
 * all. A scheduler may have planned on an older view; no plan is trusted.
 */
export function commitPlacement(draft: Draft, planned: PlannedPlacement): readonly PlanRefusal[] {
  const workload = draft.find('workloads', planned.workload)
  const slots = workload === undefined ? [] : slotsFor(draft, workload, planned.growth)
  if (workload === undefined || slots.length === 0) return [{ kind: 'nothing_wanted', workload: planned.workload }]
  if (postponed(draft, workload, draft.now) !== null) return [{ kind: 'not_yet', workload: workload.id }]
  if (isArrayFull(draft.before, workload)) return [{ kind: 'array_full', workload: workload.id }]
  if (planned.machines.length !== slots.length) return [{ kind: 'wrong_count', workload: workload.id }]
  const refusals: PlanRefusal[] = []
  const filled = new Map<MachineId, Filled>()
  const groups = groupsNow(workload)
  const asker = askerOf(workload, draft.now)
  for (const [index, slot] of slots.entries()) {
    const id = planned.machines[index]
    const group = groups[slot.group]
    if (id === undefined || group === undefined) throw new Error(`rank ${slot.rank} has no machine or no group`)
    const machine = draft.find('machines', id)
    const request = { reservations: draft.before.reservationsOn(id), asker, now: draft.now }
    const reason =
      machine === undefined
        ? 'UNKNOWN_MACHINE'
        : filled.has(id)
          ? 'TWICE'
          : refusal(machine, group.constraints, request)
    if (reason !== undefined) refusals.push({ kind: 'machine', machine: id, reason })
    else if (machine !== undefined) filled.set(id, { ...slot, machine })
  }
  const all = [...filled.values()]
  if (refusals.length === 0) refusals.push(...misarrangedGroups(draft, workload, all))
  if (refusals.length === 0) {
    refusals.push(
      ...overQuota(
        draft,
        workload,
        all.map(({ machine }) => machine),
      ),
    )
  }
  if (refusals.length === 0) place(draft, workload, all)
  return refusals
}

/** A rank that wants a machine, and the group that it is of, by its place among the groups. */
type Slot = { readonly rank: number; readonly group: number }
type Filled = Slot & { readonly machine: MachineRecord }

function slotsFor(draft: Draft, workload: WorkloadRecord, growth: readonly number[] | undefined): readonly Slot[] {
  if (growth === undefined) {
    const layout = layoutOf(workload)
    return vacantRanks(workload).map((rank) => ({ rank, group: layout[rank] ?? 0 }))
  }
  if (!mayGrow(workload, draft.now) || hasAnyEnded(draft, workload)) return []
  const isRoom = ranksByGroup(workload).every(
    ({ index, room }) => growth.filter((group) => group === index).length <= room,
  )
  if (!isRoom) return []
  const ranks = ranksForGrowth(workload, growth)
  return growth.map((group, index) => ({ group, rank: ranks[index] ?? 0 }))
}

/** Quotas of its tenant that these machines would exceed. */
function overQuota(draft: Draft, workload: WorkloadRecord, machines: readonly MachineRecord[]): readonly PlanRefusal[] {
  const quotas = quotasOf(draft, workload.tenant)
  const held = draft.before.held(workload.tenant)
  const over = quotas.flatMap(({ hardwareClass, limit }): readonly PlanRefusal[] => {
    const more = machines.filter((machine) => hardwareClass === '' || machine.hardwareClass === hardwareClass).length
    return limit === null || more === 0 || heldOf(held, hardwareClass) + more <= limit
      ? []
      : [{ kind: 'quota', workload: workload.id, hardwareClass }]
  })
  if (over.length > 0 || !workload.spec.noBorrow) return over
  const counts = new Map(held)
  for (const { hardwareClass } of machines) counts.set(hardwareClass, (counts.get(hardwareClass) ?? 0) + 1)
  const isOwn = ownOf(quotas, counts) === ownOf(quotas, held) + machines.length
  return isOwn ? [] : [{ kind: 'would_borrow', workload: workload.id }]
}

/** Checks a planned preemption again, and stops all of its victims or none; false: none. */
export function commitPreemption(draft: Draft, { workload: id, victims, shrinks = [] }: PlannedPreemption): boolean {
  const workload = draft.find('workloads', id)
  if (workload === undefined || workload.state !== 'queued') return false
  const claimant = { workload, isOwn: asksForOwn(draft.before, workload) }
  const borrowed = new Borrowed(draft.before)
  for (const shrink of shrinks) if (!mayShrink(draft, shrink, claimant, borrowed)) return false
  const stops: { readonly victim: WorkloadRecord; readonly reason: StopReason }[] = []
  for (const one of victims) {
    const victim = draft.find('workloads', one)
    const reason = victim === undefined ? null : stopReason(claimant, victim)
    if (victim === undefined || reason === null || !borrowed.spares(claimant, victim, reason)) return false
    borrowed.leave(victim)
    stops.push({ victim, reason })
  }
  draft.putWorkload({ ...workload, preempting: true })
  for (const { workload: other, ranks } of shrinks) {
    const smaller = draft.find('workloads', other)
    if (smaller !== undefined) release(draft, smaller, ranks, `given to workload ${id}, which goes before`)
    followPlacements(draft, other)
  }
  for (const { victim, reason } of stops) {
    const why = STOPPED[reason](workload)
    draft.event(EVENTS[reason], `Workload ${victim.id} is ${why}, and waits again.`, { workload: victim.id })
    stopWorkload(draft, victim.id, { outcome: 'restart', reason: why, exitCode: null })
  }
  return true
}

const STOPPED = {
  priority: ({ id, spec: { priorityClass } }) =>
    `stopped for workload ${id} of higher priority${priorityClass === '' ? '' : ` (${priorityClass})`}`,
  borrowed: ({ id, tenant }) => `stopped for workload ${id}: tenant ${tenant} takes back what is guaranteed to it`,
} as const satisfies Readonly<Record<StopReason, (workload: WorkloadRecord) => string>>

const EVENTS = { priority: 'WORKLOAD_PREEMPTED', borrowed: 'WORKLOAD_RECLAIMED' } as const

/** Whether a workload may give back so many machines beyond those that it must have, and its tenant can spare them. */
function mayShrink(draft: Draft, { workload: id, ranks }: Shrink, claimant: Claimant, borrowed: Borrowed): boolean {
  const workload = draft.find('workloads', id)
  if (workload === undefined || !isUnderWay(workload)) return false
  const groups = ranksByGroup(workload)
  const isMember = (rank: number): boolean => groups.some(({ members }) => members.includes(rank))
  if (ranks.includes(0) || !ranks.every(isMember)) return false
  for (const rank of ranks) {
    const [machine] = machinesOf(draft, workload, [rank])
    if (machine === undefined || !borrowed.givesBack(claimant, workload, machine.hardwareClass)) return false
  }
  return groups.every(({ group, members }) => {
    const left = members.filter((rank) => !ranks.includes(rank)).length
    return left === members.length || left >= leastOf(group)
  })
}

/** Groups whose machines, those that they hold already included, do not lie as they should. */
function misarrangedGroups(draft: Draft, workload: WorkloadRecord, filled: readonly Filled[]): readonly PlanRefusal[] {
  const { topologyLevels } = draft.cluster()
  const held = workload.state === 'queued' ? [] : ranksByGroup(workload)
  return groupsNow(workload).flatMap(({ name, arrangement }, index): readonly PlanRefusal[] => {
    const coming = filled.flatMap(({ group, machine }) => (group === index ? [machine] : []))
    // What another group holds already is not this plan's to answer for.
    if (coming.length === 0) return []
    const there = machinesOf(draft, workload, held[index]?.members ?? [])
    if (misarranged([...there, ...coming], arrangement, topologyLevels) === undefined) return []
    return [{ kind: 'arrangement', workload: workload.id, group: name }]
  })
}

function place(draft: Draft, workload: WorkloadRecord, filled: readonly Filled[]): void {
  const isWhole = workload.state === 'queued'
  const size = filled.length + (isWhole ? 0 : memberRanks(workload).length)
  const placed = new Map(filled.map((slot) => [slot.rank, placeRank(draft, workload, slot, size)]))
  const generation = workload.generation + 1
  if (isWhole) {
    draft.putWorkload({
      ...workload,
      state: 'starting',
      stateReason: filled.length === 1 ? 'its machine makes ready' : 'its machines make ready',
      stateAt: draft.now,
      placements: [...placed.values()].map((placement) => placement.id),
      layout: isElastic(workload) || workload.sizes !== null ? filled.map(({ group }) => group) : [],
      generation,
      attempt: workload.attempt + 1,
      notBefore: null,
      preempting: false,
    })
    return
  }
  const replaced = workload.placements.filter((_, rank) => placed.has(rank))
  const joined = {
    ...workload,
    placements: withPlaced(workload.placements, placed),
    layout: withNewRanks(workload, filled),
    generation,
    formerPlacements: formerWith(draft, workload, replaced),
    vacancies: workload.vacancies.filter((rank) => !placed.has(rank)),
    notBefore: null,
  }
  draft.putWorkload(joined)
  tellMembers(draft, joined)
  if (workload.state === 'starting') return countAnew(draft, joined, size)
  const come = filled.length === 1 ? '1 machine comes' : `${filled.length} machines come`
  draft.event('WORKLOAD_GREW', `To workload ${joined.id} ${come}: it has ${size} now.`, { workload: joined.id })
}

/** Nobody has been told yet how many there are: all start together, and each as one of so many. */
function countAnew(draft: Draft, workload: WorkloadRecord, worldSize: number): void {
  for (const rank of memberRanks(workload)) {
    const placement = draft.find('placements', workload.placements[rank] ?? '')
    if (placement !== undefined) draft.putPlacement({ ...placement, worldSize })
  }
}

/** New ranks follow those that there were. */
function withPlaced(
  before: readonly PlacementId[],
  placed: ReadonlyMap<number, PlacementRecord>,
): readonly PlacementId[] {
  const fresh = [...placed.values()].filter(({ rank }) => rank >= before.length)
  return [...before.map((id, rank) => placed.get(rank)?.id ?? id), ...fresh.map(({ id }) => id)]
}

function withNewRanks({ layout, placements }: WorkloadRecord, filled: readonly Filled[]): readonly number[] {
  const fresh = filled.filter(({ rank }) => rank >= placements.length)
  return [...layout, ...fresh.toSorted((left, right) => left.rank - right.rank).map(({ group }) => group)]
}

function placeRank(
  draft: Draft,
  workload: WorkloadRecord,
  { rank, group, machine }: Filled,
  worldSize: number,
): PlacementRecord {
  const raised = epoch(machine.epoch + 1)
  const placement: PlacementRecord = {
    id: draft.ids.placement(),
    workload: workload.id,
    tenant: workload.tenant,
    machine: machine.id,
    hostname: machine.hostname,
    address: machine.peerAddress,
    rank,
    group,
    worldSize,
    epoch: raised,
    // One rank alone has nobody to wait for, nor has one that joins others that run.
    phase: mostSize(workload) === 1 || workload.state === 'running' ? 'starting' : 'preparing',
    phaseReason: '',
    exitCode: null,
    createdAt: draft.now,
    startedAt: null,
    endedAt: null,
    timeLimit: timeLeft(workload, draft.now),
    presumedOver: false,
    verdict: null,
  }
  draft.putPlacement(placement)
  // The number of the validation after this placement goes along with it: one trip less when the machine is back.
  const also = {
    epoch: raised,
    placement: placement.id,
    tenant: workload.tenant,
    validation: machine.validation + 1,
    lastHandBack: null,
  }
  mustMove(draft, machine, 'allocate', `holds rank ${rank} of workload ${workload.id}`, also)
  return placement
}

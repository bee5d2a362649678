import type { Instant } from '../../shared/model/time.ts'
import { type Group, groupsOf, leastOf } from '../../shared/model/workload.ts'
import type { Find, MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'

/** Which ranks a workload has, and which of its groups each is of. */
type Ranked = Pick<WorkloadRecord, 'spec' | 'state' | 'placements' | 'vacancies' | 'layout' | 'sizes'>

/** The groups of a workload, each with the least and the most machines that it may have now. */
export function groupsNow({ spec, sizes }: Pick<WorkloadRecord, 'spec' | 'sizes'>): readonly Group[] {
  const groups = groupsOf(spec)
  if (sizes === null) return groups
  return groups.map((group, index) => ({ ...group, ...sizes[index] }))
}

export function isElastic(workload: Pick<WorkloadRecord, 'spec' | 'sizes'>): boolean {
  const { spec, sizes } = workload
  const isFixed = sizes === null && spec.least === undefined && spec.groups.every(({ least }) => least === undefined)
  return !isFixed && groupsNow(workload).some((group) => leastOf(group) < group.machineCount)
}

/** The group of each rank, by its place among the groups; of one that waits as a whole those that it must have. */
export function layoutOf(workload: Ranked): readonly number[] {
  if (workload.state !== 'queued' && workload.layout.length > 0) return workload.layout
  const sizeOf = workload.state === 'queued' ? leastOf : ({ machineCount }: Group): number => machineCount
  return groupsNow(workload).flatMap((group, index) => Array.from({ length: sizeOf(group) }, () => index))
}

/** What runs on the machine of a placement, also of an earlier run; null: it is only held. */
export function taskOf({ spec }: Pick<WorkloadRecord, 'spec'>, placement: Pick<PlacementRecord, 'rank' | 'group'>) {
  const groups = groupsOf(spec)
  const following = groups.flatMap(({ machineCount }, index) => Array.from({ length: machineCount }, () => index))
  const index = placement.group ?? following[placement.rank] ?? 0
  return groups[index]?.task ?? spec.task
}

/** Ranks that have a machine. */
export function memberRanks({ placements, vacancies }: Pick<Ranked, 'placements' | 'vacancies'>): readonly number[] {
  const ranks = placements.map((_, rank) => rank)
  if (vacancies.length === 0) return ranks
  const vacant = new Set(vacancies)
  return ranks.filter((rank) => !vacant.has(rank))
}

/** Machines of these ranks, in their order. */
export function machinesOf(
  fleet: Find,
  { placements }: Pick<Ranked, 'placements'>,
  ranks: readonly number[],
): readonly MachineRecord[] {
  return ranks.flatMap((rank) => {
    const placement = fleet.find('placements', placements[rank] ?? '')
    return placement === undefined ? [] : (fleet.find('machines', placement.machine) ?? [])
  })
}

/** One group of a workload that holds machines. */
export type GroupRanks = {
  readonly group: Group
  /** Which of the groups it is. */
  readonly index: number
  /** Those that have a machine. */
  readonly members: readonly number[]
  /** Those that have none, the lowest first. */
  readonly vacant: readonly number[]
  /** Of these, those without which it has fewer than it must have. */
  readonly needed: readonly number[]
  /** How many more machines it may have beyond these. */
  readonly room: number
}

export function ranksByGroup(workload: Ranked): readonly GroupRanks[] {
  const layout = layoutOf(workload)
  const without = new Set(workload.vacancies)
  return groupsNow(workload).map((group, index): GroupRanks => {
    const own = layout.flatMap((of, rank) => (of === index ? [rank] : []))
    const isVacant = (rank: number): boolean =>
      workload.state === 'queued' || without.has(rank) || rank >= workload.placements.length
    const members = own.filter((rank) => !isVacant(rank))
    const vacant = own.filter(isVacant)
    const needed = vacant.slice(0, Math.max(0, leastOf(group) - members.length))
    const room = Math.max(0, group.machineCount - members.length - needed.length)
    return { group, index, members, vacant, needed, room }
  })
}

/** Whether it has its machines, and is not asked to end. */
export const isUnderWay = ({ state, stop }: Pick<WorkloadRecord, 'state' | 'stop'>): boolean =>
  (state === 'starting' || state === 'running') && stop === null

/** How many machines it must have, over all groups. */
export const leastSize = (workload: Pick<WorkloadRecord, 'spec' | 'sizes'>): number =>
  groupsNow(workload).reduce((sum, group) => sum + leastOf(group), 0)

/** How many it may have. */
export const mostSize = (workload: Pick<WorkloadRecord, 'spec' | 'sizes'>): number =>
  groupsNow(workload).reduce((sum, { machineCount }) => sum + machineCount, 0)

/**
 * Whether it may be given machines beyond those that it must have: it runs, or was placed at this very moment and
 * nobody has been told yet.
 */
export function mayGrow(workload: WorkloadRecord, now: Instant): boolean {
  const { state, stateAt, stop } = workload
  const isThere = state === 'running' || (state === 'starting' && stateAt === now)
  if (!isThere || stop !== null || !isElastic(workload)) return false
  const groups = ranksByGroup(workload)
  return groups.every(({ needed }) => needed.length === 0) && groups.some(({ room }) => room > 0)
}

/** Ranks for more machines of these groups: those that are vacant first, the lowest first, then new ones at the end. */
export function ranksForGrowth(workload: Ranked, groups: readonly number[]): readonly number[] {
  const vacant = ranksByGroup(workload).map((one) => [...one.vacant])
  let next = workload.placements.length
  return groups.map((index) => {
    const rank = vacant[index]?.shift()
    if (rank !== undefined) return rank
    next += 1
    return next - 1
  })
}

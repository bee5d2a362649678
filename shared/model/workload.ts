import type { Expression } from './expression/expression.ts'
import type { MachineId, ReservationName, WorkloadId } from './ids.ts'
import type { AbsencePolicy, Preemption, RestartPolicy, TimeLimit } from './policies.ts'
import type { TaskSpec } from './task.ts'
import type { Instant } from './time.ts'

/** Which machines will do; an absent field allows all. */
export type Constraints = {
  readonly hardwareClass?: string
  readonly labels: Readonly<Record<string, string>>
  readonly gpusMin: number
  readonly memoryBytesMin: number
  readonly machines: readonly MachineId[]
  /** None of these. */
  readonly excluded: readonly MachineId[]
  /** What must hold of every machine; null: nothing. */
  readonly require: Expression | null
  /** What is better where it can be had. */
  readonly prefer: readonly Preference[]
}

export type Preference = { readonly expression: Expression; readonly weight: number }

export const ANY_MACHINE: Constraints = {
  labels: {},
  gpusMin: 0,
  memoryBytesMin: 0,
  machines: [],
  excluded: [],
  require: null,
  prefer: [],
}

/** How the machines of one group lie to each other. Levels are those of the fleet's topology. */
export type Arrangement = {
  /** All within one place of this level; where that is not required, in as few places as can be. */
  readonly pack: { readonly level: string; readonly required: boolean } | null
  /** At most so many in one place of this level. */
  readonly spread: { readonly level: string; readonly most: number } | null
  /** All of one hardware class. */
  readonly sameClass: boolean
}

export const ANY_ARRANGEMENT: Arrangement = { pack: null, spread: null, sameClass: false }

/** Machines of one shape within a workload. */
export type Group = {
  readonly name: string
  /** How many it may have. */
  readonly machineCount: number
  /** How many it must have, at least; absent: all. */
  readonly least?: number
  readonly constraints: Constraints
  readonly arrangement: Arrangement
  /** Null: the workload's own. */
  readonly task: TaskSpec | null
}

/** Which end of another workload one waits for. */
export type DependencyCondition = 'succeeded' | 'ended' | 'failed'
export type Dependency = { readonly workload: WorkloadId; readonly condition: DependencyCondition }

/** Many workloads from one submission, alike but for their number. */
export type WorkloadArray = {
  readonly size: number
  /** How many of them hold machines at once; 0: any number. */
  readonly mostAtOnce: number
}

export type WorkloadSpec = {
  readonly machineCount: number
  readonly least?: number
  readonly constraints: Constraints
  readonly arrangement: Arrangement
  /** Machines of other shapes beside; their ranks follow, in this order. All are placed together or none. */
  readonly groups: readonly Group[]
  /** Without a task the machines are only held. */
  readonly task: TaskSpec | null
  readonly priority: number
  /** Name of the class that said so when it was submitted; empty: the number was given. */
  readonly priorityClass: string
  readonly absence: AbsencePolicy
  readonly restart: RestartPolicy
  readonly timeLimit: TimeLimit | null
  readonly preemption: Preemption
  /** Who places it; empty: the coordinator itself. */
  readonly scheduler: string
  /** Null: it is one alone. */
  readonly array: WorkloadArray | null
  readonly dependencies: readonly Dependency[]
  /** It is not placed before. */
  readonly startAfter: Instant | null
  /** It waits rather than take machines beyond what its tenant is guaranteed, and is not stopped for others' own. */
  readonly noBorrow: boolean
  /** It is placed within this reservation alone; empty: anywhere. */
  readonly reservation: ReservationName | ''
  /** What its machines must carry between them before any task begins. */
  readonly networkCheck?: NetworkCheck
}

/** Each rank sends to the next, and the last to the first, all at once. */
export type NetworkCheck = {
  /** Bytes a second; 0: however few, as long as they reach each other. */
  readonly bandwidthLeast: number
}

/** As it is asked for, before its class of priority has been looked up. */
export type AskedSpec = Omit<WorkloadSpec, 'preemption'> & {
  /** Null: as its class says. */
  readonly preemption: Preemption | null
}

/** Every group of a workload, the one that the workload itself describes first. */
export function groupsOf({
  machineCount,
  least,
  constraints,
  arrangement,
  task,
  groups,
}: WorkloadSpec): readonly Group[] {
  const first = { name: '', machineCount, constraints, arrangement, task }
  return [least === undefined ? first : { ...first, least }, ...groups]
}

/** How many machines a group must have. */
export const leastOf = ({ machineCount, least }: Pick<Group, 'machineCount' | 'least'>): number => least ?? machineCount

/** Machines that one workload may be for, over all of its groups. */
export const MACHINES_MOST = 4096

/** How many machines it is for in all, at most. */
export const worldSize = ({ machineCount, groups }: Pick<WorkloadSpec, 'machineCount' | 'groups'>): number =>
  groups.reduce((sum, group) => sum + group.machineCount, machineCount)

export type WorkloadState = 'queued' | 'starting' | 'running' | 'stopping' | 'succeeded' | 'failed' | 'cancelled'

export function hasEnded(state: WorkloadState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

/** Why machines cannot take a workload now. */
export type Refusal = {
  readonly reason: RefusalReason
  /** One sentence that a person can act on. */
  readonly message: string
  readonly machineCount: number
  /** Some of the machines, at most 10. */
  readonly machines: readonly MachineId[]
}

/** Why a workload waits, until when, and what would help. */
export type Explanation = {
  readonly refusals: readonly Refusal[]
  /** By the time limits of what runs; null: it cannot be told. */
  readonly expectedStart: Instant | null
  /** Changes each of which alone would let it start at once: sentences. */
  readonly suggestions: readonly string[]
}

export const NOTHING_TO_EXPLAIN: Explanation = { refusals: [], expectedStart: null, suggestions: [] }

/** Why a running workload is stopped for another: that has a higher priority, or wants back what was borrowed. */
export type StopReason = 'priority' | 'borrowed'

export type StoppedFor = { readonly workload: WorkloadId; readonly reason: StopReason }

/** What would become of a workload if it were submitted now. */
export type Forecast = {
  /** In rank order; empty: it would wait. */
  readonly machines: readonly MachineId[]
  /** Workloads that would be stopped for it. */
  readonly preempted: readonly StoppedFor[]
  readonly explanation: Explanation
}

/** What stands against a machine, or against all of them. */
export type MachineRefusalReason =
  | 'HELD_BY_TENANT'
  | 'NOT_YET_CLEAN'
  | 'FLEET_LEARNING'
  | 'NOT_APPROVED'
  | 'VALIDATING'
  | 'QUARANTINED'
  | 'CORDONED'
  | 'NOT_CONNECTED'
  | 'CONDITION'
  | 'FAILS_PLACEMENTS'
  | 'OTHER_CLASS'
  | 'LABEL_MISSING'
  | 'TOO_FEW_GPUS'
  | 'TOO_LITTLE_MEMORY'
  | 'NOT_NAMED'
  | 'EXCLUDED'
  | 'REQUIREMENT'
  | 'RESERVATION'
  | 'RESERVED_FOR_EARLIER'
  | 'FLEET_TOO_SMALL'

/** What stands against the workload itself, whichever machines are free. */
export type PostponedReason = 'BACKING_OFF' | 'NOT_BEFORE' | 'DEPENDENCY' | 'FORMER_RUN_NOT_OVER'

/** What stands against the workload in the fleet as it is. */
export type FleetRefusalReason = 'QUOTA_REACHED' | 'WOULD_BORROW' | 'STOPPING_OTHERS' | 'OTHER_SCHEDULER' | 'ARRAY_FULL'

export type RefusalReason = MachineRefusalReason | PostponedReason | FleetRefusalReason

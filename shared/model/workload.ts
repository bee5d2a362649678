import type { MachineId } from './ids.ts'
import type { AbsencePolicy, RestartPolicy, TimeLimit } from './policies.ts'
import type { TaskSpec } from './task.ts'

/** Which machines will do; an absent field allows all. */
export type Constraints = {
  readonly hardwareClass?: string
  readonly labels: Readonly<Record<string, string>>
  readonly gpusMin: number
  readonly memoryBytesMin: number
  readonly machines: readonly MachineId[]
}

export type WorkloadSpec = {
  readonly machineCount: number
  readonly constraints: Constraints
  /** Without a task the machines are only held. */
  readonly task: TaskSpec | null
  readonly priority: number
  readonly absence: AbsencePolicy
  readonly restart: RestartPolicy
  readonly timeLimit: TimeLimit | null
}

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
  | 'OTHER_CLASS'
  | 'LABEL_MISSING'
  | 'TOO_FEW_GPUS'
  | 'TOO_LITTLE_MEMORY'
  | 'NOT_NAMED'
  | 'RESERVED_FOR_EARLIER'
  | 'FLEET_TOO_SMALL'

/** What stands against the workload itself, whichever machines are free. */
export type PostponedReason = 'BACKING_OFF' | 'FORMER_RUN_NOT_OVER'

export type RefusalReason = MachineRefusalReason | PostponedReason

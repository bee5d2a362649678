import type { CheckOrder, CheckResult } from './check.ts'
import type { CommandId, Epoch, MachineId, PlacementId, TenantName, Term, WorkloadId } from './ids.ts'
import type { Condition } from './health.ts'
import type { TimeLimit } from './policies.ts'
import type { TaskSpec } from './task.ts'
import type { Instant, Milliseconds } from './time.ts'
import type { NetworkCheck } from './workload.ts'

/** What a machine does under its newest epoch. */
export type RunState = 'idle' | 'preparing' | 'prepared' | 'running' | 'stopping' | 'sanitising' | 'clean' | 'dirty'

/** What the coordinator wants of a machine under an epoch. */
export type RunGoal = 'idle' | 'prepare' | 'run'

/** A rank of a workload as the others see it. */
export type Peer = { readonly rank: number; readonly address: string; readonly group: string }

/** A placement as its machine needs to know it. */
export type Assignment = {
  readonly placement: PlacementId
  readonly workload: WorkloadId
  readonly tenant: TenantName
  /** The user id on the machine is the machine's base plus this. */
  readonly tenantNumber: number
  readonly rank: number
  /** Which of an array of workloads it is of; 0 of 1 where there is none. */
  readonly array: { readonly index: number; readonly size: number }
  /** Ranks that have a machine now, in their order. */
  readonly peers: readonly Peer[]
  /** Grows whenever these are others. */
  readonly generation: number
  /** Without a task the machine is only held. */
  readonly task: TaskSpec | null
  /** How long it may run on without an answered renewal, from when that was sent; null: no end. */
  readonly lease: Milliseconds | null
  readonly timeLimit: TimeLimit | null
  /** What its network must carry before it is ready. */
  readonly networkCheck?: NetworkCheck
}

/** Another agent that is wanted on a machine: a manifest as it was signed, and where its binary is. */
export type UpgradeOrder = { readonly manifest: string; readonly signature: string; readonly url: string }

/** The condition by which an agent says that it has not taken this order. */
export const upgradeFailed = (signature: string): string => `agent-upgrade-failed:${signature.slice(0, 16)}`

/** Everything that the coordinator wants of a machine: sent whole at each change. */
export type DesiredState = {
  readonly machine: MachineId
  readonly term: Term
  readonly epoch: Epoch
  readonly goal: RunGoal
  /** Present unless the goal is idle. */
  readonly assignment: Assignment | null
  /** Number of the validation to make once the machine is idle or clean; 0 for none. */
  readonly validation: number
  readonly upgrade: UpgradeOrder | null
  /** What is to be measured in that validation; absent: nothing. */
  readonly checks?: readonly CheckOrder[] | undefined
}

/** Whose fault it was that a task did not start: what it asked for, or the machine that was to run it. */
export type Fault = 'machine' | 'task'

export type TaskOutcome =
  /** A signal n counts as 128 + n, as in a shell. */
  | { readonly kind: 'exited'; readonly code: number; readonly at: Instant; readonly reason: string }
  /** It was ended at its time limit. */
  | { readonly kind: 'timed_out'; readonly reason: string; readonly at: Instant }
  | {
      readonly kind: 'failed_to_start'
      readonly reason: string
      readonly at: Instant
      /** Undefined: an agent that does not say. */
      readonly fault?: Fault | undefined
    }
  | { readonly kind: 'not_started'; readonly reason: string; readonly at: Instant }
  | { readonly kind: 'lost'; readonly reason: string; readonly at: Instant }

/** How a device was erased, proved by reading back. */
export type Erasure = {
  readonly device: string
  readonly serial: string
  readonly bytes: number
  /** Stable word: "nvme_sanitize_crypto". */
  readonly method: string
  /** By NIST SP 800-88. */
  readonly category: 'purge' | 'clear'
  /** Places of the device that were marked before, and read back after. */
  readonly samples: number
}

/** A device that could not be proved clean, and is kept from tenants. */
export type Fenced = {
  readonly device: string
  readonly serial: string
  /** Why it could not be erased. */
  readonly reason: string
}

/** One step of a hand-back, or one check of a validation. */
export type Step = {
  readonly id: string
  readonly passed: boolean
  readonly detail: string
  readonly durationMs: number
  /** Of a step that erased a device. */
  readonly erased?: Erasure | undefined
  /** Of a step that fenced a device off, since it could not be erased. */
  readonly fenced?: Fenced | undefined
}

/** The step of a hand-back that proves that no process of the tenant lives. */
export const NO_PROCESS_LEFT = 'verify_no_process'

export type HandBackReport = {
  readonly epoch: Epoch
  /** Number of the validation under which it was tried: tells a new try from the last one. 0 for the first. */
  readonly tried?: number | undefined
  readonly clean: boolean
  readonly steps: readonly Step[]
  readonly at: Instant
}

export type ValidationReport = {
  /** Number of the validation that this answers. */
  readonly validation: number
  readonly passed: boolean
  readonly checks: readonly Step[]
  /** What was measured, where that was asked for. */
  readonly results?: readonly CheckResult[] | undefined
}

/** Everything that an agent knows about the run on its machine: sent whole at each change. */
export type MachineReport = {
  readonly epoch: Epoch
  /** Newest epoch that it was ever told of, whether it has taken it up or not. */
  readonly seen?: Epoch | undefined
  readonly term: Term
  readonly state: RunState
  readonly placement: PlacementId | null
  readonly startedAt: Instant | null
  readonly outcome: TaskOutcome | null
  readonly handBack: HandBackReport | null
  readonly validation: ValidationReport | null
  readonly conditions: readonly Condition[]
  /** Commands that run now, or whose result was not yet acknowledged. */
  readonly commands: readonly CommandId[]
}

/** What of a machine is kept from tenants since its last hand-back. */
export const fencedOff = (report: HandBackReport | null): readonly Fenced[] =>
  (report?.steps ?? []).flatMap(({ fenced }) => (fenced === undefined ? [] : [fenced]))

import type { CheckOrder } from '../../shared/model/check.ts'
import type { Condition } from '../../shared/model/health.ts'
import type { CommandId, Epoch, MachineId, PlacementId, TenantName, Term, WorkloadId } from '../../shared/model/ids.ts'
import type {
  Assignment,
  DesiredState,
  Fault,
  HandBackReport,
  MachineReport,
  RunState,
  TaskOutcome,
  ValidationReport,
} from '../../shared/model/run.ts'
import type { TimeLimit } from '../../shared/model/policies.ts'
import type { StopSignal } from '../../shared/model/task.ts'
import type { Instant, Milliseconds } from '../../shared/model/time.ts'
import type { OrderRefusal } from './orders.ts'

/** Who is on the machine under its newest epoch. */
export type Tenancy = {
  readonly placement: PlacementId
  readonly workload: WorkloadId
  readonly tenant: TenantName
  readonly tenantNumber: number
  readonly startedAt: Instant | null
  /** There is no task: the machine is only held. */
  readonly held: boolean
  /** How long it may run on without an answered renewal; null: no end. */
  readonly lease: Milliseconds | null
  readonly timeLimit: TimeLimit | null
  /** When it began to run, by the clock that counts from the boot. */
  readonly runsSince: Milliseconds | null
  /** It was told that its time limit is near. */
  readonly warned: boolean
}

/** What must outlive the agent. Its epoch and term are on the disk before anything is done under them. */
export type Journaled = {
  readonly machine: MachineId | null
  readonly epoch: Epoch
  readonly term: Term
  readonly state: RunState
  readonly placement: Tenancy | null
  readonly outcome: TaskOutcome | null
  readonly handBack: HandBackReport | null
  readonly validation: ValidationReport | null
}

/** The one thing that is under way; what it needs next waits for its answer. */
export type Activity =
  | { readonly kind: 'none' }
  /** `next` is being made durable, and is what the machine is at once it is. */
  | { readonly kind: 'taking'; readonly next: Journaled }
  /** It could not be made durable; tried again when told to. */
  | { readonly kind: 'blocked' }
  | { readonly kind: 'finding' | 'preparing' | 'starting' | 'stopping' | 'sanitising' }
  | { readonly kind: 'validating'; readonly validation: number }

export type AgentState = {
  readonly machine: MachineId
  /** The truth under the newest durable epoch. */
  readonly record: Journaled
  /** The newest order that was obeyed; null until the first one of this process. */
  readonly desired: DesiredState | null
  readonly activity: Activity
  /** The validation under which a machine that would not come clean was tried last. */
  readonly tried: number
  readonly conditions: readonly Condition[]
  readonly commands: readonly CommandId[]
  /** Stands while the journal cannot be written. */
  readonly unwritable: Condition | null
  /** Since the boot, suspended time included: as of the last input. */
  readonly uptime: Milliseconds
  /** When the newest renewal was sent that a coordinator answered, in this boot. */
  readonly renewedAt: Milliseconds | null
  /** The end of a lease that the watchdog was last told. */
  readonly extended: { readonly placement: PlacementId; readonly until: Milliseconds } | null
  /** Which peers the task was last told of. */
  readonly told: { readonly placement: PlacementId; readonly generation: number } | null
  /** What was last given to be written. */
  readonly saved: Journaled | null
  /** What was last said to the coordinator. */
  readonly reported: MachineReport | null
}

/** What is found of a placement that an earlier agent began. */
export type Found =
  | { readonly kind: 'running'; readonly startedAt: Instant }
  | { readonly kind: 'ended'; readonly outcome: TaskOutcome }
  | { readonly kind: 'not_started' }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Everything that can happen to an agent. */
export type AgentInput =
  /** The first input of a process. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'desired'; readonly desired: DesiredState }
  | { readonly kind: 'found'; readonly placement: PlacementId; readonly found: Found }
  | { readonly kind: 'persisted'; readonly record: Journaled }
  | { readonly kind: 'persist_failed'; readonly record: Journaled; readonly reason: string }
  /** A coordinator answered a renewal that was sent then, by the clock that counts from the boot. */
  | { readonly kind: 'renewed'; readonly sentAt: Milliseconds; readonly term: Term }
  /** Time has passed. */
  | { readonly kind: 'beat' }
  /** Time to try again what could not be written. */
  | { readonly kind: 'retry' }
  /** The task could not be told of its peers. Time to try again. */
  | { readonly kind: 'tell_again' }
  | { readonly kind: 'prepared'; readonly placement: PlacementId }
  | { readonly kind: 'prepare_failed'; readonly placement: PlacementId; readonly reason: string; readonly fault: Fault }
  | { readonly kind: 'started'; readonly placement: PlacementId }
  | { readonly kind: 'start_failed'; readonly placement: PlacementId; readonly reason: string; readonly fault: Fault }
  | { readonly kind: 'exited'; readonly placement: PlacementId; readonly outcome: TaskOutcome }
  /** `outcome` null: nobody saw how it ended. */
  | { readonly kind: 'stopped'; readonly placement: PlacementId; readonly outcome: TaskOutcome | null }
  | { readonly kind: 'sanitised'; readonly report: HandBackReport }
  | { readonly kind: 'validated'; readonly report: ValidationReport }
  | { readonly kind: 'conditions'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'commands'; readonly commands: readonly CommandId[] }

/**
 * What is to be done in the world, in this order. Each but `report`, `refused`, `extend`, `tell` and `signal` is
 * answered by an input.
 */
export type AgentEffect =
  | { readonly kind: 'persist'; readonly record: Journaled }
  | { readonly kind: 'find'; readonly placement: PlacementId }
  | { readonly kind: 'prepare'; readonly epoch: Epoch; readonly assignment: Assignment }
  | { readonly kind: 'start'; readonly placement: PlacementId }
  /** Tells the watchdog of a placement when its lease ends. Before anything of it begins. */
  | { readonly kind: 'extend'; readonly placement: PlacementId; readonly until: Milliseconds }
  /** Other machines are its peers now than it was told. */
  | { readonly kind: 'tell'; readonly assignment: Assignment }
  /** Warns a task that its time limit is near. */
  | { readonly kind: 'signal'; readonly placement: PlacementId; readonly signal: StopSignal }
  /** With the signal and the grace period that it was prepared with. */
  | { readonly kind: 'stop'; readonly placement: PlacementId }
  /** `tenancy` null: whatever is left of anyone. */
  | { readonly kind: 'sanitise'; readonly epoch: Epoch; readonly tenancy: Tenancy | null }
  | { readonly kind: 'validate'; readonly validation: number; readonly checks: readonly CheckOrder[] }
  | { readonly kind: 'report'; readonly report: MachineReport }
  | { readonly kind: 'refused'; readonly refusal: OrderRefusal }

export type Step = { readonly state: AgentState; readonly effects: readonly AgentEffect[] }

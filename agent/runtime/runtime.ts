import type { PlacementId } from '../../shared/model/ids.ts'
import type { Result } from '../../shared/model/result.ts'
import type { StopSignal, TaskSpec } from '../../shared/model/task.ts'
import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import type { Running } from './entry.ts'
import type { PunchHole } from './log_cap.ts'
import type { Launcher } from './launcher.ts'
import type { LogReader, Retention } from './logs.ts'
import type { ProcessTable } from './processes.ts'
import type {
  HostFacts,
  Isolation,
  LimitReport,
  Membership,
  PlacementFacts,
  RuntimeFailure,
  TaskExit,
} from './types.ts'

export type RuntimeOptions = {
  readonly host: HostFacts
  readonly clock: Clock
  /** Room that each of a task's two logs may take; older output goes first. Default 64 MiB. */
  readonly logCapBytes?: number
  /** Default 32 placements, 512 MiB. */
  readonly retention?: Retention
  /** How often logs are measured and adopted tasks looked at, beside being told by the kernel. Default 1 s. */
  readonly pollMs?: number
  readonly punch?: PunchHole
  readonly processes?: ProcessTable
  /** Where many runtimes share one process; its maker closes it. */
  readonly launcher?: Launcher
  /** Hears what fails while a task runs on unhurt, such as a log that cannot be cut on a full disk. */
  readonly onFault?: (placementId: PlacementId, failure: RuntimeFailure) => void
}

export type Prepared = {
  readonly placementId: PlacementId
  readonly isolation: Isolation
  readonly limits: readonly LimitReport[]
}

export type Stopped = {
  /** The grace period was not enough. */
  readonly escalated: boolean
  /** Null: it had never been started. */
  readonly exit: TaskExit | null
}

export type Adopted =
  | { readonly kind: 'running'; readonly running: Running }
  | { readonly kind: 'ended'; readonly exit: TaskExit }
  /** It was prepared and never begun, and from now on cannot begin without being prepared again. */
  | { readonly kind: 'not_started' }

export type Remains = {
  /** Whether processes are found by their uid too, and so wherever they hid. */
  readonly byUid: boolean
  survivors(): Promise<readonly number[]>
  /** Returns the processes that will not die. */
  killAll(limit: Milliseconds): Promise<readonly number[]>
  /** Throws while a process is in it. */
  removeCgroup(): void
}

export interface Runtime {
  /** Makes all ready but starts nothing. Repeated, it answers the same. */
  prepare(task: TaskSpec, facts: PlacementFacts): Promise<Result<Prepared, RuntimeFailure>>
  /** Starts what was prepared, once; asked again, it answers with what runs. */
  start(placementId: PlacementId): Promise<Result<Running, RuntimeFailure>>
  /**
   * Says when the lease of what was prepared ends, since the boot. A placement that has one when it is started gets a
   * watchdog beside the agent.
   */
  extend(placementId: PlacementId, until: Milliseconds): Result<undefined, RuntimeFailure>
  /** When the lease on record ends, since the boot. */
  leaseOf(placementId: PlacementId): Milliseconds | null
  /**
   * The workload has these machines now: the peers file says so from here on. Then, once for each generation, the
   * signal is sent to those processes of the task that heed it: it is the end of none.
   */
  tell(
    placementId: PlacementId,
    membership: Membership,
    signal: StopSignal | null,
  ): Promise<Result<undefined, RuntimeFailure>>
  /** Signal to every process of the placement, which goes on. */
  signal(placementId: PlacementId, signal: StopSignal): Promise<void>
  /** Signal to every process of the placement, grace, then kill until none is left. */
  stop(
    placementId: PlacementId,
    how: { readonly signal: StopSignal; readonly grace: Milliseconds },
  ): Promise<Result<Stopped, RuntimeFailure>>
  /** Finds again what an earlier agent started. */
  adopt(placementId: PlacementId): Promise<Result<Adopted, RuntimeFailure>>
  /** Placements with records on this machine, running or not. */
  known(): readonly PlacementId[]
  /**
   * What may be left of a placement, for the hand-back.
   *
   * @param uid the tenant's, used where there is no record any more; null: not its alone.
   */
  remains(placementId: PlacementId, uid: number | null): Remains
  /** Frees what the runtime keeps in memory of it and prunes old logs; call once it was handed back. */
  forget(placementId: PlacementId): void
  readonly logs: LogReader
  /** Lets go of everything; tasks run on. */
  close(): void
}

import type { Epoch, PlacementId, TenantName, WorkloadId } from '../../shared/model/ids.ts'
import type { Peer } from '../../shared/model/run.ts'
import type { Instant } from '../../shared/model/time.ts'

/** What the coordinator says of one placement. */
export type PlacementFacts = {
  readonly placementId: PlacementId
  readonly workloadId: WorkloadId
  readonly tenant: TenantName
  readonly epoch: Epoch
  /** The tenant's uid and gid on this machine; not used where the agent is not root. */
  readonly uid: number
  readonly gid: number
  readonly rank: number
  /** Which of an array of workloads it is of. */
  readonly array: { readonly index: number; readonly size: number }
  /** Ranks that have a machine, in their order; this one is among them. */
  readonly peers: readonly Peer[]
  /** Grows whenever these are others. */
  readonly generation: number
  /** How many processes MPI should start on each machine: the GPUs of this one, or 1. */
  readonly slots: number
  /** Where rank 0 is expected to listen, for torch.distributed. */
  readonly masterPort: number
  /** It has a lease: without a watchdog it is not started. */
  readonly leased: boolean
}

/** Which machines a workload has, as of so many changes. */
export type Membership = Pick<PlacementFacts, 'peers' | 'generation'>

/** What is true of this machine, found once at start. */
export type HostFacts = {
  readonly root: boolean
  /** A cgroup v2 directory that this agent may make children in; null: there is none. */
  readonly cgroupRoot: string | null
  /** Controllers that children of `cgroupRoot` have. */
  readonly controllers: readonly string[]
  /** Groups that open the machine's devices (video, render); given to every task. */
  readonly deviceGroups: readonly number[]
  readonly rootTasksAllowed: boolean
  readonly paths: RuntimePaths
}

export type RuntimePaths = {
  /** Root-only; `placements/<id>` below it holds records and logs. */
  readonly state: string
  /** The tenants' working directories, one per placement. */
  readonly scratch: string
  /** Secrets; in memory where the machine has such a file system. */
  readonly run: string
}

export type RuntimeFailure = {
  readonly kind:
    | 'invalid_task'
    | 'task_not_found'
    | 'task_not_executable'
    | 'cwd_not_found'
    | 'user_not_allowed'
    | 'disk_full'
    | 'log_disk_full'
    | 'cgroup_failed'
    | 'io_failed'
    | 'not_prepared'
    | 'already_started'
    | 'spawn_failed'
    | 'still_alive'
    | 'unknown_placement'
  readonly sentence: string
}

export type LimitReport = {
  readonly limit: 'memory' | 'cpu' | 'processes' | 'open_files'
  readonly enforcedBy: 'cgroup' | 'rlimit' | 'nothing'
  readonly detail: string
}

/** What keeps the task apart from the rest of the machine, as far as it could be had. */
export type Isolation = {
  readonly user: 'tenant_uid' | 'root' | 'same_uid_as_agent'
  readonly containment: 'cgroup' | 'session'
}

/** How a task ended. `signal` is derived from a code above 128, as shells do. */
export type TaskExit =
  | {
      readonly kind: 'exited'
      readonly code: number
      readonly signal: string | null
      readonly at: Instant
      readonly oomKilled: boolean
    }
  /** Billet could not set the task up after its process had begun; the task itself never ran. */
  | { readonly kind: 'setup_failed'; readonly sentence: string; readonly at: Instant }
  /** It runs no more and its status cannot be known. */
  | { readonly kind: 'lost'; readonly sentence: string; readonly at: Instant }

export type LogStream = 'stdout' | 'stderr'

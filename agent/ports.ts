import type { CheckOrder } from '../shared/model/check.ts'
import type { CommandProgress, CommandSpec, OutputStream } from '../shared/model/command.ts'
import type { Condition, HealthRule } from '../shared/model/health.ts'
import type { CommandId, Epoch, MachineId, PlacementId, Term } from '../shared/model/ids.ts'
import type { Inventory } from '../shared/model/inventory.ts'
import type { Result } from '../shared/model/result.ts'
import type {
  Assignment,
  DesiredState,
  Fault,
  HandBackReport,
  MachineReport,
  TaskOutcome,
  ValidationReport,
} from '../shared/model/run.ts'
import type { Sample, SampleSchema } from '../shared/model/telemetry.ts'
import type { StopSignal } from '../shared/model/task.ts'
import type { Instant, Milliseconds } from '../shared/model/time.ts'
import type { Found, Journaled, Tenancy } from './core/state.ts'

/** Why something could not be done, in one sentence; the machine's fault, unless it says otherwise. */
export type Failure = { readonly sentence: string; readonly fault?: Fault }

/** A task that runs; `ended` stays pending when the agent ends before it. */
export type Begun = { readonly ended: Promise<TaskOutcome> }

/** What the agent does to its machine. A refusal is a value; whatever throws is a bug, and counts as a failure. */
export interface Machine {
  /** On the disk when it resolves. */
  save(record: Journaled): Promise<Result<undefined, Failure>>
  /** What became of a placement that an earlier agent began. `begun` where it runs. */
  find(placement: PlacementId): Promise<{ readonly found: Found; readonly begun: Begun | null }>
  prepare(epoch: Epoch, assignment: Assignment): Promise<Result<undefined, Failure>>
  start(placement: PlacementId): Promise<Result<Begun, Failure>>
  /** Tells the watchdog when the lease of what was prepared ends, since the boot. */
  extend(placement: PlacementId, until: Milliseconds): Result<undefined, Failure>
  /** The workload of this assignment has these machines now: its task's peers file is written anew, and it is told. */
  tell(assignment: Assignment): Promise<Result<undefined, Failure>>
  /** Signal to every process of the task, which goes on. */
  signal(placement: PlacementId, signal: StopSignal): Promise<void>
  /** With its own signal and grace period; whatever does not end is killed. Null: nobody saw how it ended. */
  stop(placement: PlacementId): Promise<TaskOutcome | null>
  /** Makes the machine clean of one tenant, or, without one, of every placement that it knows. */
  sanitise(epoch: Epoch, tenancy: Tenancy | null): Promise<HandBackReport>
  /** With these measurements, where nothing else is wrong. */
  validate(validation: number, checks: readonly CheckOrder[]): Promise<ValidationReport>
}

/** What a session asks of the agent that it speaks for. */
export interface Agent {
  readonly machine: MachineId
  /** All that the coordinator must know now. */
  report(): MachineReport
  order(desired: DesiredState): void
  /** A coordinator of that term answered what was sent then, since the boot. */
  renewed(sentAt: Milliseconds, term: Term): void
}

export type CommandOutput = { readonly stream: OutputStream; readonly offset: number; readonly data: Uint8Array }

/** Runs commands, each at most once. */
export interface Commands {
  run(
    id: CommandId,
    spec: CommandSpec,
    /** While it is pending, no more of that stream is read. */
    sink: (chunk: CommandOutput) => Promise<void>,
  ): Promise<Result<CommandProgress, Failure>>
  cancel(id: CommandId): void
  result(id: CommandId): CommandProgress | null
  /** Running, or over and not acknowledged. */
  open(): readonly CommandId[]
  acknowledge(id: CommandId): Promise<Result<undefined, Failure>>
}

export type LogPiece = { readonly offset: number; readonly skippedBytes: number; readonly data: Uint8Array }

/** Reads what tasks wrote. */
export interface Logs {
  /** Bytes written so far, those no longer kept included. */
  size(placement: PlacementId, stream: OutputStream): Result<number, Failure>
  read(
    placement: PlacementId,
    stream: OutputStream,
    offset: number,
    maxBytes: number,
  ): Promise<Result<LogPiece, Failure>>
  /** Pieces of 32 KiB at most, each read only when it is asked for; ends once `ended` says so and all was read. */
  follow(
    placement: PlacementId,
    stream: OutputStream,
    offset: number,
    options: { readonly signal: AbortSignal; readonly ended: () => boolean },
  ): AsyncIterable<LogPiece>
}

/** What is sampled on every beat, and what is found wrong by it. */
export interface Senses {
  schema(): SampleSchema
  sample(now: Instant): Sample
  /** By the newest sample; the same array where nothing changed. */
  conditions(sample: Sample): readonly Condition[]
  /** By how much the machine's clock is ahead of the coordinator's. */
  clockAhead(milliseconds: number): void
  /** What this site's rules are, and how many GPUs the machine has on record; null where nobody has counted. */
  healthPlan(site: readonly HealthRule[], gpusExpected: number | null): void
}

/** What the machine is made of, and the digest of all that does not change by itself. */
export type KnownInventory = { readonly inventory: Inventory; readonly digest: string }

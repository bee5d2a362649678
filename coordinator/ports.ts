import type { BilletError } from '../shared/model/errors.ts'
import type { MachineId, Revision, TenantName, WorkloadId } from '../shared/model/ids.ts'
import type { Result } from '../shared/model/result.ts'
import type { DesiredState } from '../shared/model/run.ts'
import type { AskedSpec, Explanation, Forecast } from '../shared/model/workload.ts'
import type { Answers, Effect, InputKind, InputOf } from './core/inputs.ts'
import type { Versioned } from './core/records.ts'
import type { FleetView, StateChange } from './core/state.ts'
import type { Finding } from './core/watchdog.ts'

/**
 * What the coordinator needs of a database, written so that an embedded one and a distributed one both fit:
 * an ordered map from keys to texts, changed by transactions, with a history that can be followed.
 */
export interface Store {
  /** Everything whose key begins with `prefix`, in the order of keys, as of one revision. */
  read(prefix: string): Promise<Result<Snapshot, StoreFailure>>
  /**
   * All changes or none, durable before it answers. Each change gets a revision of its own, in order; the
   * answer is the last one's. Refused whole where a comparison does not hold: `guard` names the key that the
   * leader holds, so that a deposed leader cannot write.
   */
  commit(transaction: Transaction): Promise<Result<Revision, StoreFailure>>
  /**
   * Changes after a revision under a prefix, in order, without gap or repeat; goes on until the signal fires.
   * The first item is a failure of kind `compacted` where they are no longer kept.
   */
  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Result<Change, StoreFailure>>
  /** Forgets the history up to and including a revision. */
  compact(upTo: Revision): Promise<Result<undefined, StoreFailure>>
  close(): Promise<void>
}

export type Snapshot = {
  readonly revision: Revision
  /** Changes after this revision can still be watched. */
  readonly compacted: Revision
  readonly entries: readonly Entry[]
}

export type Entry = { readonly key: string; readonly value: string; readonly revision: Revision }

/** A key's new value; null removes it. */
export type Write = { readonly key: string; readonly value: string | null }

export type Change = Write & { readonly revision: Revision }

/** Holds where the key's last change has this revision; revision 0 means that there is no such key. */
export type Comparison = { readonly key: string; readonly revision: Revision }

export type Transaction = {
  readonly guard: readonly Comparison[]
  readonly writes: readonly Write[]
}

export type StoreFailure =
  /** A comparison did not hold; nothing was written. */
  | { readonly kind: 'conflict'; readonly key: string }
  /** Changes after `after` are gone; the oldest usable revision is `oldest`. */
  | { readonly kind: 'compacted'; readonly after: Revision; readonly oldest: Revision }
  /** The database cannot be used now: the disk is full, read-only or gone. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** What is stored is not what was written. */
  | { readonly kind: 'corrupt'; readonly message: string }
  /** Another process holds the database. */
  | { readonly kind: 'locked'; readonly message: string }
  /** The database was written by a newer program. */
  | { readonly kind: 'too_new'; readonly message: string }

/**
 * The one door to the fleet's state, for everything that serves callers and agents. The loop implements it.
 */
export interface Fleet {
  /** Queues an input; answers after its changes are durable, or with the refusal. Never throws a refusal. */
  submit<Kind extends InputKind>(input: InputOf<Kind>): Promise<Result<Answers[Kind], BilletError>>
  /** Looks at the state as of the last commit. `look` must not keep the view. */
  read<Answer>(look: (view: FleetView) => Answer): Answer
  /** What is wanted of a machine now; undefined where there is no such machine. */
  desired(machine: MachineId): DesiredState | undefined
  /** Why a queued workload waits, by the newest state; empty for one that does not wait. Not cheap: on demand. */
  explain(workload: WorkloadId): Explanation
  /** What would become of such a workload now, or why it would be refused; nothing is changed. */
  forecast(tenant: TenantName, asked: AskedSpec): Result<Forecast, BilletError>
  /** What lasts longer than it should: looks at everything. */
  findings(): readonly Finding[]
  /** Committed changes, for watchers. */
  readonly feed: Feed
  /** Called with the effects of every commit, in order, after it is durable. */
  onEffects(listener: (effects: readonly Effect[]) => void): void
}

/** The newest committed changes, in order, shared by all watchers: each keeps only its own place in it. */
export interface Feed {
  revision(): Revision
  /**
   * At most `limit` changes after a revision; waits until there is one or the signal fires (then empty).
   * Refused with `revision_compacted` where they are no longer kept, and with `revision_future` where the
   * revision was never reached.
   */
  after(revision: Revision, limit: number, signal: AbortSignal): Promise<Result<readonly FleetChange[], BilletError>>
}

/** A committed change of one record; `record` is null where it was removed. */
export type FleetChange = StateChange & {
  /** Of before this start: what the record was before it is not kept. */
  readonly isPast?: true
}

export type { Versioned }

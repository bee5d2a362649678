import type { Revision } from '../shared/model/ids.ts'
import type { Result } from '../shared/model/result.ts'

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

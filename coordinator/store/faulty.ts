import type { Change, Snapshot, Store, StoreFailure, Transaction } from '../ports.ts'
import type { Revision } from '../../shared/model/ids.ts'
import { type Result, assertNever, refuse } from '../../shared/model/result.ts'

/** What becomes of one commit. */
export type CommitFault =
  | { readonly kind: 'none' }
  /** Nothing is written, and the caller is told so. */
  | { readonly kind: 'unavailable' }
  /** It is written, but the caller is told that the database could not be used: the answer got lost. */
  | { readonly kind: 'answer_lost' }
  /** Somebody else was faster. */
  | { readonly kind: 'conflict'; readonly key: string }

export type FaultPlan = {
  /** Asked before each commit; the first is number 1. */
  readonly commit?: (number: number, transaction: Transaction) => CommitFault
  /** Whether a read finds the database unavailable; the first is number 1. */
  readonly read?: (number: number, prefix: string) => boolean
}

/** A store that fails by plan, to reach what a healthy database rarely shows. */
export class FaultyStore implements Store {
  readonly #store: Store
  readonly #plan: FaultPlan
  #commits = 0
  #reads = 0

  constructor(store: Store, plan: FaultPlan) {
    this.#store = store
    this.#plan = plan
  }

  async read(prefix: string): Promise<Result<Snapshot, StoreFailure>> {
    this.#reads += 1
    if (this.#plan.read?.(this.#reads, prefix) === true) return refuse(planned(`read ${this.#reads}`))
    return this.#store.read(prefix)
  }

  async commit(transaction: Transaction): Promise<Result<Revision, StoreFailure>> {
    this.#commits += 1
    const number = this.#commits
    const fault = this.#plan.commit?.(number, transaction) ?? { kind: 'none' }
    switch (fault.kind) {
      case 'none':
        return this.#store.commit(transaction)
      case 'unavailable':
        return refuse(planned(`commit ${number}`))
      case 'answer_lost': {
        const result = await this.#store.commit(transaction)
        return result.ok ? refuse(planned(`the answer to commit ${number}`)) : result
      }
      case 'conflict':
        return refuse({ kind: 'conflict', key: fault.key })
      default:
        return assertNever(fault)
    }
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Result<Change, StoreFailure>> {
    return this.#store.watch(prefix, after, signal)
  }

  compact(upTo: Revision): Promise<Result<undefined, StoreFailure>> {
    return this.#store.compact(upTo)
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

function planned(what: string): StoreFailure {
  return { kind: 'unavailable', message: `${what} failed by plan` }
}

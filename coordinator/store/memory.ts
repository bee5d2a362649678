import type { Change, Entry, Snapshot, Store, StoreFailure, Transaction } from '../ports.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type History, Waiting, follow } from './follow.ts'
import { assertWritable, compareKeys } from './keys.ts'

export type MemoryOptions = {
  /** The newest changes that stay watchable; 100,000 where not given. */
  readonly historyLimit?: number
}

/**
 * A database in memory, for tests and simulations: no clock, no I/O, the same order every time. Any number of
 * stores may be open on it, like clients of a server; what is committed outlives them.
 */
export class MemoryDatabase {
  readonly #historyLimit: number
  readonly #entries = new Map<string, Entry>()
  #history: Change[] = []
  #revision = revision(0)
  #compacted = revision(0)
  readonly #waiting = new Waiting()

  constructor(options: MemoryOptions = {}) {
    this.#historyLimit = options.historyLimit ?? 100_000
  }

  open(): Store {
    return new MemoryStore(this, this.#waiting)
  }

  revision(): Revision {
    return this.#revision
  }

  compacted(): Revision {
    return this.#compacted
  }

  read(prefix: string): Snapshot {
    const entries = Array.from(this.#entries.values())
      .filter((entry) => entry.key.startsWith(prefix))
      .toSorted((left, right) => compareKeys(left.key, right.key))
    return { revision: this.#revision, compacted: this.#compacted, entries }
  }

  commit(transaction: Transaction): Result<Revision, StoreFailure> {
    for (const { key, revision: expected } of transaction.guard) {
      if ((this.#entries.get(key)?.revision ?? 0) !== expected) return refuse({ kind: 'conflict', key })
    }
    for (const { key, value } of transaction.writes) {
      this.#revision = revision(this.#revision + 1)
      this.#history.push({ key, value, revision: this.#revision })
      if (value === null) this.#entries.delete(key)
      else this.#entries.set(key, { key, value, revision: this.#revision })
    }
    this.compact(revision(Math.max(0, this.#revision - this.#historyLimit)))
    this.#waiting.wake()
    return ok(this.#revision)
  }

  compact(upTo: Revision): void {
    if (upTo <= this.#compacted) return
    const reached = revision(Math.min(upTo, this.#revision))
    this.#history = this.#history.slice(reached - this.#compacted)
    this.#compacted = reached
  }

  changes(prefix: string, after: Revision, upTo: Revision): readonly Change[] {
    return this.#history
      .slice(after - this.#compacted, upTo - this.#compacted)
      .filter((change) => change.key.startsWith(prefix))
  }
}

export function memoryStore(options: MemoryOptions = {}): Store {
  return new MemoryDatabase(options).open()
}

const CLOSED: StoreFailure = { kind: 'unavailable', message: 'the store in memory is closed' }

class MemoryStore implements Store {
  readonly #database: MemoryDatabase
  readonly #waiting: Waiting
  readonly #history: History
  #closed = false

  constructor(database: MemoryDatabase, waiting: Waiting) {
    this.#database = database
    this.#waiting = waiting
    this.#history = {
      revision: () => database.revision(),
      compacted: () => database.compacted(),
      changes: (prefix, after, upTo) => (this.#closed ? refuse(CLOSED) : ok(database.changes(prefix, after, upTo))),
      pageEnd: () => database.revision(),
      pause: () => Promise.resolve(),
    }
  }

  async read(prefix: string): Promise<Result<Snapshot, StoreFailure>> {
    return this.#closed ? refuse(CLOSED) : ok(this.#database.read(prefix))
  }

  async commit(transaction: Transaction): Promise<Result<Revision, StoreFailure>> {
    assertWritable(transaction)
    return this.#closed ? refuse(CLOSED) : this.#database.commit(transaction)
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Result<Change, StoreFailure>> {
    return follow(this.#history, this.#waiting, { prefix, after, signal })
  }

  async compact(upTo: Revision): Promise<Result<undefined, StoreFailure>> {
    if (this.#closed) return refuse(CLOSED)
    this.#database.compact(upTo)
    return ok()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.wake()
  }
}

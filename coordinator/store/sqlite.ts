import { resolve } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { Change, Comparison, Snapshot, Store, StoreFailure, Transaction, Write } from '../ports.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type History, Waiting, follow } from './follow.ts'
import { assertWritable, keyRange } from './keys.ts'
import { backupTo } from './sqlite_backup.ts'
import { failureOf, isFull, unavailable } from './sqlite_failure.ts'
import { CommitLog, type Flush } from './sqlite_log.ts'
import { type OpenDatabase, openDatabase, refusals } from './sqlite_open.ts'
import { changeOf, checksum, entryOf, integer } from './sqlite_rows.ts'

export type SqliteOptions = {
  /** Where `billet.db` is kept; made with mode 0700 where missing. */
  readonly directory: string
  /** The newest changes that stay watchable; 100,000 where not given. */
  readonly historyLimit?: number
  /** What makes commits durable; the write-ahead log's own flush where not given. */
  readonly log?: Flush
}

/** One embedded database, held by this process alone. */
export interface SqliteStore extends Store {
  /** The database file. */
  readonly path: string
  /**
   * Copies the database as of one revision into a new file (mode 0600), while commits go on; answers that
   * revision. To restore: stop the coordinator, remove `billet.db` and `billet.db-wal`, put the copy in place.
   */
  backup(path: string): Promise<Result<Revision, StoreFailure>>
}

/** Revisions that a watch reads at once. */
const PAGE = 256
/** Changes that are forgotten at once: few enough for a pause of milliseconds. */
const SLICE = 2_000

/**
 * Opens, checks and where needed migrates the database. Refused with `locked`, `corrupt`, `too_new` or
 * `unavailable`, each naming the file and what to do.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Result<SqliteStore, StoreFailure>> {
  const opened = openDatabase(options.directory)
  if (!opened.ok) return opened
  const { database, path } = opened.value
  // Its statements do not fit a schema that is damaged.
  const log = options.log ?? new CommitLog(path)
  const store = refusals(path, () => ok(new OpenSqliteStore(opened.value, options.historyLimit ?? 100_000, log)))
  if (!store.ok) database.close()
  return store
}

class Statements {
  readonly begin: StatementSync
  readonly commit: StatementSync
  readonly rollback: StatementSync
  readonly set: StatementSync
  readonly remove: StatementSync
  readonly append: StatementSync
  readonly revisionOf: StatementSync
  readonly entries: StatementSync
  readonly changes: StatementSync
  readonly forget: StatementSync
  readonly compacted: StatementSync

  constructor(database: DatabaseSync) {
    const within = 'key >= :from AND (:below IS NULL OR key < :below)'
    this.begin = database.prepare('BEGIN IMMEDIATE')
    this.commit = database.prepare('COMMIT')
    this.rollback = database.prepare('ROLLBACK')
    this.set = database.prepare(
      `INSERT INTO entries (key, value, revision, checksum) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, revision = excluded.revision, checksum = excluded.checksum`,
    )
    this.remove = database.prepare('DELETE FROM entries WHERE key = ?')
    this.append = database.prepare('INSERT INTO history (revision, key, value, checksum) VALUES (?, ?, ?, ?)')
    this.revisionOf = database.prepare('SELECT revision FROM entries WHERE key = ?')
    this.entries = database.prepare(`SELECT key, value, revision, checksum FROM entries WHERE ${within} ORDER BY key`)
    this.changes = database.prepare(
      `SELECT revision, key, value, checksum FROM history
        WHERE revision > :after AND revision <= :upTo AND ${within} ORDER BY revision`,
    )
    this.forget = database.prepare('DELETE FROM history WHERE revision <= ?')
    this.compacted = database.prepare("UPDATE meta SET value = ? WHERE name = 'compacted'")
  }
}

class OpenSqliteStore implements SqliteStore {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #historyLimit: number
  readonly #waiting = new Waiting()
  readonly #history: History
  readonly #backups = new Set<Promise<unknown>>()
  readonly #log: Flush
  #turn: Promise<unknown> = Promise.resolve()
  #revision: Revision
  #compacted: Revision
  /** Set for good when the file can no longer be trusted, and when the store is closed. */
  #ended: StoreFailure | undefined

  constructor({ database, path, position }: OpenDatabase, historyLimit: number, log: Flush) {
    this.path = path
    this.#database = database
    this.#statements = new Statements(database)
    this.#historyLimit = historyLimit
    this.#log = log
    this.#revision = position.revision
    this.#compacted = position.compacted
    this.#history = {
      revision: () => this.#revision,
      compacted: () => this.#compacted,
      changes: (prefix, after, upTo) => this.#changes(prefix, after, upTo),
      pageEnd: (after) => revision(Math.min(this.#revision, after + PAGE)),
      pause: () => setImmediate(),
    }
  }

  async read(prefix: string): Promise<Result<Snapshot, StoreFailure>> {
    return this.#inTurn(async () =>
      this.#attempt(() => {
        const entries = this.#statements.entries.all(keyRange(prefix)).map(entryOf)
        return { revision: this.#revision, compacted: this.#compacted, entries }
      }),
    )
  }

  /** One after the other: what is not durable yet is nothing to read, or to build upon. */
  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #sync(): Promise<Result<undefined, StoreFailure>> {
    try {
      await this.#log.sync()
      return ok()
    } catch (error) {
      // The transaction counts as written: whether it is on the disk is known only after opening again.
      const detail = error instanceof Error ? error.message : String(error)
      this.#ended = unavailable(`${this.path} cannot be synced (${detail}): look at the disk, then start again`)
      return refuse(this.#ended)
    }
  }

  async commit(transaction: Transaction): Promise<Result<Revision, StoreFailure>> {
    assertWritable(transaction)
    return this.#inTurn(() => this.#commit(transaction))
  }

  async #commit(transaction: Transaction): Promise<Result<Revision, StoreFailure>> {
    const committed = this.#transact(() => {
      const broken = this.#broken(transaction.guard)
      if (broken !== undefined) return refuse<StoreFailure>({ kind: 'conflict', key: broken.key })
      return ok(this.#write(transaction.writes))
    })
    if (!committed.ok) return committed
    const synced = await this.#sync()
    if (!synced.ok) return synced
    this.#revision = committed.value
    this.#waiting.wake()
    // Not part of the commit: that is durable already, and a failure is tried again with a later one.
    if (this.#revision - this.#compacted >= this.#historyLimit + SLICE) {
      this.#forget(revision(Math.min(this.#revision - this.#historyLimit, this.#compacted + 2 * SLICE)))
    }
    return committed
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Result<Change, StoreFailure>> {
    return follow(this.#history, this.#waiting, { prefix, after, signal })
  }

  async compact(upTo: Revision): Promise<Result<undefined, StoreFailure>> {
    const target = Math.min(upTo, this.#revision)
    while (this.#compacted < target) {
      const forgotten = this.#forget(revision(Math.min(target, this.#compacted + SLICE)))
      if (!forgotten.ok) return forgotten
      await setImmediate()
    }
    return this.#ended === undefined ? ok() : refuse(this.#ended)
  }

  async backup(path: string): Promise<Result<Revision, StoreFailure>> {
    if (this.#ended !== undefined) return refuse(this.#ended)
    const running = backupTo(this.#database, resolve(path))
    this.#backups.add(running)
    try {
      return await running
    } finally {
      this.#backups.delete(running)
    }
  }

  async close(): Promise<void> {
    this.#ended = unavailable(`${this.path} is closed`)
    this.#waiting.wake()
    await Promise.allSettled([this.#turn, ...this.#backups])
    await this.#log.close()
    if (this.#database.isOpen) this.#database.close()
  }

  #broken(guard: readonly Comparison[]): Comparison | undefined {
    return guard.find(({ key, revision: expected }) => {
      const row = this.#statements.revisionOf.get(key)
      return (row === undefined ? 0 : integer(row, 'revision')) !== expected
    })
  }

  #write(writes: readonly Write[]): Revision {
    const { set, remove, append } = this.#statements
    const newest = new Map(writes.map(({ key }, index) => [key, index]))
    let last = this.#revision
    for (const [index, { key, value }] of writes.entries()) {
      last = revision(last + 1)
      const sum = checksum(key, value, last)
      append.run(last, key, value, sum)
      // What is written over in the same transaction nobody can read.
      if (newest.get(key) !== index) continue
      if (value === null) remove.run(key)
      else set.run(key, value, last, sum)
    }
    return last
  }

  #forget(upTo: Revision): Result<undefined, StoreFailure> {
    const forgotten = this.#transact(() => {
      this.#statements.forget.run(upTo)
      this.#statements.compacted.run(upTo)
      return ok()
    })
    if (forgotten.ok) this.#compacted = upTo
    return forgotten
  }

  #changes(prefix: string, after: Revision, upTo: Revision): Result<readonly Change[], StoreFailure> {
    return this.#attempt(() => {
      if (after >= upTo) return []
      return this.#statements.changes.all({ ...keyRange(prefix), after, upTo }).map(changeOf)
    })
  }

  /** All of `work` or nothing; durable once the log is synced. */
  #transact<Value>(work: () => Result<Value, StoreFailure>): Result<Value, StoreFailure> {
    const attempted = this.#attempt(() => {
      try {
        this.#statements.begin.run()
        const result = work()
        if (result.ok) this.#statements.commit.run()
        return result
      } finally {
        if (this.#database.isTransaction) this.#statements.rollback.run()
      }
    })
    return attempted.ok ? attempted.value : attempted
  }

  #attempt<Value>(work: () => Value): Result<Value, StoreFailure> {
    if (this.#ended !== undefined) return refuse(this.#ended)
    try {
      return ok<Value>(work())
    } catch (error) {
      const failure = failureOf(error, this.path)
      if (failure === undefined) throw error
      // After a failed flush the kernel may have dropped the data and call the next flush a success: what is on
      // the disk is known only after opening again. A full disk is told before anything counts as written.
      if (!isFull(error)) this.#ended = failure
      return refuse(failure)
    }
  }
}

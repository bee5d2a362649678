import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Change, Entry, Snapshot, Store, StoreFailure, Transaction } from '../ports.ts'
import { failureOf } from './sqlite_failure.ts'
import { migrate } from './migrations/index.ts'

export type SqliteOptions = {
  /** The database file; made where there is none. */
  readonly path: string
  /** Newest changes that are kept for watchers. */
  readonly historyKept: number
}

/** Changes read at once for a watcher. */
const PAGE = 500
/** History is trimmed when it exceeds what is kept by this many. */
const TRIM_SLACK = 5_000

/** The embedded store: one file, write-ahead logging, synced at every commit, held by one process at a time. */
export function openSqlite(options: SqliteOptions): Result<Store, StoreFailure> {
  const isNew = !existsSync(options.path)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(options.path)
    if (isNew) chmodSync(options.path, 0o600)
    // Before anything else reads: from the first read on, the lock is this process's until it ends.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec('BEGIN EXCLUSIVE; COMMIT')
    const sound = checkPages(database, options.path)
    const migrated = sound.ok ? migrate(database, options.path) : sound
    if (migrated.ok) return ok(new SqliteStore(database, options))
    database.close()
    return migrated
  } catch (error) {
    database?.close()
    return refuse(failureOf(error, options.path))
  }
}

function checkPages(database: DatabaseSync, path: string): Result<undefined, StoreFailure> {
  const row = database.prepare('PRAGMA quick_check(1)').get()
  const verdict = String(row?.quick_check ?? 'no answer')
  if (verdict === 'ok') return ok()
  const message = `${path} is damaged (${verdict}); restore it from a backup, or move it away to begin anew`
  return refuse({ kind: 'corrupt', message })
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync
  readonly #options: SqliteOptions
  readonly #put: StatementSync
  readonly #remove: StatementSync
  readonly #record: StatementSync
  readonly #revisionOf: StatementSync
  readonly #historyAfter: StatementSync
  #revision: number
  #compacted: number
  #waiting = new Set<() => void>()
  #closed = false

  constructor(database: DatabaseSync, options: SqliteOptions) {
    this.#database = database
    this.#options = options
    this.#put = database.prepare(
      'INSERT INTO entries (key, value, revision) VALUES (?, ?, ?) ' +
        'ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision',
    )
    this.#remove = database.prepare('DELETE FROM entries WHERE key = ?')
    this.#record = database.prepare('INSERT INTO history (revision, key, value) VALUES (?, ?, ?)')
    this.#revisionOf = database.prepare('SELECT revision FROM entries WHERE key = ?')
    this.#historyAfter = database.prepare(
      'SELECT revision, key, value FROM history WHERE revision > ? ORDER BY revision LIMIT ?',
    )
    this.#revision = this.#counter('revision')
    this.#compacted = this.#counter('compacted')
  }

  #counter(name: string): number {
    return Number(this.#database.prepare('SELECT value FROM counters WHERE name = ?').get(name)?.value ?? 0)
  }

  #setCounter(name: string, value: number): void {
    this.#database.prepare('UPDATE counters SET value = ? WHERE name = ?').run(value, name)
  }

  async read(prefix: string): Promise<Result<Snapshot, StoreFailure>> {
    return this.#guarded(() => {
      const rows = this.#database
        .prepare('SELECT key, value, revision FROM entries WHERE substr(key, 1, ?) = ? ORDER BY key')
        .all(prefix.length, prefix)
      const entries: Entry[] = rows.map(({ key, value, revision: at }) => ({
        key: String(key),
        value: String(value),
        revision: revision(Number(at)),
      }))
      return ok({ revision: revision(this.#revision), compacted: revision(this.#compacted), entries })
    })
  }

  async commit({ guard, writes }: Transaction): Promise<Result<Revision, StoreFailure>> {
    const committed = this.#guarded((): Result<Revision, StoreFailure> => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        for (const { key, revision: expected } of guard) {
          if (Number(this.#revisionOf.get(key)?.revision ?? 0) === expected) continue
          this.#database.exec('ROLLBACK')
          return refuse({ kind: 'conflict', key })
        }
        const last = this.#write(writes)
        this.#database.exec('COMMIT')
        this.#revision = last
        return ok(revision(last))
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
    if (committed.ok) {
      this.#trim()
      this.#wake()
    }
    return committed
  }

  #write(writes: Transaction['writes']): number {
    let at = this.#revision
    for (const { key, value } of writes) {
      at += 1
      if (value === null) this.#remove.run(key)
      else this.#put.run(key, value, at)
      this.#record.run(at, key, value)
    }
    this.#setCounter('revision', at)
    return at
  }

  #trim(): void {
    if (this.#revision - this.#compacted <= this.#options.historyKept + TRIM_SLACK) return
    this.#forget(this.#revision - this.#options.historyKept)
  }

  async compact(upTo: Revision): Promise<Result<undefined, StoreFailure>> {
    return this.#guarded(() => {
      this.#forget(Math.min(upTo, this.#revision))
      return ok()
    })
  }

  #forget(upTo: number): void {
    if (upTo <= this.#compacted) return
    this.#database.exec('BEGIN IMMEDIATE')
    this.#database.prepare('DELETE FROM history WHERE revision <= ?').run(upTo)
    this.#setCounter('compacted', upTo)
    this.#database.exec('COMMIT')
    this.#compacted = upTo
  }

  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Result<Change, StoreFailure>> {
    let seen: number = after
    while (!signal.aborted && !this.#closed) {
      if (seen < this.#compacted) {
        yield refuse({ kind: 'compacted', after: revision(seen), oldest: revision(this.#compacted) })
        return
      }
      const page = this.#guarded(() => ok(this.#historyAfter.all(seen, PAGE)))
      if (!page.ok) {
        yield page
        return
      }
      for (const row of page.value) {
        seen = Number(row.revision)
        const key = String(row.key)
        if (!key.startsWith(prefix)) continue
        yield ok({ key, value: row.value === null ? null : String(row.value), revision: revision(seen) })
      }
      if (page.value.length === 0) await this.#next(signal)
    }
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }

  #guarded<Value>(act: () => Result<Value, StoreFailure>): Result<Value, StoreFailure> {
    try {
      return act()
    } catch (error) {
      return refuse(failureOf(error, this.#options.path))
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#wake()
    this.#database.close()
  }
}

import type { DatabaseSync } from 'node:sqlite'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import type { StoreFailure } from '../../ports.ts'

/** The form of the database, step by step: forward only, never changed once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE history (revision INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT) STRICT;
   CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO counters (name, value) VALUES ('revision', 0), ('compacted', 0);`,
]

/** Brings a database up to this program's form, in one transaction. */
export function migrate(database: DatabaseSync, path: string): Result<undefined, StoreFailure> {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (version > MIGRATIONS.length) {
    const message = `${path} has form ${version}, and this program knows up to ${MIGRATIONS.length}; run a newer one`
    return refuse({ kind: 'too_new', message })
  }
  if (version === MIGRATIONS.length) return ok()
  database.exec('BEGIN IMMEDIATE')
  for (const step of MIGRATIONS.slice(version)) database.exec(step)
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`)
  return ok()
}

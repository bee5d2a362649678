import type { DatabaseSync } from 'node:sqlite'
import { assert } from '../../../shared/model/result.ts'
import { initial } from './0001_initial.ts'
import type { Migration } from './migration.ts'

export const MIGRATIONS: readonly Migration[] = [initial]

/** The newest schema that this program knows. */
export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

/** Takes a database from its version to the newest, each step whole or not at all. */
export function migrate(database: DatabaseSync, from: number, migrations: readonly Migration[]): void {
  migrations.forEach((migration, index) => {
    assert(migration.version === index + 1, `migration ${index + 1} calls itself ${migration.version}`)
    if (migration.version <= from) return
    database.exec('BEGIN IMMEDIATE')
    try {
      database.exec(migration.sql)
      database.exec(`PRAGMA user_version = ${migration.version}`)
      database.exec('COMMIT')
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK')
    }
  })
}

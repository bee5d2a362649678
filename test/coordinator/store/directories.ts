import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type SqliteOptions, type SqliteStore, openSqliteStore } from '../../../coordinator/store/sqlite.ts'
import { value } from './contract.ts'

/** A directory of this test's own, removed at its end. */
export async function temporary(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'billet-store-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export async function openIn(t: ExecutionContext, options: SqliteOptions): Promise<SqliteStore> {
  const store = value(t, await openSqliteStore(options))
  t.teardown(() => store.close())
  return store
}

/** How opening is refused; of kind 'opened' where it is not. */
export async function refusal(directory: string): Promise<{ kind: string; message: string }> {
  const opened = await openSqliteStore({ directory })
  if (opened.ok) {
    await opened.value.close()
    return { kind: 'opened', message: '' }
  }
  const { error } = opened
  return { kind: error.kind, message: 'message' in error ? error.message : '' }
}

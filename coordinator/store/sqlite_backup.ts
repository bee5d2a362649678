import { randomBytes } from 'node:crypto'
import { closeSync, linkSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, backup } from 'node:sqlite'
import type { StoreFailure } from '../ports.ts'
import type { Revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { failureOf, unavailable } from './sqlite_failure.ts'
import { hostCode, positionOf, sentenceOf, syncDirectory } from './sqlite_open.ts'

/** Pages that are copied between two commits. */
const PAGES_PER_STEP = 64
const ATTEMPTS = 10

/**
 * Copies a database that is in use into a new file, which appears whole or not at all; answers the revision that
 * the copy has.
 */
export async function backupTo(database: DatabaseSync, path: string): Promise<Result<Revision, StoreFailure>> {
  const draft = `${path}.new-${randomBytes(6).toString('hex')}`
  try {
    // Made first, since SQLite would make it readable for others.
    closeSync(openSync(draft, 'wx', 0o600))
    await copyPages(database, draft)
    const copied = settle(draft)
    if (!copied.ok) return copied
    linkSync(draft, path)
    syncDirectory(dirname(path))
    return copied
  } catch (error) {
    const failure = failureOf(error, path)
    if (failure !== undefined) return refuse(failure)
    const code = hostCode(error)
    if (code === undefined) throw error
    const reason = code === 'EEXIST' ? 'there is such a file already' : sentenceOf(code)
    return refuse(unavailable(`the backup ${path} cannot be written: ${reason}`))
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true })
  }
}

/**
 * The copying thread shares its connection with our commits, and asks it for its error after another commit has
 * cleared it: it then fails with "not an error". The copy is begun anew.
 */
async function copyPages(database: DatabaseSync, path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await backup(database, path, { rate: PAGES_PER_STEP })
      return
    } catch (error) {
      const isCleared = error instanceof Error && 'errcode' in error && error.errcode === 0
      if (!isCleared || attempt === ATTEMPTS) throw error
    }
  }
}

/** Makes the copy one file that needs no log beside it, and looks at it once. */
function settle(path: string): Result<Revision, StoreFailure> {
  const copy = new DatabaseSync(path)
  try {
    copy.exec('PRAGMA journal_mode = DELETE')
    const position = positionOf(copy, path)
    return position.ok ? ok(position.value.revision) : position
  } finally {
    copy.close()
  }
}

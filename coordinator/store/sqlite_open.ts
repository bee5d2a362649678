import { randomBytes } from 'node:crypto'
import { closeSync, constants, accessSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import type { StoreFailure } from '../ports.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { MIGRATIONS, migrate, newestVersion } from './migrations/migrate.ts'
import type { Migration } from './migrations/migration.ts'
import { corrupt, failureOf, sqliteCode, unavailable } from './sqlite_failure.ts'
import { integer } from './sqlite_rows.ts'

const FILE_NAME = 'billet.db'
/** Marks the file as Billet's: "Bllt". */
const APPLICATION_ID = 0x426c6c74
/** Long enough for a coordinator that is just ending, short enough not to hold up a start. */
const LOCK_WAIT_MS = 250
/** 64 MiB of log between checkpoints: what many commits touch is then synced once, and it is still read in a moment. */
const CHECKPOINT_PAGES = 16_000
const PAGE_BYTES = 4_096

export type OpenDatabase = {
  readonly database: DatabaseSync
  readonly path: string
  readonly position: Position
}

/**
 * Opens the database of a data directory, makes both where there are none, and holds it alone. The lock is the
 * kernel's on the file, so it ends with the process, however that ends.
 */
export function openDatabase(
  dataDirectory: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Result<OpenDatabase, StoreFailure> {
  const directory = resolve(dataDirectory)
  const path = join(directory, FILE_NAME)
  const prepared = refusals(path, () => {
    const refused = prepareDirectory(directory) ?? prepareFile(path, migrations)
    return refused === undefined ? ok() : refuse(refused)
  })
  if (!prepared.ok) return prepared
  return refusals(path, () => openExisting(path, migrations))
}

function openExisting(path: string, migrations: readonly Migration[]): Result<OpenDatabase, StoreFailure> {
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS })
  let kept = false
  try {
    // Before anything else touches the file: SQLite then keeps its log's index in its own memory and lets nobody in.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    database.exec('PRAGMA journal_mode = WAL')
    // The log is synced by the store itself, beside other work and before anybody is answered (sqlite_log.ts).
    database.exec('PRAGMA synchronous = NORMAL')
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    database.exec('PRAGMA journal_size_limit = 67108864')
    // The lock is taken by the first transaction only.
    database.exec('BEGIN IMMEDIATE; COMMIT')
    const refused = inspect(database, path, migrations)
    if (refused !== undefined) return refuse(refused)
    migrate(database, pragma(database, 'user_version'), migrations)
    const position = positionOf(database, path)
    if (!position.ok) return position
    kept = true
    return ok({ database, path, position: position.value })
  } finally {
    if (!kept) database.close()
  }
}

/** Everything that must hold before a byte is changed. */
function inspect(database: DatabaseSync, path: string, migrations: readonly Migration[]): StoreFailure | undefined {
  const newest = newestVersion(migrations)
  if (pragma(database, 'application_id') !== APPLICATION_ID) return corrupt(path, 'it is not a database of Billet')
  const version = pragma(database, 'user_version')
  if (version > newest) {
    return {
      kind: 'too_new',
      message: `${path} has schema version ${version}, this program knows up to ${newest}: run a newer billet`,
    }
  }
  const problems = database.prepare('PRAGMA integrity_check(3)').all()
  const found = problems.map((row) => String(row['integrity_check'])).join('; ')
  return found === 'ok' ? undefined : corrupt(path, found.slice(0, 300))
}

export type Position = { readonly revision: Revision; readonly compacted: Revision }

/** Where the history begins and ends. It must have no gap: a lost row is told here, not missed by a watch. */
export function positionOf(database: DatabaseSync, path: string): Result<Position, StoreFailure> {
  const query = `
    SELECT (SELECT value FROM meta WHERE name = 'compacted') AS compacted,
      (SELECT count(*) FROM history) AS changes,
      (SELECT coalesce(min(revision), 0) FROM history) AS oldest,
      (SELECT coalesce(max(revision), 0) FROM history) AS newest,
      (SELECT coalesce(max(revision), 0) FROM entries) AS changed`
  const row = database.prepare(query).get()
  const compacted = integer(row, 'compacted')
  const changes = integer(row, 'changes')
  const last = compacted + changes
  const whole = changes === 0 || (integer(row, 'oldest') === compacted + 1 && integer(row, 'newest') === last)
  if (compacted < 0 || !whole || integer(row, 'changed') > last) {
    return refuse(corrupt(path, 'changes are missing from its history'))
  }
  return ok({ revision: revision(last), compacted: revision(compacted) })
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}

function prepareDirectory(directory: string): StoreFailure | undefined {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const found = statSync(directory)
  if ((found.mode & 0o027) !== 0) {
    return unavailable(
      `the data directory ${directory} is open to others (mode ${octal(found)}), expected 0700: chmod 700 ${directory}`,
    )
  }
  return refuseOwner(directory, found)
}

function prepareFile(path: string, migrations: readonly Migration[]): StoreFailure | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) {
    // SQLite would throw the log away, and with it the last of what was lost.
    if (statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined) {
      return corrupt(path, `it is missing although its log ${path}-wal is there`)
    }
    return createFile(path, migrations)
  }
  if (!found.isFile()) return unavailable(`${path} is not a file`)
  // A database is created whole, so an empty file once was more than that. SQLite would take it for a new one.
  if (found.size === 0) return corrupt(path, 'it is empty')
  // SQLite would fill the last page with zeros. With a log, that page may still be on its way out of it.
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  if (found.size % PAGE_BYTES !== 0 && (log === undefined || log.size === 0)) {
    return corrupt(path, `it ends within a page, at byte ${found.size}`)
  }
  if ((found.mode & 0o077) !== 0) {
    return unavailable(`${path} is open to others (mode ${octal(found)}), expected 0600: chmod 600 ${path}`)
  }
  // Not read here: closing a second descriptor of the file would drop SQLite's lock on it.
  accessSync(path, constants.R_OK | constants.W_OK)
  accessSync(dirname(path), constants.W_OK)
  return refuseOwner(path, found)
}

/** Fills a file beside the final name and links it there whole, so that no crash leaves half a database. */
function createFile(path: string, migrations: readonly Migration[]): StoreFailure | undefined {
  const draft = `${path}.new-${randomBytes(6).toString('hex')}`
  closeSync(openSync(draft, 'wx', 0o600))
  try {
    const database = new DatabaseSync(draft)
    try {
      database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA application_id = ${APPLICATION_ID}`)
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL')
      migrate(database, 0, migrations)
    } finally {
      database.close()
    }
    linkSync(draft, path)
  } catch (error) {
    // Another coordinator was faster: its database is the one to open.
    if (hostCode(error) !== 'EEXIST') throw error
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true })
  }
  syncDirectory(dirname(path))
  return undefined
}

/** A file's name is durable only when its directory is. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function refuseOwner(path: string, found: Stats): StoreFailure | undefined {
  const user = process.geteuid?.()
  if (user === undefined || found.uid === user) return undefined
  return unavailable(`${path} belongs to user ${found.uid}, but the coordinator runs as user ${user}`)
}

function octal(found: Stats): string {
  return (found.mode & 0o777).toString(8).padStart(4, '0')
}

/** The host's refusals to open or make files, and SQLite's, as values. */
export function refusals<Value>(path: string, work: () => Result<Value, StoreFailure>): Result<Value, StoreFailure> {
  try {
    return work()
  } catch (error) {
    const failure = failureOf(error, path)
    if (failure !== undefined) return refuse(failure)
    // Names that the schema lacks: its own table is damaged, since a migration cannot fail otherwise.
    if (sqliteCode(error) !== undefined) return refuse(corrupt(path, error instanceof Error ? error.message : ''))
    const code = hostCode(error)
    if (code === undefined) throw error
    return refuse(unavailable(`the database ${path} cannot be opened for writing: ${sentenceOf(code)}`))
  }
}

export function hostCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function sentenceOf(code: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `no permission (${code})`
    case 'EROFS':
      return 'the file system is read-only (EROFS)'
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk is full (${code})`
    case 'ENOTDIR':
    case 'EEXIST':
      return `a part of the path is not a directory (${code})`
    default:
      return code
  }
}

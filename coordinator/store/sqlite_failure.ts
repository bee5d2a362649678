import type { StoreFailure } from '../ports.ts'

/** Thrown where a row is not what was written; nobody outside this folder sees it. */
export class DamagedRow extends Error {
  override readonly name = 'DamagedRow'
}

// SQLite's primary result codes.
const PERM = 3
const BUSY = 5
const LOCKED = 6
const NOMEM = 7
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOLFS = 22
const NOTADB = 26
/** An extended code: the file system itself says that it is damaged. */
const IOERR_CORRUPTFS = 8458

/** What the database may refuse, as a value; undefined where the error is a bug. */
export function failureOf(error: unknown, path: string): StoreFailure | undefined {
  if (error instanceof DamagedRow) return corrupt(path, error.message)
  const code = sqliteCode(error)
  if (code === undefined) return undefined
  const detail = error instanceof Error ? error.message : ''
  if (code === IOERR_CORRUPTFS) return corrupt(path, detail)
  switch (code & 0xff) {
    case CORRUPT:
    case NOTADB:
      return corrupt(path, detail)
    case BUSY:
    case LOCKED:
      return locked(path)
    case FULL:
      return unavailable(`the disk is full: no room to write to ${path}; nothing was written`)
    case READONLY:
    case PERM:
    case CANTOPEN:
      return unavailable(`${path} cannot be opened for writing (${detail})`)
    case IOERR:
      return unavailable(`${path} cannot be read or written (${detail}): look at the disk, then start again`)
    case NOMEM:
    case NOLFS:
      return unavailable(`${path} cannot be used now (${detail})`)
    default:
      return undefined
  }
}

/** SQLite's extended result code, where the error is SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

/** No room: told before anything counts as written, and gone once there is room. */
export function isFull(error: unknown): boolean {
  const code = sqliteCode(error)
  return code !== undefined && (code & 0xff) === FULL
}

export function unavailable(message: string): StoreFailure {
  return { kind: 'unavailable', message }
}

export function corrupt(path: string, detail: string): StoreFailure {
  return {
    kind: 'corrupt',
    message:
      `${path} is damaged: ${detail}. Keep a copy of it and of ${path}-wal, remove both, ` +
      'and put the newest backup in place',
  }
}

export function locked(path: string): StoreFailure {
  return {
    kind: 'locked',
    message: `${path} is in use by another process; only one coordinator may run on a data directory`,
  }
}

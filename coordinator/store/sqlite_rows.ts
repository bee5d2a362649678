import type { SQLOutputValue } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import type { Change, Entry } from '../ports.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { DamagedRow } from './sqlite_failure.ts'

export type Row = Record<string, SQLOutputValue>

/** Ties a value to its key and revision: SQLite's own check does not look inside values. */
export function checksum(key: string, value: string | null, at: Revision): number {
  return value === null ? crc32(`${at} removed ${key}`) : crc32(value, crc32(`${at} ${key}`))
}

export function entryOf(row: Row): Entry {
  const change = changeOf(row)
  if (change.value === null) throw new DamagedRow(`the record ${JSON.stringify(change.key)} has no value`)
  return { key: change.key, value: change.value, revision: change.revision }
}

export function changeOf(row: Row): Change {
  const { key, value } = row
  const at = integer(row, 'revision')
  const valid = typeof key === 'string' && (value === null || typeof value === 'string') && at >= 0
  if (!valid) throw new DamagedRow(`a record of revision ${at} is malformed`)
  const stored = revision(at)
  if (checksum(key, value, stored) !== integer(row, 'checksum')) {
    throw new DamagedRow(`the record ${JSON.stringify(key)} of revision ${at} does not match its checksum`)
  }
  return { key, value, revision: stored }
}

export function integer(row: Row | undefined, column: string): number {
  const value = row?.[column]
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new DamagedRow(`${column} is not a whole number`)
}

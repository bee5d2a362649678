import type { StoreFailure } from '../ports.ts'

/** SQLite's primary result codes that a coordinator can tell its operator something about. */
const SENTENCES: ReadonlyMap<number, (path: string) => StoreFailure> = new Map<number, (path: string) => StoreFailure>([
  [5, (path) => ({ kind: 'locked', message: `${path} is held by another coordinator; end it first` })],
  [8, (path) => ({ kind: 'unavailable', message: `${path} is read-only; make it and its directory writable` })],
  [10, (path) => ({ kind: 'unavailable', message: `${path} cannot be read or written: the disk fails` })],
  [11, (path) => ({ kind: 'corrupt', message: `${path} is damaged; restore it from a backup` })],
  [13, (path) => ({ kind: 'unavailable', message: `the disk that holds ${path} is full; make room` })],
  [14, (path) => ({ kind: 'unavailable', message: `${path} cannot be opened; see its directory and its rights` })],
  [26, (path) => ({ kind: 'corrupt', message: `${path} is no database; restore it from a backup, or move it away` })],
])

/** What an exception of node:sqlite means for the store; anything that it does not know is a bug and goes on. */
export function failureOf(error: unknown, path: string): StoreFailure {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') {
    const known = SENTENCES.get(error.errcode & 0xff)
    return known?.(path) ?? { kind: 'unavailable', message: `${path}: ${error.message}` }
  }
  throw error
}

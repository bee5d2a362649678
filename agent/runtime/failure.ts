import type { Fault } from '../../shared/model/run.ts'
import type { RuntimeFailure } from './types.ts'

/** Whose fault each failure is. A program that is missing here may be there elsewhere: the coordinator compares. */
export const faults = {
  invalid_task: 'task',
  task_not_found: 'task',
  task_not_executable: 'task',
  cwd_not_found: 'task',
  user_not_allowed: 'task',
  disk_full: 'machine',
  log_disk_full: 'machine',
  cgroup_failed: 'machine',
  io_failed: 'machine',
  not_prepared: 'machine',
  already_started: 'machine',
  spawn_failed: 'machine',
  still_alive: 'machine',
  unknown_placement: 'machine',
} as const satisfies Readonly<Record<RuntimeFailure['kind'], Fault>>

const FULL = new Set(['ENOSPC', 'EDQUOT'])

export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? text
}

/** Names a failed file operation; `full` is what a full disk is called there. */
export function fileFailure(error: unknown, full: 'disk_full' | 'log_disk_full'): RuntimeFailure {
  const code = errorCode(error)
  if (code !== null && FULL.has(code)) return { kind: full, sentence: `no space left on the disk: ${oneLine(error)}` }
  return { kind: 'io_failed', sentence: oneLine(error) }
}

import type { RuntimeFailure } from './types.ts'

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

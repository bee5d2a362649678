import type { Instant, Milliseconds } from './time.ts'

/** One program, run once on each of some machines. */
export type CommandSpec = {
  /** Never seen by a shell, unless `shell` says that it is one line for /bin/sh. */
  readonly argv: readonly string[]
  readonly shell: boolean
  /** User on the machine, by name or number; null for the agent's own. */
  readonly runAs: string | null
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin: Uint8Array
  readonly timeout: Milliseconds
  /** Per output. What exceeds it is counted and dropped. */
  readonly outputBytesMax: number
}

export type CommandState =
  | 'pending'
  | 'running'
  | 'exited'
  | 'timed_out'
  | 'cancelled'
  | 'failed'
  | 'unreachable'
  | 'unknown'

export function commandIsOver(state: CommandState): boolean {
  return state !== 'pending' && state !== 'running'
}

/** Where a command stands on one machine. */
export type CommandProgress = {
  readonly state: CommandState
  /** One sentence where it did not simply exit. */
  readonly reason: string
  /** A signal n counts as 128 + n; null where none is known. */
  readonly exitCode: number | null
  readonly stdoutDroppedBytes: number
  readonly stderrDroppedBytes: number
  readonly startedAt: Instant | null
  readonly endedAt: Instant | null
}

/** Of a command of which nobody knows that it ran. */
export const UNSTARTED: Omit<CommandProgress, 'state' | 'reason'> = {
  exitCode: null,
  stdoutDroppedBytes: 0,
  stderrDroppedBytes: 0,
  startedAt: null,
  endedAt: null,
}

export type OutputStream = 'stdout' | 'stderr'

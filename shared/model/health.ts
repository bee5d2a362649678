import type { Instant } from './time.ts'

export type Severity = 'info' | 'warning' | 'critical'

/** A health finding that stands. */
export type Condition = {
  /** Stable word: "filesystem-nearly-full". */
  readonly id: string
  readonly severity: Severity
  /** One sentence for people. */
  readonly reason: string
  readonly since: Instant
  /** Whether the machine takes no placement while it stands. */
  readonly forbidsPlacement: boolean
}

import type { StopSignal } from './task.ts'
import { type Milliseconds, hours, milliseconds, minutes, seconds } from './time.ts'

/** What becomes of a workload when one of its machines is not heard of for longer than its lease. */
export type AbsencePolicy = {
  readonly onLost: 'wait' | 'replace' | 'fail'
  /** How long the machine may run it on without hearing from the coordinator, unless it waits. */
  readonly lease: Milliseconds
  /** Between when its run must be over and its replacement. */
  readonly margin: Milliseconds
}

/** Whether a workload is run again after it ended. */
export type RestartPolicy = {
  readonly when: 'never' | 'on_failure' | 'always'
  /** Restarts within the window, at most. */
  readonly attempts: number
  /** 0: for ever. */
  readonly window: Milliseconds
  /** Before the first restart; doubled with each within the window. */
  readonly backoff: Milliseconds
  /** What is run again when one rank ends. */
  readonly scope: 'gang' | 'rank'
}

/** Whether running workloads are stopped so that one of higher priority can start. */
export type Preemption = {
  /** It may have those of lower priority stopped that allow it. */
  readonly preempts: boolean
  /** It may be stopped for one of higher priority; it waits again then, and begins anew. */
  readonly preemptible: boolean
}

export const PREEMPTION: Preemption = { preempts: false, preemptible: false }

/** When a machine that fails what is placed on it is held back, and for how long. */
export type HoldBackPolicy = {
  /** So many workloads that failed there in a row; 0: never. */
  readonly after: number
  /** For the first time; doubled with each that follows without a run that went well in between. */
  readonly first: Milliseconds
}

export const HOLD_BACK: HoldBackPolicy = { after: 2, first: minutes(5) }

export type TimeLimit = {
  readonly limit: Milliseconds
  readonly warning: { readonly signal: StopSignal; readonly before: Milliseconds } | null
}

export const ABSENCE: AbsencePolicy = { onLost: 'wait', lease: seconds(60), margin: seconds(15) }

export const RESTART: RestartPolicy = {
  when: 'never',
  attempts: 3,
  window: hours(1),
  backoff: seconds(10),
  scope: 'gang',
}

export const POLICY_BOUNDS = {
  leaseLeast: seconds(10),
  leaseMost: hours(24),
  marginMost: hours(24),
  attemptsMost: 1000,
  windowMost: hours(24 * 365),
  backoffMost: minutes(10),
  timeLimitLeast: seconds(1),
  timeLimitMost: hours(24 * 3650),
} as const

/**
 * By how much a clock may be fast or slow against true time. Crystals are a thousand times better, but a clock that is
 * brought back to the true time is slewed: by up to 8.3 % with chrony as it comes.
 */
const DRIFT = 0.1

/** From the kill until nothing of a task is left, the watchdog's own delay included. */
export const KILL: Milliseconds = seconds(15)

/**
 * How long after an agent was last answered its run must be over, by any clock: the lease ends, the task is asked to
 * end, and is killed after its grace.
 */
export function overAfter(lease: Milliseconds, grace: Milliseconds): Milliseconds {
  return milliseconds(Math.ceil((lease + grace + KILL) / (1 - DRIFT)))
}

/** How long after it last answered an agent a coordinator may count, by its own clock, before it replaces the run. */
export function replaceAfter({ lease, margin }: AbsencePolicy, grace: Milliseconds): Milliseconds {
  return milliseconds(Math.ceil(overAfter(lease, grace) * (1 + DRIFT)) + margin)
}

/** The wait before a restart that comes after so many others. */
export function backoffAfter({ backoff }: RestartPolicy, restarts: number): Milliseconds {
  return milliseconds(Math.min(POLICY_BOUNDS.backoffMost, backoff * 2 ** Math.min(restarts, 30)))
}

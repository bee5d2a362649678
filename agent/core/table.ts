import type { RunState } from '../../shared/model/run.ts'

/** What the newest order means for the machine as it is. */
export type Wanted =
  /** No order was heard since the agent started. */
  | 'unknown'
  | 'idle'
  | 'prepare'
  | 'run'
  /** Another placement, under an epoch that is newer than this machine's. */
  | 'newer'
  /** No tenant, under an epoch that is newer than this machine's. */
  | 'newer_idle'

export type Action =
  | 'rest'
  /** Makes the newer epoch durable, and only then acts under it. */
  | 'take'
  | 'prepare'
  | 'start'
  | 'stop'
  /** Not started, and no longer wanted. */
  | 'abandon'
  | 'sanitise'
  /** As `sanitise`, once for each validation that is asked for. */
  | 'sanitise_again'
  /** Once for each validation that is asked for. */
  | 'validate'

const rest = 'rest' as const

/**
 * The run on a machine: what is done next in each state, by what is wanted. A newer epoch is taken up only from
 * states in which nobody is on the machine, so that two placements never meet.
 */
export const actions = {
  idle: { unknown: rest, idle: 'validate', prepare: rest, run: rest, newer: 'take', newer_idle: 'take' },
  preparing: {
    unknown: rest,
    idle: 'abandon',
    prepare: 'prepare',
    run: 'prepare',
    newer: 'abandon',
    newer_idle: 'abandon',
  },
  prepared: { unknown: rest, idle: 'abandon', prepare: rest, run: 'start', newer: 'abandon', newer_idle: 'abandon' },
  running: { unknown: rest, idle: 'stop', prepare: rest, run: rest, newer: 'stop', newer_idle: 'stop' },
  stopping: { unknown: 'stop', idle: 'stop', prepare: 'stop', run: 'stop', newer: 'stop', newer_idle: 'stop' },
  sanitising: {
    unknown: 'sanitise',
    idle: 'sanitise',
    prepare: 'sanitise',
    run: 'sanitise',
    newer: 'sanitise',
    newer_idle: 'sanitise',
  },
  // The task ended by itself, and the order that says so is on its way: its validation came along with the task.
  clean: {
    unknown: rest,
    idle: 'validate',
    prepare: 'validate',
    run: 'validate',
    newer: 'take',
    newer_idle: 'take',
  },
  dirty: {
    unknown: rest,
    idle: 'sanitise_again',
    prepare: rest,
    run: rest,
    newer: 'sanitise_again',
    newer_idle: 'take',
  },
} as const satisfies Readonly<Record<RunState, Readonly<Record<Wanted, Action>>>>

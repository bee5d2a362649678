import type { TaskOutcome } from '../../shared/model/run.ts'
import type { Sighting } from './observer.ts'

/** What the runtime has on record of a placement: it outlives the agent, and tells a reboot by the boot's number. */
export type RuntimeRecord = {
  readonly task: Sighting
  readonly boot: number
  /** Told apart from an earlier preparation, whose start may still be on its way. */
  readonly preparation: number
  readonly grace: number
  readonly isLeased: boolean
  stage: 'prepared' | 'fenced' | 'running' | 'ended'
  outcome: TaskOutcome | null
  /** When its lease ends, as its watchdog knows it, since the boot. */
  leaseUntil: number | null
}

import { type Milliseconds, milliseconds } from '../../shared/model/time.ts'

export type Rate = { readonly perSecond: number; readonly burst: number }

/** Debt that is worth waiting for: timers are too coarse to wait for a single message. */
const DEBT_MS = 50

/**
 * How fast one agent's messages are read. What comes faster is not read for a while, so it waits at the agent: the
 * one that talks too much slows itself down, and nobody else.
 */
export class Pace {
  readonly #rate: Rate
  #tokens: number
  #at: Milliseconds

  constructor(rate: Rate, now: Milliseconds) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Counts a message as so many, and says how long to wait before it is taken: mostly 0. */
  wait(now: Milliseconds, cost = 1): Milliseconds {
    const { perSecond, burst } = this.#rate
    const gained = (Math.max(0, now - this.#at) * perSecond) / 1000
    this.#tokens = Math.min(burst, this.#tokens + gained) - cost
    this.#at = now
    const debt = (-this.#tokens * 1000) / perSecond
    return milliseconds(debt >= DEBT_MS ? debt : 0)
  }
}

import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import { Pace } from './source.ts'

/**
 * Runs one slow reading after another, never two at once: a sensor on a hung bus or a mount of a dead server then
 * holds one thread of the pool, and its numbers go missing, but no beat ever waits.
 */
export class Rounds {
  readonly #clock: Clock
  readonly #every: Milliseconds
  readonly #pace: Pace
  readonly #round: () => Promise<void>
  #startedAt = 0
  #endedAt: number | null = null
  #running: Promise<void> | null = null

  /** @param round must not reject. */
  constructor(clock: Clock, every: Milliseconds, round: () => Promise<void>) {
    this.#clock = clock
    this.#every = every
    this.#pace = new Pace(clock, every)
    this.#round = round
  }

  /** Starts a round if one is due and none runs. */
  tick(): void {
    if (this.#running !== null || !this.#pace.due()) return
    this.#startedAt = this.#clock.monotonic()
    this.#running = this.#run()
  }

  /** Whether what the last round found may still be told. */
  get fresh(): boolean {
    return this.#endedAt !== null && this.#clock.monotonic() - this.#endedAt < this.#every * 3
  }

  /** Whether the round that runs has been running for so long that something must be hung. */
  get hung(): boolean {
    return this.#running !== null && this.#clock.monotonic() - this.#startedAt >= this.#every * 3
  }

  get running(): boolean {
    return this.#running !== null
  }

  /** When the round that runs has ended. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    try {
      await this.#round()
      this.#endedAt = this.#clock.monotonic()
    } finally {
      this.#running = null
    }
  }
}

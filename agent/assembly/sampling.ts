import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import { beatPhase, untilNextBeat } from '../telemetry/beat.ts'

/** Keeps the beat on which the machine is sampled. */
export class Beat {
  readonly #clock: Clock
  readonly #phase: number
  readonly #onBeat: () => void
  #period: Milliseconds
  #timer: NodeJS.Timeout | null = null

  constructor(clock: Clock, machine: string, period: Milliseconds, onBeat: () => void) {
    this.#clock = clock
    this.#phase = beatPhase(machine)
    this.#period = period
    this.#onBeat = onBeat
  }

  start(): void {
    this.#schedule()
  }

  /** A faster beat begins at once. */
  set period(period: Milliseconds) {
    if (period === this.#period) return
    this.#period = period
    if (this.#timer !== null) this.#schedule()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #schedule(): void {
    this.stop()
    this.#timer = setTimeout(
      () => {
        this.#schedule()
        this.#onBeat()
      },
      untilNextBeat(this.#clock.now(), this.#period, this.#phase),
    )
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../shared/model/time.ts'

/** How long one piece of work may keep everything else waiting at a time. */
const SLICE_MS = 4

/** Long work beside everything else: lets others go on every few milliseconds. */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic'>
  #began: number

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
    this.#began = clock.monotonic()
  }

  async give(): Promise<void> {
    if (this.#clock.monotonic() - this.#began < SLICE_MS) return
    await nextTurn()
    this.#began = this.#clock.monotonic()
  }
}

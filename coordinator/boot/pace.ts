import { type Milliseconds, milliseconds } from '../../shared/model/time.ts'

/** So much may be made up for that was not used in time: timers are coarse. */
const CREDIT_MS = 50

/** A rate that several share in turns: each piece has its time, and whoever asks first is served first. */
export class Pace {
  readonly #bytesPerMs: number
  #next = 0

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  /** Counts a piece, and says how long to wait before it is sent. */
  take(bytes: number, now: Milliseconds): Milliseconds {
    const at = Math.max(this.#next, now - CREDIT_MS)
    this.#next = at + bytes / this.#bytesPerMs
    return milliseconds(Math.max(0, at - now))
  }
}

import { type Milliseconds, milliseconds } from '../../shared/model/time.ts'

export type BackoffOptions = {
  readonly base: Milliseconds
  readonly cap: Milliseconds
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/**
 * Exponential backoff with full jitter: any time up to the bound is as likely, so that a thousand agents that lost
 * the same coordinator do not come back together.
 */
export class Backoff {
  readonly #options: BackoffOptions
  #attempts = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  next(): Milliseconds {
    const { base, cap, random } = this.#options
    const bound = Math.min(cap, base * 2 ** Math.min(this.#attempts, 30))
    this.#attempts += 1
    return milliseconds(bound * random())
  }

  reset(): void {
    this.#attempts = 0
  }
}

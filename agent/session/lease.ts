import type { Milliseconds } from '../../shared/model/time.ts'

/**
 * How long this agent may go on without hearing from its coordinator. It runs from when a renewal was asked for,
 * not from when it was answered: by the coordinator's clock it cannot end sooner.
 */
export class Lease {
  readonly length: Milliseconds
  readonly #asked = new Map<number, Milliseconds>()
  #from: Milliseconds
  #next = 1

  /** @param from when the hello was sent, on the machine's monotonic clock. */
  constructor(length: Milliseconds, from: Milliseconds) {
    this.length = length
    this.#from = from
  }

  /** The number of a renewal that is asked for now. */
  ask(now: Milliseconds): number {
    const number = this.#next
    this.#next += 1
    this.#asked.set(number, now)
    return number
  }

  answered(number: number): void {
    const at = this.#asked.get(number)
    if (at === undefined) return
    for (const older of this.#asked.keys()) if (older <= number) this.#asked.delete(older)
    if (at > this.#from) this.#from = at
  }

  hasEnded(now: Milliseconds): boolean {
    return now - this.#from >= this.length
  }
}

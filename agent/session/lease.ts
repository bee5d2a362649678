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

  /** @param from when the hello was sent, since the boot. */
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

  /** When the renewal was sent that is answered, or null where none was asked for under this number. */
  answered(number: number): Milliseconds | null {
    const at = this.#asked.get(number) ?? null
    if (at === null) return null
    for (const older of this.#asked.keys()) if (older <= number) this.#asked.delete(older)
    if (at > this.#from) this.#from = at
    return at
  }

  hasEnded(now: Milliseconds): boolean {
    return now - this.#from >= this.length
  }
}

/**
 * Lets so many in at once; the rest wait in line, up to a bound. After an outage every agent comes back at the same
 * time, and each hello that is being decided holds a whole inventory.
 */
export class Gate {
  readonly #insideMax: number
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(insideMax: number, waitingMax: number) {
    this.#insideMax = insideMax
    this.#waitingMax = waitingMax
  }

  /** False where too many wait already. After true, `leave` must be called. */
  async enter(): Promise<boolean> {
    if (this.#inside < this.#insideMax) {
      this.#inside += 1
      return true
    }
    if (this.#waiting.length >= this.#waitingMax) return false
    // Whoever leaves hands its place over, so nobody can come between.
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
    return true
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#inside -= 1
    else next()
  }
}

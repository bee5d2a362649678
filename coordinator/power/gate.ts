/** Lets so many through at once; the others wait in order, as many as may. */
export class Gate {
  readonly #atOnce: number
  readonly #waitingMax: number
  readonly #waiting = new Set<() => void>()
  #inside = 0

  constructor(atOnce: number, waitingMax: number) {
    this.#atOnce = atOnce
    this.#waitingMax = waitingMax
  }

  /** False: too many wait, or the signal fired first. Who got in must leave. */
  async enter(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || this.#waiting.size >= this.#waitingMax) return false
    if (this.#inside < this.#atOnce) {
      this.#inside += 1
      return true
    }
    return new Promise((resolve) => {
      const take = (): void => {
        signal.removeEventListener('abort', stop)
        resolve(true)
      }
      const stop = (): void => {
        if (this.#waiting.delete(take)) resolve(false)
      }
      this.#waiting.add(take)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  /** The place goes to who waits longest. */
  leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#inside -= 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}

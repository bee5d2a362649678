export type SubscriptionOptions<Item> = {
  /** The next item, or nothing where none waits. */
  readonly take: () => Item | undefined
  /** Ends the place at the source; called once, whichever way the subscription ends. */
  readonly leave: () => void
  /** Once it fires nothing more comes; what waits then can still be taken. */
  readonly signal: AbortSignal
}

/**
 * A reader's place at a source that pushes. It is open from its making on, so nothing is missed before the first
 * read; and leaving ends a read that waits, which a generator cannot do.
 */
export class Subscription<Item> implements AsyncIterableIterator<Item, void, undefined> {
  readonly #options: SubscriptionOptions<Item>
  #waiting: (() => void)[] = []
  #closed = false

  constructor(options: SubscriptionOptions<Item>) {
    this.#options = options
    options.signal.addEventListener('abort', this.close)
    if (options.signal.aborted) this.close()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Something can be taken. */
  wake(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  /** The source has nothing more: a reader takes what waits, and then is at the end. */
  readonly close = (): void => {
    if (this.#closed) return
    this.#closed = true
    this.#options.signal.removeEventListener('abort', this.close)
    this.#options.leave()
    this.wake()
  }

  async next(): Promise<IteratorResult<Item, void>> {
    for (;;) {
      const item = this.#options.take()
      if (item !== undefined) return { done: false, value: item }
      if (this.#closed) return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
  }

  async return(): Promise<IteratorResult<Item, void>> {
    this.close()
    // Taken, not dropped: a source may count what waits.
    while (this.#options.take() !== undefined);
    return { done: true, value: undefined }
  }
}

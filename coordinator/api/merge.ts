type Ready<Item> = { readonly from: AsyncIterator<Item>; readonly result: IteratorResult<Item> }

/**
 * Items of several sources as they come, each at the reader's pace: one item per source is asked for, and the
 * next only once that one was taken. Leaving the loop ends every source, and waits for none of them: a source
 * that has nothing to say must not keep the caller.
 */
export async function* merge<Item>(sources: readonly AsyncIterable<Item>[]): AsyncGenerator<Item, void, undefined> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  const ready: Ready<Item>[] = []
  let failure: { readonly cause: unknown } | undefined
  let wake = (): void => {}
  // One wake-up for all: racing the sources' promises would add a reaction to each slow one per item.
  const ask = (from: AsyncIterator<Item>): void => {
    from.next().then(
      (result) => {
        ready.push({ from, result })
        wake()
      },
      (cause: unknown) => {
        failure ??= { cause }
        wake()
      },
    )
  }
  for (const from of iterators) ask(from)
  let open = iterators.length
  try {
    while (open > 0) {
      if (failure !== undefined) throw failure.cause
      const next = ready.shift()
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else if (next.result.done === true) {
        open -= 1
      } else {
        yield next.result.value
        ask(next.from)
      }
    }
  } finally {
    for (const from of iterators) void from.return?.()
  }
}

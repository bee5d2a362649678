/**
 * Items of several sources as they come, each at the reader's pace: one item per source is asked for, and the
 * next only once that one was taken. Leaving the loop ends every source.
 */
export async function* merge<Item>(sources: readonly AsyncIterable<Item>[]): AsyncGenerator<Item, void, undefined> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  type Next = { readonly from: AsyncIterator<Item>; readonly result: IteratorResult<Item> }
  const ask = (from: AsyncIterator<Item>): Promise<Next> => from.next().then((result) => ({ from, result }))
  const pending = new Map(iterators.map((from) => [from, ask(from)]))
  try {
    while (pending.size > 0) {
      const { from, result } = await Promise.race(pending.values())
      if (result.done === true) {
        pending.delete(from)
      } else {
        pending.set(from, ask(from))
        yield result.value
      }
    }
  } finally {
    await Promise.all(iterators.map((from) => from.return?.()))
  }
}

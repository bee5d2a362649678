/** Events by virtual time; those of one time in the order in which they were put in. */
export class EventQueue<Event> {
  readonly #heap: { readonly at: number; readonly order: number; readonly event: Event }[] = []
  #order = 0

  get size(): number {
    return this.#heap.length
  }

  push(at: number, event: Event): void {
    const heap = this.#heap
    const entry = { at, order: this.#order, event }
    this.#order += 1
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(entry, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  pop(): { readonly at: number; readonly event: Event } | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let index = 0
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]]
      const isRight = right !== undefined && left !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (child === undefined || !isBefore(child, last)) break
      heap[index] = child
      index = isRight ? 2 * index + 2 : 2 * index + 1
    }
    heap[index] = last
    return first
  }
}

type Timed = { readonly at: number; readonly order: number }

const isBefore = (one: Timed, other: Timed): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

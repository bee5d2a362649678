/** The least of its values first. */
export class Heap<Value> {
  readonly #compare: (left: Value, right: Value) => number
  readonly #values: Value[] = []

  constructor(compare: (left: Value, right: Value) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#values.length
  }

  push(value: Value): void {
    const values = this.#values
    let at = values.length
    values.push(value)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = values[parent]
      if (above === undefined || this.#compare(above, value) <= 0) break
      values[at] = above
      at = parent
    }
    values[at] = value
  }

  pop(): Value | undefined {
    const values = this.#values
    const first = values[0]
    const last = values.pop()
    if (last === undefined || values.length === 0) return first
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      const [left, right] = [values[child], values[child + 1]]
      if (left === undefined) break
      if (right !== undefined && this.#compare(right, left) < 0) child += 1
      const below = values[child]
      if (below === undefined || this.#compare(last, below) <= 0) break
      values[at] = below
      at = child
    }
    values[at] = last
    return first
  }
}

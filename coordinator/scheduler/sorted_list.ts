const CHUNK_MAX = 512

/**
 * Values in order, in chunks: finding is logarithmic, and a change moves at most one chunk. Two values that compare as
 * equal are the same value.
 */
export class SortedList<Value> {
  readonly #compare: (left: Value, right: Value) => number
  readonly #chunks: Value[][] = []
  #size = 0
  /** Grows with every change. */
  changes = 0

  constructor(compare: (left: Value, right: Value) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#size
  }

  first(): Value | undefined {
    return this.#chunks[0]?.[0]
  }

  /** False where it was there already. */
  add(value: Value): boolean {
    const index = this.#chunkOf(value)
    const chunk = this.#chunks[index]
    this.changes += 1
    if (chunk === undefined) {
      this.#chunks.push([value])
      this.#size += 1
      return true
    }
    const place = this.#placeIn(chunk, value)
    const there = chunk[place]
    if (there !== undefined && this.#compare(there, value) === 0) return false
    chunk.splice(place, 0, value)
    this.#size += 1
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(index + 1, 0, chunk.splice(chunk.length >> 1))
    return true
  }

  /** False where it was not there. */
  remove(value: Value): boolean {
    const index = this.#chunkOf(value)
    const chunk = this.#chunks[index]
    if (chunk === undefined) return false
    const place = this.#placeIn(chunk, value)
    const there = chunk[place]
    if (there === undefined || this.#compare(there, value) !== 0) return false
    chunk.splice(place, 1)
    this.changes += 1
    this.#size -= 1
    if (chunk.length === 0) this.#chunks.splice(index, 1)
    return true
  }

  /**
   * From the first value on that is not `before` what is looked for; all that are must come before all that are not.
   * The list must not change meanwhile.
   */
  *from(before: (value: Value) => boolean): Iterable<Value> {
    const { chunk, place } = this.#from(before)
    for (let index = chunk; index < this.#chunks.length; index += 1) {
      const values = this.#chunks[index] ?? []
      for (let at = index === chunk ? place : 0; at < values.length; at += 1) {
        const value = values[at]
        if (value !== undefined) yield value
      }
    }
  }

  /** How many values are `before` what is looked for. */
  countWhile(before: (value: Value) => boolean): number {
    const { chunk, place } = this.#from(before)
    let count = place
    for (let index = 0; index < chunk; index += 1) count += this.#chunks[index]?.length ?? 0
    return count
  }

  #from(before: (value: Value) => boolean): { readonly chunk: number; readonly place: number } {
    const chunk = split(this.#chunks, (values) => {
      const last = values.at(-1)
      return last !== undefined && before(last)
    })
    return { chunk, place: split(this.#chunks[chunk] ?? [], before) }
  }

  /** The value at this place, from 0. */
  at(place: number): Value | undefined {
    let left = place
    for (const chunk of this.#chunks) {
      if (left < chunk.length) return chunk[left]
      left -= chunk.length
    }
    return undefined
  }

  *[Symbol.iterator](): Iterator<Value> {
    for (const chunk of this.#chunks) yield* chunk
  }

  /** The last chunk whose first value does not come after `value`; the first chunk otherwise. */
  #chunkOf(value: Value): number {
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const first = this.#chunks[middle]?.[0]
      if (first !== undefined && this.#compare(first, value) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }

  #placeIn(chunk: readonly Value[], value: Value): number {
    return split(chunk, (there) => this.#compare(there, value) < 0)
  }
}

/** How many values come before the first that is not `before`. */
function split<Value>(values: readonly Value[], before: (value: Value) => boolean): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    const there = values[middle]
    if (there !== undefined && before(there)) low = middle + 1
    else high = middle
  }
  return low
}

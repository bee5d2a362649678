import { Heap } from './heap.ts'
import type { Line, Shape, Wanted } from './waiting.ts'

/** A workload that goes before the others of its line, and its tenant's standing when that was found. */
export type Head = { readonly line: Line; readonly wanted: Wanted; readonly standing: number }

/** By urgency, whoever's it is; then whose tenant had less; then as submitted. */
export const inOrder = (left: Head, right: Head): number =>
  right.wanted.urgency - left.wanted.urgency ||
  left.standing - right.standing ||
  left.wanted.workload.sequence - right.wanted.workload.sequence

/** Who of a shape's workloads goes first, asked again and again in one pass. */
export class Contest {
  readonly shape: Shape
  readonly #headOf: (line: Line) => Wanted | undefined
  /** Made when a second one is asked for: mostly there is one machine, and one who gets it. */
  #heads: Heap<Head> | null = null
  #isBegun = false

  /** @param headOf the first of a line that may be tried. */
  constructor(shape: Shape, headOf: (line: Line) => Wanted | undefined) {
    this.shape = shape
    this.#headOf = headOf
  }

  /** The next; the one before was tried, and is not what `headOf` answers any more. */
  next(before: Line | null): Head | undefined {
    if (!this.#isBegun) {
      this.#isBegun = true
      return this.#best()
    }
    const heads = this.#heads ?? this.#gathered()
    if (this.#heads !== null && before !== null) this.#add(heads, before)
    this.#heads = heads
    return heads.pop()
  }

  #best(): Head | undefined {
    let best: Head | undefined
    for (const line of this.shape.lines.values()) {
      const wanted = this.#headOf(line)
      if (wanted === undefined) continue
      const head = { line, wanted, standing: line.tenancy.standing }
      if (best === undefined || inOrder(head, best) < 0) best = head
    }
    return best
  }

  #gathered(): Heap<Head> {
    const heads = new Heap<Head>(inOrder)
    for (const line of this.shape.lines.values()) this.#add(heads, line)
    return heads
  }

  #add(heads: Heap<Head>, line: Line): void {
    const wanted = this.#headOf(line)
    if (wanted !== undefined) heads.push({ line, wanted, standing: line.tenancy.standing })
  }
}

import { Heap } from './heap.ts'
import type { Line, Tenancy, Wanted } from './waiting.ts'

/** The workload of a tenant that goes before its others. */
export type Head = { readonly line: Line; readonly wanted: Wanted }

/** Within a tenant: by urgency, then as submitted. */
const inOrder = (left: Head, right: Head): number =>
  right.wanted.urgency - left.wanted.urgency || left.wanted.workload.sequence - right.wanted.workload.sequence

/** Which of a tenant's workloads goes first, asked again and again in one pass. */
export class Contest {
  readonly tenancy: Tenancy
  readonly #headOf: (line: Line) => Wanted | undefined
  /** Made when a second one is asked for: mostly one machine has come free, and one gets it. */
  #heads: Heap<Head> | null = null
  #last: Line | null = null

  /** @param headOf the first of a line that may be tried now. */
  constructor(tenancy: Tenancy, headOf: (line: Line) => Wanted | undefined) {
    this.tenancy = tenancy
    this.#headOf = headOf
  }

  /** The next; the one before was tried, or stands behind others' now. */
  next(): Head | undefined {
    const head = this.#last === null ? this.#first() : this.#following(this.#last)
    this.#last = head?.line ?? this.#last
    return head
  }

  #first(): Head | undefined {
    for (const line of this.tenancy.lines) {
      const wanted = this.#headOf(line)
      // Lines come by their first workload; one that may not be tried yet leaves its line out of order.
      if (wanted !== undefined) return wanted === line.workloads.first() ? { line, wanted } : this.#gathered().pop()
    }
    return undefined
  }

  #following(last: Line): Head | undefined {
    if (this.#heads === null) this.#heads = this.#gathered()
    else this.#add(this.#heads, last)
    for (let head = this.#heads.pop(); head !== undefined; head = this.#heads.pop()) {
      const wanted = this.#headOf(head.line)
      if (wanted === head.wanted) return head
      if (wanted !== undefined) this.#heads.push({ line: head.line, wanted })
    }
    return undefined
  }

  #gathered(): Heap<Head> {
    const heads = new Heap<Head>(inOrder)
    for (const line of this.tenancy.lines) this.#add(heads, line)
    this.#heads = heads
    return heads
  }

  #add(heads: Heap<Head>, line: Line): void {
    const wanted = this.#headOf(line)
    if (wanted !== undefined) heads.push({ line, wanted })
  }
}

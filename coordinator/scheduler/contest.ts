import { Heap } from './heap.ts'
import { type Line, type Tenancy, type Wanted, inLine } from './waiting.ts'

/** The workload of a tenant that goes before its others. */
export type Head = { readonly line: Line; readonly wanted: Wanted }

/** Within a tenant: by urgency, then as submitted. */
const inOrder = (left: Head, right: Head): number => inLine(left.wanted, right.wanted)

/** Which of a tenant's workloads goes first, asked again and again in one pass. */
export class Contest {
  readonly tenancy: Tenancy
  /** Whether it is about what the tenant is guaranteed alone. */
  readonly isOfOwn: boolean
  readonly #headOf: (line: Line) => Wanted | undefined
  /** Lines by their first workloads, from the place that was reached. */
  #lines: Iterator<Line>
  #changes: number
  #next: Head | undefined
  /** Those whose line's first may not be tried: they stand later than their lines. */
  #later = new Heap<Head>(inOrder)
  #last: Line | null = null

  /** @param headOf the first of a line that may be tried now. */
  constructor(tenancy: Tenancy, headOf: (line: Line) => Wanted | undefined, isOfOwn = false) {
    this.tenancy = tenancy
    this.isOfOwn = isOfOwn
    this.#headOf = headOf
    this.#lines = tenancy.lines[Symbol.iterator]()
    this.#changes = tenancy.lines.changes
    this.#next = this.#advance()
  }

  /** The next; the one before was tried, or is placed. */
  next(): Head | undefined {
    if (this.#changes !== this.tenancy.lines.changes) this.#beginAnew()
    else if (this.#last !== null) this.#wait(this.#last)
    for (;;) {
      const head = this.#first()
      if (head === undefined) return undefined
      // What was tried meanwhile may have closed its line.
      const wanted = this.#headOf(head.line)
      if (wanted === head.wanted) {
        this.#last = head.line
        return head
      }
      if (wanted !== undefined) this.#later.push({ line: head.line, wanted })
    }
  }

  #first(): Head | undefined {
    const later = this.#later.pop()
    const next = this.#next
    if (later === undefined || (next !== undefined && inOrder(next, later) < 0)) {
      if (later !== undefined) this.#later.push(later)
      this.#next = next === undefined ? undefined : this.#advance()
      return next
    }
    return later
  }

  #beginAnew(): void {
    this.#changes = this.tenancy.lines.changes
    this.#lines = this.tenancy.lines[Symbol.iterator]()
    this.#later = new Heap<Head>(inOrder)
    this.#next = this.#advance()
  }

  #advance(): Head | undefined {
    for (let step = this.#lines.next(); step.done !== true; step = this.#lines.next()) {
      const line = step.value
      const wanted = this.#headOf(line)
      if (wanted === undefined) continue
      if (wanted === line.first) return { line, wanted }
      this.#later.push({ line, wanted })
    }
    return undefined
  }

  #wait(line: Line): void {
    const wanted = this.#headOf(line)
    if (wanted !== undefined) this.#later.push({ line, wanted })
  }
}

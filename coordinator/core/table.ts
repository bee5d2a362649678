import type { Versioned } from './records.ts'

/** A table as a reader sees it. Keys are the records' identifiers. */
export interface TableView<Record> {
  get(key: string): Versioned<Record> | undefined
  readonly size: number
  /** In no stated order. */
  values(): Iterable<Versioned<Record>>
  /** In the order of keys, those after `after`, until `limit` records that `matches` accepts were found. */
  page(after: string, limit: number, matches: (record: Record) => boolean): readonly Versioned<Record>[]
}

/** Records by key, and in the order of keys where a page is asked for. */
export class Table<Record> implements TableView<Record> {
  readonly #records = new Map<string, Versioned<Record>>()
  /** Sorted keys, made when a page is asked for and dropped when a key comes or goes. */
  #sorted: readonly string[] | undefined

  get size(): number {
    return this.#records.size
  }

  get(key: string): Versioned<Record> | undefined {
    return this.#records.get(key)
  }

  values(): Iterable<Versioned<Record>> {
    return this.#records.values()
  }

  page(after: string, limit: number, matches: (record: Record) => boolean): readonly Versioned<Record>[] {
    this.#sorted ??= [...this.#records.keys()].toSorted()
    const found: Versioned<Record>[] = []
    for (let index = firstAfter(this.#sorted, after); index < this.#sorted.length && found.length < limit; index += 1) {
      const versioned = this.#records.get(this.#sorted[index] ?? '')
      if (versioned !== undefined && matches(versioned.record)) found.push(versioned)
    }
    return found
  }

  put(key: string, versioned: Versioned<Record> | undefined): void {
    if (versioned === undefined) {
      if (this.#records.delete(key)) this.#sorted = undefined
      return
    }
    if (!this.#records.has(key)) this.#sorted = undefined
    this.#records.set(key, versioned)
  }
}

function firstAfter(sorted: readonly string[], after: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}

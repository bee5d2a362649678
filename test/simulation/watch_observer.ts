import { LawBroken } from './law.ts'

type Change = {
  readonly revision: number
  /** It must be told: the record matches, or did until then. */
  readonly isDue: boolean
  readonly isRemoval: boolean
}

/** What one watcher was told, beside what became durable. It knows of no feed. */
export class WatchObserver {
  readonly name: string
  /** Every change of what is watched, in order, from when it began to be watched. */
  #changes: Change[] = []
  /** What matches now, and when it last changed. */
  readonly #matching = new Map<string, number>()
  /** The first change that was not told. */
  #next = 0
  /** Newest revision that is durable, of whatever was written. */
  #newest = 0
  /** Newest revision at the coordinator's last start. */
  #startedAt = 0

  constructor(name: string) {
    this.name = name
  }

  /** A write became durable. */
  written(revision: number): void {
    this.#newest = revision
  }

  /** It was one of what is watched. */
  changed(key: string, revision: number, isMatch: boolean, isRemoval: boolean): void {
    this.#changes.push({ revision, isDue: isMatch || this.#matching.has(key), isRemoval })
    if (isMatch) this.#matching.set(key, revision)
    else this.#matching.delete(key)
  }

  /** A coordinator begins; of what was removed before, nobody knows what it was. */
  started(): void {
    this.#startedAt = this.#newest
    this.#changes = this.#changes
      .slice(this.#next)
      .map((change) => (change.isRemoval ? { ...change, isDue: false } : change))
    this.#next = 0
  }

  /** The store is put back as it was; whoever watches begins anew. */
  restored(revision: number): void {
    this.#newest = revision
    this.#changes = []
    this.#next = 0
    this.#matching.clear()
  }

  /** All that exists, by the revisions of the records. */
  began(revisions: readonly number[], at: number): void {
    const expected = [...this.#matching.values()].toSorted((left, right) => left - right).join(' ')
    const told = revisions.toSorted((left, right) => left - right).join(' ')
    if (at !== this.#newest || expected !== told) {
      throw new LawBroken('a watch begins with all that is', `${this.name} at ${at}: ${told}, not ${expected}`)
    }
    this.#changes = []
    this.#next = 0
  }

  told(revision: number): void {
    this.#passed(revision - 1)
    const change = this.#changes[this.#next]
    if (change?.revision !== revision || !(change.isDue || change.isRemoval)) {
      throw new LawBroken('a watcher is told everything once', `${this.name}: ${revision} was not to be told`)
    }
    this.#next += 1
  }

  /** Everything up to here was told, says a mark. */
  marked(revision: number): void {
    if (revision > this.#newest) {
      throw new LawBroken('a watcher is told what is durable', `${this.name}: ${revision} of ${this.#newest}`)
    }
    this.#passed(revision)
  }

  /** In the end nothing was left out. */
  finished(): void {
    this.#passed(this.#newest)
  }

  #passed(revision: number): void {
    for (let change = this.#changes[this.#next]; change !== undefined; change = this.#changes[this.#next]) {
      if (change.revision > revision) return
      if (change.isDue) {
        throw new LawBroken('a watcher misses nothing', `${this.name}: ${change.revision} was not told`)
      }
      this.#next += 1
    }
  }

  /** Sent away with a reason, and begins again; `kept` is how many changes are kept at least. */
  refused(kind: string, seen: number, kept: number, isFiltered: boolean): void {
    const isGone = this.#newest - seen > kept
    const isUnclear = isFiltered && seen < this.#startedAt
    const isRight = kind === 'revision_future' ? seen > this.#newest : isGone || isUnclear
    if (!isRight) {
      throw new LawBroken('a watcher is sent away with a reason', `${this.name}: ${kind} at ${seen} of ${this.#newest}`)
    }
  }
}

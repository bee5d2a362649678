import type { Instant } from '../../shared/model/time.ts'
import type { Domain } from './domain.ts'
import type { Entry, Kind } from './kind.ts'

/** Free machines that are kept for a workload which waits for more. */
export type Claim = {
  /** When it is expected to start; null: nobody knows. What ends before may use them until then. */
  readonly at: Instant | null
  readonly counts: ReadonlyMap<Kind, number>
  /** Machines of these kinds within this place, where it waits for one place; the whole fleet otherwise. */
  readonly within: Domain | null
  /** Machines that it asks for one by one. */
  readonly machines: ReadonlySet<Entry>
}

/** What is kept for others from a workload that has given its machines back at `end`; Infinity: nobody knows when. */
export class Kept {
  readonly #claims: readonly Claim[]

  constructor(claims: readonly Claim[], end: number) {
    this.#claims = claims.filter(({ at }) => at === null || at < end)
  }

  /** Machines of a kind that are kept wherever they are. */
  count(kind: Kind): number {
    let count = 0
    for (const claim of this.#claims) if (claim.within === null) count += claim.counts.get(kind) ?? 0
    return count
  }

  /** Whether some of a kind are kept in one place, or one by one. */
  isPlaced(kind: Kind): boolean {
    return this.#claims.some(
      ({ within, machines, counts }) => machines.size > 0 || (within !== null && counts.has(kind)),
    )
  }

  has(entry: Entry): boolean {
    const { kind, domain } = entry.stretch
    return this.#claims.some(
      ({ within, machines, counts }) =>
        machines.has(entry) || (within !== null && counts.has(kind) && isWithin(domain, within)),
    )
  }
}

function isWithin(domain: Domain, place: Domain): boolean {
  for (let one: Domain | null = domain; one !== null; one = one.parent) if (one === place) return true
  return false
}

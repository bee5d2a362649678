import type { Instant } from '../../shared/model/time.ts'
import type { Domain } from './domain.ts'
import type { Entry, Kind } from './kind.ts'

/** Free machines that are kept for a workload which waits for more. */
export type Claim = {
  /** When it is expected to start; null: nobody knows. What ends before may use them until then. */
  readonly at: Instant | null
  /** So many of each kind, wherever they are; or, in one place, all of these kinds. */
  readonly counts: ReadonlyMap<Kind, number>
  /** The place that it waits for, where it waits for one. */
  readonly within: Domain | null
  /** Machines that it asks for one by one. */
  readonly machines: ReadonlySet<Entry>
}

/** What is kept, all claims together. */
export class Claims {
  readonly #counts = new Map<Kind, number>()
  /** Those that keep certain machines, rather than a number of them. */
  readonly #placed: Claim[] = []
  /** Those that keep a number of machines until a time that is known. */
  readonly #timed: Claim[] = []

  /** Whether anything is kept only until a time that is known. */
  isAnyTimed = false

  /** Whether certain machines are kept, rather than a number of them. */
  get isAnyPlaced(): boolean {
    return this.#placed.length > 0
  }

  add(claim: Claim): void {
    this.isAnyTimed ||= claim.at !== null
    if (claim.within !== null || claim.machines.size > 0) this.#placed.push(claim)
    if (claim.within !== null) return
    if (claim.at !== null) this.#timed.push(claim)
    for (const [kind, count] of claim.counts) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count)
  }

  /** Machines of a kind that are kept, wherever they are, from what has given its machines back at `end`. */
  count(kind: Kind, end: number): number {
    let count = this.#counts.get(kind) ?? 0
    if (count === 0 || end === Infinity) return count
    for (const { at, counts } of this.#timed) if (at !== null && at >= end) count -= counts.get(kind) ?? 0
    return count
  }

  /** How many of a kind are kept in one place, or one by one; what several keep counts once. */
  placed(kind: Kind, end: number): number {
    const binding = this.#placed.filter((claim) => binds(claim, end))
    const places = new Set(binding.flatMap(({ within, counts }) => (within !== null && counts.has(kind) ? within : [])))
    const isCovered = (domain: Domain | null): boolean => {
      for (let one = domain; one !== null; one = one.parent) if (places.has(one)) return true
      return false
    }
    let count = 0
    for (const place of places) if (!isCovered(place.parent)) count += kind.freeIn(place)
    const singles = new Set(binding.flatMap(({ machines }) => [...machines]))
    for (const { stretch } of singles) if (stretch.kind === kind && !isCovered(stretch.domain)) count += 1
    return count
  }

  has(entry: Entry, end: number): boolean {
    const { kind, domain } = entry.stretch
    return this.#placed.some((claim) => {
      if (!binds(claim, end)) return false
      const { within, machines, counts } = claim
      return machines.has(entry) || (within !== null && counts.has(kind) && isWithin(domain, within))
    })
  }
}

const binds = ({ at }: Claim, end: number): boolean => at === null || at < end

function isWithin(domain: Domain, place: Domain): boolean {
  for (let one: Domain | null = domain; one !== null; one = one.parent) if (one === place) return true
  return false
}

/** How many more machines of a hardware class a tenant may have. */
export type Allowance = (hardwareClass: string) => number

/** What is kept from a workload that has given its machines back at `end`; Infinity: nobody knows when. */
export class Kept {
  readonly #claims: Claims
  readonly #end: number
  readonly #allowance: Allowance

  constructor(claims: Claims, end: number, allowance: Allowance) {
    this.#claims = claims
    this.#end = end
    this.#allowance = allowance
  }

  /** How many free machines of a kind it may take. */
  spare(kind: Kind): number {
    if (kind.free === 0) return 0
    const left = kind.free - this.#claims.count(kind, this.#end)
    const unkept = this.#claims.isAnyPlaced ? left - this.#claims.placed(kind, this.#end) : left
    return Math.min(unkept, this.#allowance(kind.facts.hardwareClass))
  }

  /** How many more machines of a hardware class its tenant may have. */
  allowed(hardwareClass: string): number {
    return this.#allowance(hardwareClass)
  }

  /** Whether some of a kind are kept in one place, or one by one. */
  isPlaced(kind: Kind): boolean {
    return this.#claims.isAnyPlaced && this.#claims.placed(kind, this.#end) > 0
  }

  has(entry: Entry): boolean {
    return this.#claims.has(entry, this.#end)
  }
}

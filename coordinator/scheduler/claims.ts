import { type Instant, instant } from '../../shared/model/time.ts'
import type { Gate } from './admission.ts'
import type { Domain } from './domain.ts'
import type { Entry, Kind } from './kind.ts'

/** So many machines of these kinds together, whichever of them. */
export type Part = { readonly kinds: readonly Kind[]; readonly count: number }

/** Machines that are kept for a workload which waits for more. */
export type Claim = {
  /** When it is expected to start; null: nobody knows. What ends before may use them until then. */
  readonly at: Instant | null
  /** When it has given them back by its time limit; Infinity: nobody knows. */
  readonly until: number
  /** What it gets then, wherever that is. Parts of several claims are of the very same kinds, or share none. */
  readonly parts: readonly Part[]
  /** Kinds for which no other is to be next. */
  readonly kinds: readonly Kind[]
  /** The place that it waits for, where it waits for one: all of its kinds there are kept. */
  readonly within: Domain | null
  /** Machines that it asks for one by one. */
  readonly machines: ReadonlySet<Entry>
}

type Held = { readonly claim: Claim; readonly part: Part }
type Counted = { readonly changes: number; readonly count: number }

/** What is kept, all claims together. */
export class Claims {
  /** Of each kind, the parts that it belongs to. */
  readonly #held = new Map<Kind, Held[]>()
  /** Those that keep certain machines, rather than a number of them. */
  readonly #placed: Claim[] = []
  readonly #headed = new Set<Kind>()
  /** How many of a kind have ended by the times of claims. */
  readonly #ended = new Map<Kind, Map<Instant, Counted>>()

  /** Whether anything is kept only until a time that is known. */
  isAnyTimed = false

  /** Whether certain machines are kept, rather than a number of them. */
  get isAnyPlaced(): boolean {
    return this.#placed.length > 0
  }

  add(claim: Claim): void {
    this.isAnyTimed ||= claim.at !== null
    if (claim.within !== null || claim.machines.size > 0) this.#placed.push(claim)
    for (const kind of claim.kinds) this.#headed.add(kind)
    for (const part of claim.parts) {
      for (const kind of part.kinds) {
        const held = this.#held.get(kind)
        if (held === undefined) this.#held.set(kind, [{ claim, part }])
        else held.push({ claim, part })
      }
    }
  }

  /** Whether somebody is to be next for one of these kinds. */
  isHeaded(kinds: readonly Kind[]): boolean {
    return kinds.some((kind) => this.#headed.has(kind))
  }

  /** Free machines of a kind that may be taken now by what has given them back at `end`. */
  spare(kind: Kind, end: number): number {
    let least = this.#supply(kind, null, end)
    for (const { claim, part } of this.#held.get(kind) ?? []) {
      if (binds(claim, end)) least = Math.min(least, this.left(part, claim.at, end))
    }
    return least
  }

  /** Machines of a kind that are promised to nobody from a time on until another. */
  spareFrom(kind: Kind, from: Instant, until: number): number {
    const alone = { kinds: [kind], count: 0 }
    let least = this.left(alone, from, until)
    for (const { claim } of this.#held.get(kind) ?? []) {
      const { at } = claim
      if (at !== null && at > from && at < until) least = Math.min(least, this.left(alone, at, until))
    }
    return least
  }

  /** When machines of a kind come back from those to whom they are promised. */
  *returns(kind: Kind): Iterable<Instant> {
    for (const { claim } of this.#held.get(kind) ?? []) if (claim.until < Infinity) yield instant(claim.until)
  }

  /** Of several kinds that are claimed together, what is left when the claim has what it was promised. */
  pool(kind: Kind, end: number): { readonly part: Part; readonly left: number } | null {
    for (const { claim, part } of this.#held.get(kind) ?? []) {
      if (part.kinds.length > 1 && binds(claim, end)) return { part, left: this.left(part, claim.at, end) }
    }
    return null
  }

  /** Of the kinds of a part, what nobody is promised at that time; null: now. Below 0: less than was promised. */
  left({ kinds }: Pick<Part, 'kinds'>, at: Instant | null, end: number): number {
    let left = 0
    for (const kind of kinds) left += this.#supply(kind, at, end)
    const [first] = kinds
    for (const { claim, part } of (first && this.#held.get(first)) ?? []) if (has(claim, at)) left -= part.count
    return left
  }

  /** What is free of a kind and not kept machine by machine, and what will be by that time. */
  #supply(kind: Kind, at: Instant | null, end: number): number {
    const free = this.isAnyPlaced ? kind.free - this.placed(kind, end) : kind.free
    return at === null ? free : free + this.#endedBy(kind, at)
  }

  #endedBy(kind: Kind, at: Instant): number {
    const { changes } = kind.ends
    let ended = this.#ended.get(kind)
    if (ended === undefined) this.#ended.set(kind, (ended = new Map<Instant, Counted>()))
    const known = ended.get(at)
    if (known?.changes === changes) return known.count
    const count = kind.ends.countWhile(({ freeAt }) => freeAt !== null && freeAt <= at)
    ended.set(at, { changes, count })
    return count
  }

  /** How many of a kind are kept in one place, or one by one; what several keep counts once. */
  placed(kind: Kind, end: number): number {
    const binding = this.#placed.filter((claim) => binds(claim, end))
    const places = new Set(
      binding.flatMap(({ within, kinds }) => (within !== null && kinds.includes(kind) ? within : [])),
    )
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
      const { within, machines, kinds } = claim
      return machines.has(entry) || (within !== null && kinds.includes(kind) && isWithin(domain, within))
    })
  }
}

const binds = ({ at }: Claim, end: number): boolean => at === null || at < end

/** Whether it has its machines at that time; null: now, when it has none but keeps what nobody knows the time of. */
const has = ({ at, until }: Claim, time: Instant | null): boolean =>
  at === null || (time !== null && at <= time && time < until)

function isWithin(domain: Domain, place: Domain): boolean {
  for (let one: Domain | null = domain; one !== null; one = one.parent) if (one === place) return true
  return false
}

/** How many more machines of a hardware class a tenant may have. */
export type Allowance = (hardwareClass: string) => number

/**
 * What is kept from a workload that has given its machines back at `end`, for others that wait or by reservations;
 * Infinity: nobody knows when.
 */
export class Kept {
  readonly #claims: Claims
  readonly #end: number
  readonly #allowance: Allowance
  readonly gate: Gate

  constructor(claims: Claims, end: number, allowance: Allowance, gate: Gate) {
    this.#claims = claims
    this.#end = end
    this.#allowance = allowance
    this.gate = gate
  }

  /** What would be kept from it if it ended at another time. */
  ending(end: number, gate: Gate): Kept {
    return new Kept(this.#claims, end, this.#allowance, gate)
  }

  /** Whether machines of a kind may be kept for it: it could have them now, and its tenant may have some. */
  mayKeep(kind: Kind): boolean {
    return this.gate.admits(kind) && this.#allowance(kind.facts.hardwareClass) > 0
  }

  /** How many free machines of a kind it may take. */
  spare(kind: Kind): number {
    if (kind.free === 0 || !this.gate.admits(kind)) return 0
    return Math.min(this.#claims.spare(kind, this.#end), this.#allowance(kind.facts.hardwareClass))
  }

  /** How many of a kind it could have from a time on, for as long as it takes. */
  spareFrom(kind: Kind, from: Instant, length: number): number {
    return Math.min(this.#claims.spareFrom(kind, from, from + length), this.#allowance(kind.facts.hardwareClass))
  }

  /** When machines of a kind come back from those to whom they are promised. */
  returns(kind: Kind): Iterable<Instant> {
    return this.#claims.returns(kind)
  }

  /** Of several kinds that are kept together, how many of all of them it may take. */
  pool(kind: Kind): { readonly part: Part; readonly left: number } | null {
    return this.#claims.pool(kind, this.#end)
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
    return !this.gate.admits(entry.stretch.kind) || this.#claims.has(entry, this.#end)
  }
}

import { compareTexts } from '../../shared/model/texts.ts'
import type { Instant } from '../../shared/model/time.ts'
import { type Domain, placeAt } from './domain.ts'
import type { Kind } from './kind.ts'
import { type Asking, type Coming, isOpenAt, withOpenings } from './starts.ts'

/** How many machines of each kind places have, free or come by a time: those of some kinds are reserved at times. */
export class Places {
  readonly #always = new Map<Domain, number>()
  readonly #reserved = new Map<Kind, Map<Domain, number>>()

  add(kind: Kind, place: Domain, count: number): void {
    let counts = kind.reservations.length === 0 ? this.#always : this.#reserved.get(kind)
    if (counts === undefined) this.#reserved.set(kind, (counts = new Map<Domain, number>()))
    counts.set(place, (counts.get(place) ?? 0) + count)
  }

  /** Of these kinds and those that nobody reserves. */
  count(place: Domain, open: ReadonlySet<Kind>): number {
    let count = this.#always.get(place) ?? 0
    for (const kind of open) count += this.#reserved.get(kind)?.get(place) ?? 0
    return count
  }

  of(kind: Kind): Iterable<Domain> {
    return this.#reserved.get(kind)?.keys() ?? []
  }
}

type Wanted = {
  readonly kinds: readonly Kind[]
  readonly count: number
  /** Of what is one place. */
  readonly depth: number
}

/**
 * The place in which so many machines can be had together first, and when, as far as time limits and reservations tell:
 * one comes there at that time, or is open again, and the others are there and open then. Null: nobody knows.
 *
 * @param places what is there already; what comes is added.
 * @param coming in the order of time.
 */
export function placeInTime(
  places: Places,
  coming: readonly Coming[],
  { kinds, count, depth }: Wanted,
  asking: Asking,
): { readonly place: Domain; readonly at: Instant } | null {
  const reserved = kinds.filter(({ reservations }) => reservations.length > 0)
  let before: ReadonlySet<Kind> = new Set(reserved.filter(asking.kept.gate.admits))
  let [next, last]: [number, Instant | null] = [0, null]
  for (const at of withOpenings(
    coming.map((one) => one.at),
    reserved,
    asking,
  )) {
    if (at === last) continue
    last = at
    const changed = new Set<Domain>()
    for (let one = coming[next]; one !== undefined && one.at <= at; one = coming[next]) {
      const { kind, domain } = one.entry.stretch
      const place = placeAt(domain, depth)
      places.add(kind, place, 1)
      changed.add(place)
      next += 1
    }
    const open = new Set(reserved.filter((kind) => isOpenAt(kind, at, asking)))
    for (const kind of open) if (!before.has(kind)) for (const place of places.of(kind)) changed.add(place)
    before = open
    const [first] = [...changed].filter((place) => places.count(place, open) >= count).toSorted(byKey)
    if (first !== undefined) return { place: first, at }
  }
  return null
}

const byKey = (left: Domain, right: Domain): number => compareTexts(left.key, right.key)

import { compareTexts } from '../../shared/model/texts.ts'
import { arrange } from './arrange.ts'
import type { Kept, Part } from './claims.ts'
import type { Demand } from './demand.ts'
import type { FleetIndex } from './fleet_index.ts'
import { type Entry, type Kind, type Stretch, bySize } from './kind.ts'
import { type Shelf, type Stock, stockOfKind, stockOfShelves } from './stock.ts'

/**
 * Chooses free machines for a demand, or undefined where there are too few that will do and are not kept for others.
 * Machines of one kind are preferred to a mixture, and the kind that fits best to others.
 */
export function choose(index: FleetIndex, demand: Demand, count: number, kept: Kept): readonly Entry[] | undefined {
  if (count === 1 && demand.isPlain) return chooseOne(demand, kept)
  for (const stock of stocks(index, demand, count, kept)) {
    const chosen = arrange(stock, count, demand.arrangement, index.levels)
    if (chosen !== undefined) return chosen
  }
  return undefined
}

/** One machine that nothing ties to others: of the first kind that has one, from where the fewest are free. */
function chooseOne({ kinds }: Demand, kept: Kept): readonly Entry[] | undefined {
  for (const kind of kinds) {
    if (kept.spare(kind) <= 0) continue
    const first = kind.one()
    if (first === undefined) continue
    if (!kept.isPlaced(kind)) return [first]
    for (const { machines } of kind.fits(kind.depth, 1)) {
      for (const entry of machines) if (!kept.has(entry)) return [entry]
    }
  }
  return undefined
}

/** What may be tried, the best first, each made only when it is. */
function* stocks(index: FleetIndex, demand: Demand, count: number, kept: Kept): Iterable<Stock> {
  if (demand.reach === 'kind') {
    const kinds = demand.kinds.filter((kind) => kind.free > 0 && kept.gate.admits(kind))
    let spare = 0
    for (const kind of kinds) {
      const usable = kept.spare(kind)
      spare += Math.max(0, usable)
      if (usable < count) continue
      if (kept.isPlaced(kind)) yield stockOfShelves(shelvesOf([kind], count, kept), index.domains.root)
      else yield stockOfKind(kind)
    }
    if (kinds.length < 2 || spare < count) return
    if (demand.arrangement.sameClass) {
      for (const alike of Map.groupBy(kinds, ({ facts }) => facts.hardwareClass).values()) {
        if (alike.length > 1) yield stockOfShelves(shelvesOf(alike, count, kept), index.domains.root)
      }
      return
    }
    // With preferences the best of the mixture: first what is better, then that and the next, and so on.
    for (const mixture of mixtures(demand, kinds))
      yield stockOfShelves(shelvesOf(mixture, count, kept), index.domains.root)
    return
  }
  for (const tier of tiers(scored(demand))) {
    if (tier.length < count) continue
    const classes = [...Map.groupBy(tier, ({ record }) => record.hardwareClass).values()]
    for (const alike of classes.toSorted(bySmallest)) {
      if (alike.length >= count) yield stockOfShelves(byPlace(usableOf(alike, count, kept)), index.domains.root)
    }
    if (classes.length < 2 || demand.arrangement.sameClass) continue
    yield stockOfShelves(byPlace(usableOf(tier, count, kept)), index.domains.root)
  }
}

function bySmallest([left]: readonly Entry[], [right]: readonly Entry[]): number {
  return left === undefined || right === undefined ? 0 : bySize(left.stretch.kind, right.stretch.kind)
}

function* mixtures(demand: Demand, kinds: readonly Kind[]): Iterable<readonly Kind[]> {
  if (demand.constraints.prefer.length > 0) {
    for (let most = 2; most < kinds.length; most += 1) yield kinds.slice(0, most)
  }
  yield kinds
}

/** Free machines of these kinds, of which any so many may be taken. */
function shelvesOf(kinds: readonly Kind[], count: number, kept: Kept): readonly Shelf[] {
  const free = kinds.flatMap((kind) => [...kind.fits(kind.depth, 1)].flatMap(({ machines }) => [...machines]))
  return byPlace(usableOf(free, count, kept))
}

/**
 * Machines of which any `count` may be taken: none that is kept, and where a number of a kind is kept or a quota allows
 * fewer of a class, only so many of these.
 */
export function usableOf(free: readonly Entry[], count: number, kept: Kept): readonly Entry[] {
  const unkept = free.filter((entry) => !kept.has(entry))
  const kinds = new Set(unkept.map(({ stretch }) => stretch.kind))
  if ([...kinds].every((kind) => kept.spare(kind) >= count)) return unkept
  const left = new Map<Kind, number>()
  const pools = new Map([...kinds].map((kind) => [kind, kept.pool(kind)]))
  const together = new Map<Part, number>()
  const allowed = new Map<string, number>()
  // As they stand, or it would matter in which order they came.
  const standing = unkept.toSorted((one, other) => compareTexts(one.key, other.key))
  return standing.filter(({ stretch: { kind } }) => {
    const { hardwareClass } = kind.facts
    const more = allowed.get(hardwareClass) ?? atLeast(count, kept.allowed(hardwareClass))
    const usable = left.get(kind) ?? atLeast(count, kept.spare(kind))
    const pool = pools.get(kind) ?? null
    const inPool = pool === null ? Infinity : (together.get(pool.part) ?? atLeast(count, pool.left))
    if (usable <= 0 || more <= 0 || inPool <= 0) return false
    left.set(kind, usable - 1)
    if (pool !== null) together.set(pool.part, inPool - 1)
    allowed.set(hardwareClass, more - 1)
    return true
  })
}

/** As many as are wanted do not bind: which of them are taken is for how they lie to say. */
const atLeast = (count: number, most: number): number => (most >= count ? Infinity : most)

type Scored = { readonly entry: Entry; readonly score: number }

function scored(demand: Demand): readonly Scored[] {
  if (demand.reach !== 'machine') return demand.leaves.flatMap((leaf) => ofLeaf(demand, leaf))
  return demand.candidates().map((entry) => ({ entry, score: demand.score(entry.record) }))
}

function ofLeaf(demand: Demand, leaf: Stretch): readonly Scored[] {
  if (leaf.free === 0) return []
  const score = demand.constraints.prefer.length === 0 ? 0 : demand.score(demand.factsAt(leaf))
  return [...leaf.machines].map((entry) => ({ entry, score }))
}

/** The best alone, then these and the next best, and so on. */
function* tiers(candidates: readonly Scored[]): Iterable<readonly Entry[]> {
  const levels = [...new Set(candidates.map(({ score }) => score))].toSorted((left, right) => right - left)
  for (const least of levels) yield candidates.filter(({ score }) => score >= least).map(({ entry }) => entry)
}

function byPlace(entries: readonly Entry[]): readonly Shelf[] {
  return [...Map.groupBy(entries, ({ stretch }) => stretch.domain)].map(([domain, machines]) => ({ domain, machines }))
}

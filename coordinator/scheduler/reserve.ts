import { type Instant, instant } from '../../shared/model/time.ts'
import type { Claim, Kept } from './claims.ts'
import type { Domain } from './domain.ts'
import { Heap } from './heap.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry, Kind } from './kind.ts'
import type { Want, Wanted } from './waiting.ts'

/**
 * What is kept free for a workload that must wait: machines that it could use and nobody before it keeps, and until
 * when others may use them. Null: the fleet could never hold it, or none of what it wants is free.
 */
export function claimFor(wanted: Wanted, kept: Kept, index: FleetIndex, isTimed: boolean): Claim | null {
  if (!wanted.wants.every((want) => couldHold(want, index))) return null
  const counts = new Map<Kind, number>()
  const machines = new Set<Entry>()
  let within: Domain | null = null
  let at: Instant | null = instant(0)
  for (const want of wanted.wants) {
    const { demand, ranks } = want
    if (demand.reach !== 'kind') {
      let left = ranks.length
      for (const entry of demand.everyFree()) {
        if (left === 0) break
        if (kept.has(entry)) continue
        machines.add(entry)
        left -= 1
      }
      at = null
      continue
    }
    const pack = demand.arrangement.pack
    if (pack?.required === true && wanted.wants.length === 1) {
      const depth = index.levels.indexOf(pack.level) + 1
      const first = firstPlace(demand.kinds, depth, ranks.length)
      within = first.domain
      at = first.at
      for (const kind of demand.kinds) counts.set(kind, 0)
      continue
    }
    let left = ranks.length
    for (const kind of demand.kinds) {
      const free = Math.min(left, kept.spare(kind) - (counts.get(kind) ?? 0))
      if (free <= 0) continue
      counts.set(kind, (counts.get(kind) ?? 0) + free)
      left -= free
    }
    const start: Instant | null = isTimed && left > 0 ? nthEnd(demand.kinds, left) : null
    at = at === null || start === null ? null : instant(Math.max(at, start))
  }
  return within === null && counts.size === 0 && machines.size === 0 ? null : { at, counts, within, machines }
}

export function couldHold({ demand, ranks }: Want, index: FleetIndex): boolean {
  const { pack } = demand.arrangement
  if (pack?.required === true) {
    const depth = index.levels.indexOf(pack.level) + 1
    return depth > 0 && demand.largestPlace(depth) >= ranks.length
  }
  return demand.couldHold(ranks.length) >= ranks.length
}

/** When so many more of these kinds will be free, as far as time limits tell. */
export function nthEnd(kinds: readonly Kind[], count: number): Instant | null {
  const heads = new Heap<{ readonly ends: Iterator<Entry>; readonly at: Instant }>((left, right) => left.at - right.at)
  const advance = (ends: Iterator<Entry>): void => {
    const next = ends.next()
    if (next.done !== true && next.value.freeAt !== null) heads.push({ ends, at: next.value.freeAt })
  }
  for (const kind of kinds) if (kind.ends.size > 0) advance(kind.ends[Symbol.iterator]())
  for (let passed = 1; ; passed += 1) {
    const head = heads.pop()
    if (head === undefined || passed === count) return head?.at ?? null
    advance(head.ends)
  }
}

/** The place of this depth where so many are free first; where no end is known, the one with the most free now. */
function firstPlace(
  kinds: readonly Kind[],
  depth: number,
  count: number,
): { readonly domain: Domain | null; readonly at: Instant | null } {
  const free = new Map<Domain, number>()
  let fullest: Domain | null = null
  for (const kind of kinds) {
    for (const { domain, free: here } of kind.fits(depth, 1)) {
      const all = (free.get(domain) ?? 0) + here
      free.set(domain, all)
      if (fullest === null || all > (free.get(fullest) ?? 0)) fullest = domain
    }
  }
  const ends = kinds
    .flatMap((kind) => [...kind.ends])
    .toSorted((left, right) => (left.freeAt ?? 0) - (right.freeAt ?? 0))
  for (const { freeAt, stretch } of ends) {
    const domain = placeAt(stretch.domain, depth)
    const all = (free.get(domain) ?? 0) + 1
    free.set(domain, all)
    if (all >= count) return { domain, at: freeAt }
  }
  return { domain: fullest, at: null }
}

function placeAt(leaf: Domain, depth: number): Domain {
  let domain = leaf
  while (domain.depth > depth && domain.parent !== null) domain = domain.parent
  return domain
}

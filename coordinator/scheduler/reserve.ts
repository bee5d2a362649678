import type { Instant } from '../../shared/model/time.ts'
import type { Gate } from './admission.ts'
import type { Claim, Kept } from './claims.ts'
import type { Demand } from './demand.ts'
import { type Domain, isKnown, placeAt } from './domain.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry, Kind } from './kind.ts'
import { Places, placeInTime } from './place_in_time.ts'
import { type Coming, comingOfKind, isOpenAt, nthEnd, promised, splitOf, startOf } from './starts.ts'
import { share } from './share.ts'
import { byPlace, choiceOf, isLoose, scarcestFirst } from './suits.ts'
import { shareTogether } from './together.ts'
import type { Shape, Want } from './waiting.ts'

const NONE: ReadonlySet<Entry> = new Set()

/** How a blocked workload may be kept for. */
export type Reserving = {
  readonly index: FleetIndex
  readonly now: Instant
  readonly kept: Kept
  /** How long it has them once it has started, cleaning included; Infinity: nobody knows. */
  readonly length: number
  /** Whether it may be promised machines for a time. */
  readonly mayPromise: boolean
  /** Whether it is told how many of each kind it gets: others are promised of the same kinds. */
  readonly isSplit: boolean
  /** Others are stopped for it: what is free is for it alone until it starts. */
  readonly isPreempting: boolean
}

/**
 * What is kept free for a workload that must wait: machines that it could use and nobody before it keeps, and until
 * when others may use them. Null: the fleet could never hold it, or none of what it wants is free.
 */
export function claimFor(shape: Shape, reserving: Reserving): Claim | null {
  if (!couldHold(shape, reserving.index, reserving.kept.gate)) return null
  const [want] = shape.wants
  const { arrangement, reach } = want?.demand ?? { reach: 'machine' }
  if (want === undefined || shape.wants.length > 1 || reach !== 'kind' || reserving.isPreempting) {
    return bySingles(shape.wants, reserving)
  }
  const { pack, spread, sameClass } = arrangement
  if (spread !== null || (sameClass && pack?.required === true)) return bySingles(shape.wants, reserving)
  if (!reserving.mayPromise) return null
  // Who could take nothing now is the first of nobody.
  const { kept } = reserving
  if (want.demand.kinds.every((kind) => kind.free === 0 || !kept.mayKeep(kind)) && !reserving.isSplit) return null
  if (pack?.required === true) return ofPlace(want, pack.level, reserving)
  return ofKinds(sameClass ? firstClass(want, reserving) : want.demand.kinds, want, reserving)
}

/**
 * So many of these kinds, wherever they are, as soon as nobody before it is promised them. What it may not have now is
 * not its to keep: of the others, as many are kept as it lacks when those are open to it.
 */
function ofKinds(kinds: readonly Kind[], { ranks }: Want, reserving: Reserving): Claim | null {
  const { now, kept, length, isSplit } = reserving
  const at = startOf(kinds, ranks.length, reserving)
  const until = at === null ? Infinity : Math.max(at, now) + length
  const own = kinds.filter((kind) => kept.mayKeep(kind) && (at === null || isOpenAt(kind, at, reserving)))
  const closed = at === null ? [] : kinds.filter((kind) => !kept.gate.admits(kind))
  const count = closed.reduce((left, kind) => left - (at === null ? 0 : promised(kind, at, reserving)), ranks.length)
  if (count <= 0 || own.length === 0) return null
  const parts = isSplit ? splitOf(own, count, at, reserving) : [{ kinds: own, count }]
  return parts.length === 0 ? null : { at, until, parts, kinds: own, within: null, machines: NONE }
}

/** Kinds of the class of which enough are free first; where nobody knows, of the one that has the most free now. */
function firstClass({ demand, ranks }: Want, { kept, now }: Reserving): readonly Kind[] {
  let best: { readonly kinds: readonly Kind[]; readonly at: number; readonly free: number } | null = null
  for (const kinds of Map.groupBy(demand.kinds, ({ facts }) => facts.hardwareClass).values()) {
    const total = kinds.reduce((sum, kind) => sum + (kept.gate.isEver(kind) ? kind.root.total : 0), 0)
    if (total < ranks.length) continue
    const free = kinds.reduce((sum, kind) => sum + Math.max(0, kept.spare(kind)), 0)
    const at = nthEnd(kinds, Math.max(0, ranks.length - free), kept.gate, now) ?? Infinity
    if (best === null || at < best.at || (at === best.at && free > best.free)) best = { kinds, at, free }
  }
  return best?.kinds ?? []
}

/** All in the place where so many are to be had first; where nobody knows, in the one that has the most free now. */
function ofPlace({ demand, ranks }: Want, level: string, reserving: Reserving): Claim | null {
  const { index, kept, now } = reserving
  const { gate } = kept
  const depth = index.levels.indexOf(level) + 1
  const totals = totalsOf(demand, depth, gate)
  // A place that could never hold it is none, though some machines there may be had until a window begins.
  const isPlace = (domain: Domain): boolean => (totals.get(domain) ?? 0) >= ranks.length
  const [free, places] = [new Map<Domain, number>(), new Places()]
  for (const kind of demand.kinds) {
    if (!gate.admits(kind)) continue
    for (const { domain, free: here } of kind.fits(depth, 1)) {
      if (!isPlace(domain)) continue
      free.set(domain, (free.get(domain) ?? 0) + here)
      places.add(kind, domain, here)
    }
  }
  const coming = comingOf(demand.kinds, gate, now).filter(({ entry }) => isPlace(placeAt(entry.stretch.domain, depth)))
  const first = placeInTime(places, coming, { kinds: demand.kinds, count: ranks.length, depth }, reserving)
  const within = first?.place ?? fullest(free)
  if (within === null) return null
  const at = first?.at ?? null
  // What is reserved for others is not its to keep, and what will be then is of no use to it.
  const kinds = demand.kinds.filter(
    (kind) => kept.mayKeep(kind) && (at === null || kind.reservations.length === 0 || isOpenAt(kind, at, reserving)),
  )
  return { at, until: Infinity, parts: [], kinds, within, machines: NONE }
}

function fullest(free: ReadonlyMap<Domain, number>): Domain | null {
  let [first, most]: [Domain | null, number] = [null, 0]
  for (const [domain, count] of free) {
    if (first === null || count > most || (count === most && domain.key < first.key)) [first, most] = [domain, count]
  }
  return first
}

/**
 * Machines one by one: of groups that take any of those that suit them as many as they want, of one whose machines must
 * lie in some way all that suit it. Nobody knows when it starts.
 */
function bySingles(wants: readonly Want[], { kept, index, isPreempting }: Reserving): Claim | null {
  const machines = new Set<Entry>()
  const usable = (want: Want): readonly Entry[] =>
    [...want.demand.everyFree()].filter(
      (entry) =>
        !kept.has(entry) &&
        !machines.has(entry) &&
        kept.mayKeep(entry.stretch.kind) &&
        isPlaced(entry.stretch.domain, want, index),
    )
  const loose = isPreempting ? [] : wants.filter(isLoose)
  for (const want of wants) if (!loose.includes(want)) for (const entry of usable(want)) machines.add(entry)
  for (const some of share(loose, usable).values()) for (const entry of some) machines.add(entry)
  return machines.size === 0 ? null : { at: null, until: Infinity, parts: [], kinds: [], within: null, machines }
}

/** Whether machines there say where they are, as far as it matters to the group. */
function isPlaced(domain: Domain, { demand }: Want, { levels }: FleetIndex): boolean {
  const { pack, spread } = demand.arrangement
  const asked = [pack?.required === true ? pack.level : null, spread?.level ?? null]
  return asked.every((level) => level === null || isKnown(placeAt(domain, levels.indexOf(level) + 1)))
}

function totalsOf(demand: Demand, depth: number, gate: Gate): ReadonlyMap<Domain, number> {
  const totals = new Map<Domain, number>()
  for (const { domain, total, kind } of demand.leaves) {
    if (!gate.isEver(kind)) continue
    const place = placeAt(domain, depth)
    if (isKnown(place)) totals.set(place, (totals.get(place) ?? 0) + total)
  }
  return totals
}

/**
 * Whether the fleet could ever hold it, if all machines were free; worked out anew when there are other machines, and
 * each time where some are kept from it for ever.
 */
export function couldHold(shape: Shape, index: FleetIndex, gate: Gate): boolean {
  const known = shape.held
  const isShared = shape.wants.every(({ demand }) => demand.kinds.every(gate.isEver))
  if (isShared && known !== null && known.totals === index.totals) return known.could
  const could =
    shape.wants.length === 1
      ? shape.wants.every((want) => couldHoldOne(want, index, gate))
      : fitsAll(shape, index, gate)
  if (isShared) shape.held = { totals: index.totals, could }
  return could
}

function couldHoldOne(want: Want, index: FleetIndex, gate: Gate): boolean {
  const { demand, ranks } = want
  const { pack, spread, sameClass } = demand.arrangement
  const isRequired = pack?.required === true
  if (demand.reach === 'kind' && spread === null) {
    if (!isRequired && !sameClass) return demand.couldHold(gate.isEver) >= ranks.length
    if (!sameClass) {
      const depth = index.levels.indexOf(pack?.level ?? '') + 1
      return depth > 0 && Math.max(0, ...totalsOf(demand, depth, gate).values()) >= ranks.length
    }
  }
  return choiceOf(index, want, couldHave(want, gate)) !== undefined
}

const couldHave = (want: Want, gate: Gate): readonly Entry[] =>
  [...want.demand.every()].filter(({ stretch }) => gate.isEver(stretch.kind))

/** All groups at once: each given its machines in turn, or sharing them where they may lie as they like. */
function fitsAll({ wants }: Shape, index: FleetIndex, gate: Gate): boolean {
  const all = new Map(wants.map((want) => [want, couldHave(want, gate)]))
  const inTurn = scarcestFirst(wants, (one) => all.get(one)?.length ?? 0)
  if (usedBy(inTurn, index, all) !== undefined) return true
  const loose = inTurn.filter(isLoose)
  const tied = inTurn.filter((want) => !loose.includes(want))
  const others = usedBy(tied, index, all)
  if (others !== undefined) {
    const shared = share(loose, (want) => (all.get(want) ?? []).filter((entry) => !others.has(entry)))
    if (loose.every((want) => shared.get(want)?.length === want.ranks.length)) return true
  }
  return tied.length > 0 && shareTogether(index, inTurn, (want) => all.get(want) ?? []) !== undefined
}

/** What these groups use, each after those before it; undefined: too little. */
function usedBy(
  wants: readonly Want[],
  index: FleetIndex,
  all: ReadonlyMap<Want, readonly Entry[]>,
): ReadonlySet<Entry> | undefined {
  const used = new Set<Entry>()
  for (const want of wants) {
    const free = (all.get(want) ?? []).filter((entry) => !used.has(entry))
    const chosen = choiceOf(index, want, free)
    if (chosen === undefined) return undefined
    for (const entry of chosen) used.add(entry)
  }
  return used
}

const comingOf = (kinds: readonly Kind[], gate: Gate, now: Instant): readonly Coming[] =>
  kinds
    .flatMap((kind) => [...comingOfKind(kind, gate, now)])
    .toSorted((left, right) => left.at - right.at || byPlace(left.entry, right.entry))

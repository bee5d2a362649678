import { type Instant, instant } from '../../shared/model/time.ts'
import { type Gate, OPEN } from './admission.ts'
import type { Kept, Part } from './claims.ts'
import { Heap } from './heap.ts'
import type { Entry, Kind } from './kind.ts'

/** Who wants machines that are not free yet. */
export type Asking = {
  readonly now: Instant
  readonly kept: Kept
  /** How long it has them once it has started, cleaning included; Infinity: nobody knows. */
  readonly length: number
}

/**
 * When it can have so many of these kinds for as long as it takes, as far as time limits and reservations tell; null:
 * nobody knows.
 */
export function startOf(kinds: readonly Kind[], count: number, asking: Asking): Instant | null {
  const { kept, now } = asking
  const free = kinds.reduce((sum, kind) => sum + kind.free, 0)
  // No reservation makes it earlier.
  const first = nthEnd(kinds, count - free, OPEN, now)
  if (first === null) return null
  const ends = kinds.map((kind) => endsFrom(kind, first))
  const returns = kinds.map((kind) => [...kept.returns(kind)].filter((at) => at > first).toSorted(byTime))
  let last: Instant | null = null
  for (const time of withOpenings(inTime([[first], ...ends, ...returns]), kinds, asking)) {
    if (time === last) continue
    last = time
    if (kinds.reduce((sum, kind) => sum + promised(kind, time, asking), 0) >= count) return time
  }
  return null
}

/** These times, which are in order, and those at which a kind that is closed to it at one of them opens. */
export function* withOpenings(
  times: Iterable<Instant>,
  kinds: readonly Kind[],
  { kept, now }: Asking,
): Iterable<Instant> {
  const openings = new Heap<Instant>(byTime)
  const told = new Map<Kind, Instant>()
  for (const time of times) {
    yield* upTo(openings, time)
    for (const kind of kinds) {
      const from = kept.gate.admitsFrom(kind, time)
      if (from === null || from <= Math.max(time, now) || told.get(kind) === from) continue
      told.set(kind, from)
      openings.push(from)
    }
    yield time
  }
  yield* upTo(openings, Infinity)
}

function* upTo(openings: Heap<Instant>, time: number): Iterable<Instant> {
  for (let next = openings.pop(); next !== undefined; next = openings.pop()) {
    if (next > time) {
      openings.push(next)
      return
    }
    yield next
  }
}

/** How many of each kind it is promised at that time, or keeps now where nobody knows when that is. */
export function splitOf(kinds: readonly Kind[], count: number, at: Instant | null, asking: Asking): readonly Part[] {
  const could = kinds.map((kind) => ({
    kind,
    most: at === null ? Math.max(0, asking.kept.spare(kind)) : promised(kind, at, asking),
  }))
  const whole = could.find(({ most }) => most >= count)
  let left = count
  return (whole === undefined ? could : [whole]).flatMap(({ kind, most }) => {
    const some = Math.min(left, most)
    left -= some
    return some > 0 ? [{ kinds: [kind], count: some }] : []
  })
}

/** Whether reservations let it have machines of a kind from that time on. */
export function isOpenAt(kind: Kind, at: Instant, { kept: { gate }, now }: Asking): boolean {
  return at <= now ? gate.admits(kind) : gate.admitsFrom(kind, at) === at
}

/** How many of a kind it could have from a time on, for as long as it takes. */
export const promised = (kind: Kind, at: Instant, asking: Asking): number =>
  isOpenAt(kind, at, asking) ? Math.max(0, asking.kept.spareFrom(kind, at, asking.length)) : 0

/** A machine that the asker may have from a time on. */
export type Coming = { readonly entry: Entry; readonly at: Instant }

/** Machines of a kind that come free for the asker, the earliest first: what runs ends, or what is reserved opens. */
export function* comingOfKind(kind: Kind, gate: Gate, now: Instant): Iterable<Coming> {
  const from = gate.admits(kind) ? null : gate.admitsFrom(kind, now)
  if (from !== null) {
    for (const leaf of kind.fits(kind.depth, 1)) for (const entry of leaf.machines) yield { entry, at: from }
  }
  for (const entry of kind.ends) {
    const at = entry.freeAt === null ? null : gate.admitsFrom(kind, entry.freeAt)
    if (at !== null) yield { entry, at }
  }
}

/** When so many more of these kinds will be free for the asker, as far as time limits and reservations tell. */
export function nthEnd(kinds: readonly Kind[], count: number, gate: Gate, now: Instant): Instant | null {
  if (count <= 0) return instant(0)
  let passed = 0
  for (const at of inTime(kinds.map((kind) => timesOf(comingOfKind(kind, gate, now))))) {
    passed += 1
    if (passed === count) return at
  }
  return null
}

function* timesOf(coming: Iterable<Coming>): Iterable<Instant> {
  for (const { at } of coming) yield at
}

function* endsFrom({ ends }: Kind, first: Instant): Iterable<Instant> {
  for (const { freeAt } of ends.from((entry) => (entry.freeAt ?? 0) < first)) if (freeAt !== null) yield freeAt
}

const byTime = (left: Instant, right: Instant): number => left - right

/** Times of all of these, each of which has its own in order. */
function* inTime(sources: readonly Iterable<Instant>[]): Iterable<Instant> {
  const heads = new Heap<{ readonly at: Instant; readonly rest: Iterator<Instant> }>(
    (left, right) => left.at - right.at,
  )
  const advance = (rest: Iterator<Instant>): void => {
    const next = rest.next()
    if (next.done !== true) heads.push({ at: next.value, rest })
  }
  for (const source of sources) advance(source[Symbol.iterator]())
  for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
    yield head.at
    advance(head.rest)
  }
}

import { type Instant, instant } from '../../shared/model/time.ts'
import type { Kept, Part } from './claims.ts'
import { Heap } from './heap.ts'
import type { Kind } from './kind.ts'

/** Who wants machines that are not free yet. */
export type Asking = {
  readonly kept: Kept
  /** How long it has them once it has started, cleaning included; Infinity: nobody knows. */
  readonly length: number
}

/** When it can have so many of these kinds for as long as it takes, as far as time limits tell; null: nobody knows. */
export function startOf(kinds: readonly Kind[], count: number, { kept, length }: Asking): Instant | null {
  const free = kinds.reduce((sum, kind) => sum + kind.free, 0)
  const first = nthEnd(kinds, count - free)
  if (first === null) return null
  const ends = kinds.map((kind) => endsFrom(kind, first))
  const returns = kinds.map((kind) => [...kept.returns(kind)].filter((at) => at > first).toSorted(byTime))
  let last: Instant | null = null
  for (const time of inTime([[first], ...ends, ...returns])) {
    if (time === last) continue
    last = time
    if (kinds.reduce((sum, kind) => sum + promised(kind, time, { kept, length }), 0) >= count) return time
  }
  return null
}

/** How many of each kind it is promised at that time, or keeps now where nobody knows when that is. */
export function splitOf(
  kinds: readonly Kind[],
  count: number,
  at: Instant | null,
  { kept, length }: Asking,
): readonly Part[] {
  const could = kinds.map((kind) => ({
    kind,
    most: at === null ? Math.max(0, kept.spare(kind)) : promised(kind, at, { kept, length }),
  }))
  const whole = could.find(({ most }) => most >= count)
  let left = count
  return (whole === undefined ? could : [whole]).flatMap(({ kind, most }) => {
    const some = Math.min(left, most)
    left -= some
    return some > 0 ? [{ kinds: [kind], count: some }] : []
  })
}

const promised = (kind: Kind, at: Instant, { kept, length }: Asking): number =>
  Math.max(0, kept.spareFrom(kind, at, length))

/** When so many more of these kinds will be free, as far as time limits tell. */
export function nthEnd(kinds: readonly Kind[], count: number): Instant | null {
  if (count <= 0) return instant(0)
  let passed = 0
  for (const at of inTime(kinds.map((kind) => endsFrom(kind, instant(0))))) {
    passed += 1
    if (passed === count) return at
  }
  return null
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

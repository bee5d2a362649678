import type { Arrangement } from '../../shared/model/workload.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import { isKnown, placeAt } from './domain.ts'
import type { Entry, Place } from './kind.ts'
import type { Stock } from './stock.ts'

/**
 * Chooses `count` machines of a stock that lie to each other as they should, or undefined. Where nothing is asked for
 * they are put into the smallest place that holds them, and of several into the fullest, so that empty ones stay whole.
 * They come in the order in which they stand: ranks that are neighbours are near each other.
 */
export function arrange(
  stock: Stock,
  count: number,
  { pack, spread }: Arrangement,
  levels: readonly string[],
): readonly Entry[] | undefined {
  if (stock.free < count) return undefined
  const spreadDepth = spread === null ? 0 : levels.indexOf(spread.level) + 1
  if (spread !== null && spreadDepth === 0) return undefined
  const take = (place: Place): readonly Entry[] | undefined =>
    spread === null ? fill(place, count) : scatter(place, count, spreadDepth, spread.most)
  const packDepth = pack === null ? -1 : levels.indexOf(pack.level) + 1
  if (pack?.required === true) {
    return packDepth === 0 ? undefined : within(stock, packDepth, count, take)
  }
  // Machines that are to be spread need a place that is larger than those that they are spread over.
  const innermost = spread === null ? levels.length : spreadDepth - 1
  for (let depth = innermost; depth > 0; depth -= 1) {
    const found = within(stock, depth, count, take)
    if (found !== undefined) return found
  }
  return take(stock.root)
}

function within(
  stock: Stock,
  depth: number,
  count: number,
  take: (place: Place) => readonly Entry[] | undefined,
): readonly Entry[] | undefined {
  for (const place of stock.fits(depth, count)) {
    const found = isKnown(place.domain) ? take(place) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** From as few places as can be: whole ones while they are needed, and the rest from the one that it fits best. */
function fill(place: Place, count: number): readonly Entry[] | undefined {
  if (place.free < count) return undefined
  const chosen: Entry[] = []
  gather(place, count, chosen)
  return chosen.length === count ? inOrder(chosen) : undefined
}

function gather(place: Place, count: number, chosen: Entry[]): void {
  let left = count
  for (const entry of place.machines) {
    if (left === 0) return
    chosen.push(entry)
    left -= 1
  }
  if (left === 0) return
  const places = [...place.children].filter(({ free }) => free > 0).toSorted(byFree)
  while (left > 0 && places.length > 0) {
    const fitting = places.findIndex(({ free }) => free >= left)
    const index = fitting === -1 ? places.length - 1 : fitting
    const [next] = places.splice(index, 1)
    if (next === undefined) return
    const taken = Math.min(left, next.free)
    gather(next, taken, chosen)
    left -= taken
  }
}

/** At most `most` from each place of this depth, and no more from one than evenness needs. */
function scatter(place: Place, count: number, depth: number, most: number): readonly Entry[] | undefined {
  // Within one place of that level, or of one within it, there is room for so many alone.
  if (place.domain.depth >= depth) {
    return count <= most && isKnown(placeAt(place.domain, depth)) ? fill(place, count) : undefined
  }
  const places = [...placesAt(place, depth)].filter(({ free, domain }) => free > 0 && isKnown(domain))
  const room = (each: number): number => places.reduce((sum, { free }) => sum + Math.min(free, each), 0)
  let each = 1
  while (each < most && room(each) < count) each += 1
  if (room(each) < count) return undefined
  const chosen: Entry[] = []
  // The fullest give first: those that have little keep it for work that fits there exactly.
  for (const next of places.toSorted((left, right) => byFree(right, left))) {
    const taken = Math.min(each, next.free, count - chosen.length)
    gather(next, taken, chosen)
    if (chosen.length === count) break
  }
  return inOrder(chosen)
}

function* placesAt(place: Place, depth: number): Iterable<Place> {
  if (place.domain.depth >= depth) yield place
  else for (const child of place.children) yield* placesAt(child, depth)
}

const byFree = (left: Place, right: Place): number =>
  left.free - right.free || compareTexts(left.domain.key, right.domain.key)

const inOrder = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((left, right) => compareTexts(left.key, right.key))

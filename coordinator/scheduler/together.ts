import { compareTexts } from '../../shared/model/texts.ts'
import { isKnown, placeAt } from './domain.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry } from './kind.ts'
import { share } from './share.ts'
import { isLoose } from './suits.ts'
import type { Want } from './waiting.ts'

/** Machines that are looked at in all attempts together: beyond, it is given up. */
const LOOKED_AT = 100_000

/**
 * Shares machines out to groups of which some must have theirs in one place, or of one class: it is settled where each
 * of these is, the place that it fills best first, until all of them have enough. Undefined: nothing of the kind was
 * found. A group that must be spread is not sought for here.
 *
 * @param suiting the machines that suit each group.
 */
export function shareTogether(
  index: FleetIndex,
  wants: readonly Want[],
  suiting: (want: Want) => readonly Entry[],
): ReadonlyMap<Want, readonly Entry[]> | undefined {
  const tied = wants.filter((want) => !isLoose(want))
  if (tied.some(({ demand }) => demand.arrangement.spread !== null)) return undefined
  const settled = new Map(wants.map((want) => [want, suiting(want)]))
  const rooms = new Map(tied.map((want) => [want, roomsOf(index, want, suiting(want))]))
  let lookedAt = 0
  const settle = (next: number): ReadonlyMap<Want, readonly Entry[]> | undefined => {
    const want = tied[next]
    if (want === undefined) {
      for (const entries of settled.values()) lookedAt += entries.length
      const shared = share(wants, (one) => settled.get(one) ?? [])
      return wants.every((one) => shared.get(one)?.length === one.ranks.length) ? shared : undefined
    }
    for (const room of rooms.get(want) ?? []) {
      if (lookedAt > LOOKED_AT) return undefined
      settled.set(want, room)
      const found = settle(next + 1)
      if (found !== undefined) return found
    }
    return undefined
  }
  return settle(0)
}

/** Machines of which any will do together, the fewest first. */
function roomsOf(index: FleetIndex, want: Want, entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const { pack, sameClass } = want.demand.arrangement
  const depth = pack?.required === true ? index.levels.indexOf(pack.level) + 1 : 0
  if (pack?.required === true && depth === 0) return []
  const placed = entries.filter(({ stretch }) => isKnown(placeAt(stretch.domain, depth)))
  const rooms = Map.groupBy(placed, ({ stretch, record }) => {
    const place = placeAt(stretch.domain, depth).key
    return sameClass ? `${record.hardwareClass} ${place}` : place
  })
  return [...rooms]
    .filter(([, room]) => room.length >= want.ranks.length)
    .toSorted(([one, left], [other, right]) => left.length - right.length || compareTexts(one, other))
    .map(([, room]) => room)
}

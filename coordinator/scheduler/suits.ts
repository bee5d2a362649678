import { compareTexts } from '../../shared/model/texts.ts'
import { arrange } from './arrange.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry } from './kind.ts'
import { stockOfShelves } from './stock.ts'
import type { Want } from './waiting.ts'

/** Machines of these that a group can be given, lying as they should; undefined: too few. As slow as there are many. */
export function choiceOf(
  index: FleetIndex,
  { demand, ranks }: Want,
  entries: readonly Entry[],
): readonly Entry[] | undefined {
  if (entries.length < ranks.length) return undefined
  const { arrangement } = demand
  const alike = arrangement.sameClass
    ? [...Map.groupBy(entries, ({ record }) => record.hardwareClass).values()]
    : [entries]
  for (const some of alike) {
    const shelves = [...Map.groupBy(some, ({ stretch }) => stretch.domain)]
    const stock = stockOfShelves(
      shelves.map(([domain, machines]) => ({ domain, machines })),
      index.domains.root,
    )
    const found = arrange(stock, ranks.length, arrangement, index.levels)
    if (found !== undefined) return found
  }
  return undefined
}

export const byPlace = (left: Entry, right: Entry): number => compareTexts(left.key, right.key)

/** What has the fewest machines to choose from first: what is left will do for the others more likely. */
export function scarcestFirst(wants: readonly Want[], countOf: (want: Want) => number): readonly Want[] {
  if (wants.length < 2) return wants
  const counts = new Map(wants.map((want) => [want, countOf(want)]))
  return wants.toSorted((left, right) => (counts.get(left) ?? 0) - (counts.get(right) ?? 0))
}

/** Whether its machines may lie as they like: near each other is only better. */
export function isLoose({ demand, ranks }: Want): boolean {
  const { pack, spread, sameClass } = demand.arrangement
  return pack?.required !== true && spread === null && (!sameClass || ranks.length === 1)
}

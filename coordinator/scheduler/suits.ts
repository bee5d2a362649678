import { compareTexts } from '../../shared/model/texts.ts'
import { mismatch } from '../core/placeable.ts'
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

/** Every machine that would do if it were free, whoever has it now. */
export function* wouldDo(index: FleetIndex, { demand }: Want): Iterable<Entry> {
  const { constraints } = demand
  const { machines } = constraints
  const named = machines.flatMap((id) => index.entry(id) ?? [])
  const looked = machines.length > 0 ? [named] : demand.kinds.map((kind) => kind.entries.values())
  for (const entries of looked) {
    for (const entry of entries) {
      if (entry.record.state === 'pending') continue
      if (demand.reach === 'kind' || mismatch(entry.record, constraints) === undefined) yield entry
    }
  }
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

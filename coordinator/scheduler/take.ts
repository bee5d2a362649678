import { misarranged } from '../core/placeable.ts'
import { machinesOf } from '../core/ranks.ts'
import type { FleetView } from '../core/state.ts'
import { choose, usableOf } from './choose.ts'
import type { Kept } from './claims.ts'
import type { FleetIndex } from './fleet_index.ts'
import { join } from './join.ts'
import type { Entry } from './kind.ts'
import { share } from './share.ts'
import { isLoose, scarcestFirst } from './suits.ts'
import { shareTogether } from './together.ts'
import type { Want, Wanted } from './waiting.ts'

/** What there is to take from, and what of it is kept for others. */
export type Taking = { readonly index: FleetIndex; readonly view: FleetView; readonly kept: Kept }

/**
 * Machines for all of its ranks, in their order; undefined, and nothing taken, where there are too few. Of several
 * groups they are taken off the index; of one alone, what is written takes them.
 */
export function takeAll(wanted: Wanted, taking: Taking): readonly Entry[] | undefined {
  const { workload, wants } = wanted
  const { index, view, kept } = taking
  const isWhole = workload.state === 'queued'
  const chosenFor: Choosing = (want) =>
    isWhole ? choose(index, want.demand, want.ranks.length, kept) : join(view, index, workload, want, kept)
  const inTurn = scarcestFirst(wants, freeOf)
  const found =
    takeInTurn(inTurn, index, chosenFor) ??
    (wants.length > 1 ? takeShared({ ...wanted, wants: inTurn }, taking, chosenFor) : undefined)
  return found && wants.flatMap((want) => found.get(want) ?? [])
}

type Choosing = (want: Want) => readonly Entry[] | undefined

type Found = ReadonlyMap<Want, readonly Entry[]>

/** Each group takes what it likes best of what those before it have left. */
function takeInTurn(wants: readonly Want[], index: FleetIndex, chosenFor: Choosing): Found | undefined {
  const found = new Map<Want, readonly Entry[]>()
  for (const want of wants) {
    const chosen = chosenFor(want)
    if (chosen === undefined) {
      giveBack(index, [...found.values()].flat())
      return undefined
    }
    found.set(want, chosen)
    if (wants.length > 1) for (const entry of chosen) index.take(entry)
  }
  return found
}

/** Groups that vie for machines: those whose machines must lie in some way first, and the others share what is left. */
function takeShared(wanted: Wanted, taking: Taking, chosenFor: Choosing): Found | undefined {
  const { wants } = wanted
  if (wants.some((want) => freeOf(want) < want.ranks.length)) return undefined
  const { index } = taking
  const loose = wants.filter(isLoose)
  const tied = wants.filter((want) => !loose.includes(want))
  const found = takeInTurn(tied, index, chosenFor)
  if (found !== undefined) {
    // Of one alone nothing is taken off there.
    const others = [...found.values()].flat()
    if (tied.length === 1) for (const entry of others) index.take(entry)
    const shared = share(loose, suitingOf({ ...wanted, wants: loose }, taking))
    if (loose.every((want) => shared.get(want)?.length === want.ranks.length)) {
      for (const entry of [...shared.values()].flat()) index.take(entry)
      return new Map([...found, ...shared])
    }
    giveBack(index, others)
  }
  const together = tied.length === 0 ? undefined : shareTogether(index, wants, suitingOf(wanted, taking))
  for (const entry of [...(together?.values() ?? [])].flat()) index.take(entry)
  return together
}

/** Free machines that suit each of these groups, and those that it holds already; they may have any of these. */
function suitingOf({ workload, wants }: Wanted, { index, view, kept }: Taking): (want: Want) => readonly Entry[] {
  const all = new Set(wants.flatMap(({ demand }) => [...demand.everyFree()]))
  const asked = wants.reduce((sum, { ranks }) => sum + ranks.length, 0)
  const usable = new Set(usableOf([...all], asked, kept))
  return ({ demand, members }) => {
    const held = workload.state === 'queued' ? [] : machinesOf(view, workload, members)
    const joins = ({ record }: Entry): boolean =>
      held.length === 0 || misarranged([...held, record], demand.arrangement, index.levels) === undefined
    return [...demand.everyFree()].filter((entry) => usable.has(entry) && joins(entry))
  }
}

/** Gives back to the index what was taken off it. */
export function giveBack(index: FleetIndex, entries: readonly Entry[]): void {
  for (const entry of entries) index.putBack(entry)
}

const freeOf = ({ demand }: Want): number =>
  demand.reach === 'kind' ? demand.kinds.reduce((sum, { free }) => sum + free, 0) : [...demand.everyFree()].length

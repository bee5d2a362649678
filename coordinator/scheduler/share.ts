import { compareTexts } from '../../shared/model/texts.ts'
import type { Entry } from './kind.ts'
import { byPlace } from './suits.ts'
import type { Want } from './waiting.ts'

/** Machines that suit the very same groups: it makes no difference which of them a group has. */
type Pile = { readonly groups: readonly number[]; readonly entries: readonly Entry[]; left: number }

/**
 * Shares machines out to groups that vie for them, so that together these get as many as can be. Machines of a group
 * need not lie in any way to each other.
 *
 * @param suiting the machines that suit each group.
 */
export function share(
  wants: readonly Want[],
  suiting: (want: Want) => Iterable<Entry>,
): ReadonlyMap<Want, readonly Entry[]> {
  const piles = pilesOf(wants, suiting)
  /** How many each group takes of each pile. */
  const taken = wants.map(() => piles.map(() => 0))
  for (const [group, { ranks }] of wants.entries()) {
    let missing = ranks.length
    while (missing > 0) {
      const moved = widen(group, missing, piles, taken)
      if (moved === 0) break
      missing -= moved
    }
  }
  const rest = piles.map(({ entries }) => [...entries].toSorted(byPlace))
  return new Map(
    wants.map((want, group) => [
      want,
      piles.flatMap((_, pile) => rest[pile]?.splice(0, taken[group]?.[pile] ?? 0) ?? []).toSorted(byPlace),
    ]),
  )
}

function pilesOf(wants: readonly Want[], suiting: (want: Want) => Iterable<Entry>): Pile[] {
  const groupsOf = new Map<Entry, number[]>()
  for (const [group, want] of wants.entries()) {
    for (const entry of suiting(want)) {
      const groups = groupsOf.get(entry)
      if (groups === undefined) groupsOf.set(entry, [group])
      else groups.push(group)
    }
  }
  const alike = [...Map.groupBy(groupsOf, ([, groups]) => groups.join())]
  return alike
    .toSorted(([left], [right]) => compareTexts(left, right))
    .map(([, some]) => ({
      groups: some[0]?.[1] ?? [],
      entries: some.map(([entry]) => entry),
      left: some.length,
    }))
}

/** Over which pile a group gives up what another then takes. */
type Step = { readonly pile: number; readonly from: number }

/**
 * One group more of what it lacks: from a pile that has some left, or from another group that can have others in place
 * of these, and so on. Returns how many it got.
 */
function widen(group: number, most: number, piles: readonly Pile[], taken: readonly number[][]): number {
  /** By which pile each group was reached, and from whom. */
  const reached = new Map<number, Step | null>([[group, null]])
  for (const one of reached.keys()) {
    for (const [pile, { groups, left }] of piles.entries()) {
      if (!groups.includes(one)) continue
      if (left > 0) return move(one, pile, Math.min(most, left), { piles, taken, reached })
      for (const other of groups) {
        if (!reached.has(other) && (taken[other]?.[pile] ?? 0) > 0) reached.set(other, { pile, from: one })
      }
    }
  }
  return 0
}

type Path = {
  readonly piles: readonly Pile[]
  readonly taken: readonly number[][]
  readonly reached: ReadonlyMap<number, Step | null>
}

function move(last: number, into: number, most: number, { piles, taken, reached }: Path): number {
  let count = most
  for (let step = reached.get(last), one = last; step; one = step.from, step = reached.get(one)) {
    count = Math.min(count, taken[one]?.[step.pile] ?? 0)
  }
  let [one, pile] = [last, into]
  const found = piles[into]
  if (found !== undefined) found.left -= count
  for (;;) {
    add(taken, one, pile, count)
    const step = reached.get(one)
    if (!step) return count
    add(taken, one, step.pile, -count)
    ;[one, pile] = [step.from, step.pile]
  }
}

function add(taken: readonly number[][], group: number, pile: number, by: number): void {
  const of = taken[group]
  if (of !== undefined) of[pile] = (of[pile] ?? 0) + by
}

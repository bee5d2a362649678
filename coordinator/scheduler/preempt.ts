import type { WorkloadId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import { mismatch } from '../core/placeable.ts'
import { memberRanks } from '../core/ranks.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Kept } from './claims.ts'
import { placeAt } from './domain.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry } from './kind.ts'
import { type Spare, entryOf, sparesFor } from './spares.ts'
import { choiceOf } from './suits.ts'
import type { Want, Wanted } from './waiting.ts'

/** Workloads that could be stopped for one, looked at in one decision; beyond, only the cheapest are. */
const VICTIMS_MAX = 256

export type Situation = {
  readonly view: FleetView
  readonly now: Instant
  readonly index: FleetIndex
  readonly kept: Kept
  /** Those that run and may be stopped for others. */
  readonly preemptible: Iterable<WorkloadRecord>
  /** Those that may have fewer machines than they have. */
  readonly shrinkable: Iterable<WorkloadRecord>
  /** Those that are being stopped: their machines come free anyway. */
  readonly ending: Iterable<WorkloadRecord>
  /** Those of which ranks have left: their machines come free too. */
  readonly leaving: Iterable<WorkloadRecord>
}

/** Who is to be stopped, who gives back what, and which machines that is for; some of these may be free already. */
export type Sacrifice = {
  readonly victims: readonly WorkloadId[]
  readonly spares: readonly Spare[]
  readonly machines: readonly Entry[]
}

/** A running workload that may be stopped, with those of its machines that would do. */
type Victim = {
  readonly id: WorkloadId
  readonly priority: number
  /** Machine-milliseconds of work that would be lost. */
  readonly lost: number
  readonly entries: readonly Entry[]
}

/**
 * What to take from running workloads of lower priority so that this one fits as a whole. First what they have beyond
 * what they must: where that is enough, nobody is stopped. Else whole gangs too, the lowest priority first, and of
 * these who has least to lose. Nothing of both: it fits once what is ending has ended. Undefined: even all of them
 * would not make it fit, so nothing is taken.
 */
export function victimsFor(wanted: Wanted, situation: Situation): Sacrifice | undefined {
  const victims = new Map<WorkloadId, Victim>()
  const spares: Spare[] = []
  const used = new Set<Entry>()
  for (const want of wanted.wants) {
    const found = forWant(wanted, want, situation, { victims, spares, used })
    if (found === undefined) return undefined
    for (const victim of found.victims) victims.set(victim.id, victim)
    for (const entry of found.entries) used.add(entry)
    spares.push(...found.spares)
  }
  // Who is stopped as a whole has nothing left to give back.
  const given = spares.filter(({ workload }) => !victims.has(workload))
  return { victims: [...victims.keys()], spares: given, machines: [...used] }
}

type Found = {
  readonly victims: readonly Victim[]
  readonly spares: readonly Spare[]
  readonly entries: readonly Entry[]
}

/** What the groups before have taken. */
type Taken = {
  readonly victims: ReadonlyMap<WorkloadId, Victim>
  readonly spares: readonly Spare[]
  readonly used: ReadonlySet<Entry>
}

function forWant({ workload }: Wanted, want: Want, situation: Situation, taken: Taken): Found | undefined {
  const { kept, index, view, shrinkable } = situation
  const suits = (entry: Entry): boolean =>
    !taken.used.has(entry) && mismatch(entry.record, want.demand.constraints) === undefined
  const free = [...want.demand.everyFree()].filter((entry) => !taken.used.has(entry) && !kept.has(entry))
  const coming = [...comingFree(situation)].filter(suits)
  const base = [...free, ...coming, ...[...taken.victims.values()].flatMap(({ entries }) => entries.filter(suits))]
  const fitting = choiceOf(index, want, base)
  if (fitting !== undefined) return { victims: [], spares: [], entries: fitting }
  const isGain = (entry: Entry): boolean => suits(entry) && isSound(entry)
  const stopped = new Set(taken.victims.keys())
  const lower = [...shrinkable].filter(({ id }) => !stopped.has(id))
  const spares = sparesFor(view, index, lower, workload.spec.priority, isGain, taken.spares)
  const enough = fewestSpares(index, want, base, spares)
  if (enough !== undefined) return enough
  const isSpare = new Set(spares.map(({ entry }) => entry))
  const all = [...base, ...isSpare]
  const victims = candidates(workload, situation, suits).flatMap((victim) =>
    stopped.has(victim.id) ? [] : within(victim, (entry) => !isSpare.has(entry)),
  )
  const found = byVictims(index, want, all, victims)
  if (found === undefined) return undefined
  const entries = new Set(found.entries)
  return { ...found, spares: spares.filter(({ entry }) => entries.has(entry)) }
}

/** With as few of them as will do, in their order. */
function fewestSpares(
  index: FleetIndex,
  want: Want,
  base: readonly Entry[],
  spares: readonly Spare[],
): Found | undefined {
  const withFirst = (count: number): readonly Entry[] | undefined =>
    choiceOf(index, want, [...base, ...spares.slice(0, count).map(({ entry }) => entry)])
  if (spares.length === 0 || withFirst(spares.length) === undefined) return undefined
  let [low, high] = [1, spares.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (withFirst(middle) === undefined) low = middle + 1
    else high = middle
  }
  const entries = withFirst(low) ?? []
  const used = new Set(entries)
  return { victims: [], spares: spares.filter(({ entry }) => used.has(entry)), entries }
}

function byVictims(
  index: FleetIndex,
  want: Want,
  base: readonly Entry[],
  victims: readonly Victim[],
): Omit<Found, 'spares'> | undefined {
  const pack = want.demand.arrangement.pack
  if (pack?.required !== true) return cheapest(index, want, base, victims)
  // Of places that could hold it, the one where least is lost.
  const depth = index.levels.indexOf(pack.level) + 1
  let best: Omit<Found, 'spares'> | undefined
  for (const place of new Set(
    victims.flatMap(({ entries }) => entries.map((entry) => placeAt(entry.stretch.domain, depth))),
  )) {
    const here = (entry: Entry): boolean => placeAt(entry.stretch.domain, depth) === place
    const found = cheapest(
      index,
      want,
      base.filter(here),
      victims.flatMap((victim) => within(victim, here)),
    )
    if (found !== undefined && (best === undefined || lostBy(found) < lostBy(best))) best = found
  }
  return best
}

const lostBy = ({ victims }: Pick<Found, 'victims'>): number => victims.reduce((sum, { lost }) => sum + lost, 0)

function within(victim: Victim, here: (entry: Entry) => boolean): readonly Victim[] {
  const entries = victim.entries.filter(here)
  return entries.length === 0 ? [] : [{ ...victim, entries }]
}

/** Adds one after the other until it fits, then leaves out again whoever is not needed, the dearest first. */
function cheapest(
  index: FleetIndex,
  want: Want,
  base: readonly Entry[],
  victims: readonly Victim[],
): Omit<Found, 'spares'> | undefined {
  const taken: Victim[] = []
  let count = base.length
  const needed = (without: Victim | null): readonly Entry[] | undefined =>
    choiceOf(index, want, [...base, ...taken.flatMap((victim) => (victim === without ? [] : victim.entries))])
  let entries: readonly Entry[] | undefined
  for (const victim of victims) {
    taken.push(victim)
    count += victim.entries.length
    if (count >= want.ranks.length) entries = needed(null)
    if (entries !== undefined) break
  }
  if (entries === undefined) return undefined
  for (const victim of taken.toReversed()) {
    const without = needed(victim)
    if (without === undefined) continue
    taken.splice(taken.indexOf(victim), 1)
    entries = without
  }
  return { victims: taken, entries }
}

/** Machines that nobody will hold any more without anyone being stopped. */
function* comingFree({ index, ending, leaving, view }: Situation): Iterable<Entry> {
  for (const kind of index.kinds.values()) {
    if ((kind.refused.get('NOT_YET_CLEAN') ?? 0) + (kind.refused.get('VALIDATING') ?? 0) === 0) continue
    for (const entry of kind.entries.values()) {
      if (entry.refusal === 'NOT_YET_CLEAN' || entry.refusal === 'VALIDATING') yield entry
    }
  }
  for (const { placements } of ending) for (const id of placements) yield* listed(entryOf(view, index, id))
  for (const { placements, vacancies } of leaving) {
    for (const rank of vacancies) yield* listed(entryOf(view, index, placements[rank]))
  }
}

const listed = (entry: Entry | undefined): readonly Entry[] => (entry === undefined ? [] : [entry])

/** The lowest priority first, then who loses least. */
function candidates(
  workload: WorkloadRecord,
  { view, now, index, preemptible }: Situation,
  suits: (entry: Entry) => boolean,
): readonly Victim[] {
  const victims: Victim[] = []
  for (const running of preemptible) {
    const { priority } = running.spec
    if (priority >= workload.spec.priority) continue
    const held = memberRanks(running).flatMap((rank) => entryOf(view, index, running.placements[rank]) ?? [])
    const entries = held.filter((entry) => suits(entry) && isSound(entry))
    if (entries.length === 0) continue
    const lost = running.placements.length * Math.max(0, now - (running.startedAt ?? now))
    victims.push({ id: running.id, priority, lost, entries })
  }
  const order = (left: Victim, right: Victim): number =>
    left.priority - right.priority || left.lost - right.lost || (left.id < right.id ? -1 : 1)
  return victims.toSorted(order).slice(0, VICTIMS_MAX)
}

/** A machine that takes nothing once it is free is no gain. */
const isSound = ({ record }: Entry): boolean =>
  record.connection === 'connected' &&
  record.cordon === null &&
  !record.conditions.some((condition) => condition.forbidsPlacement)

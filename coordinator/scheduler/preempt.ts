import type { WorkloadId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import { mismatch } from '../core/placeable.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Kept } from './claims.ts'
import { placeAt } from './domain.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry } from './kind.ts'
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
  /** Those that are being stopped: their machines come free anyway. */
  readonly ending: Iterable<WorkloadRecord>
}

/** Who is to be stopped, and which machines that is for; some of these may be free already. */
export type Sacrifice = { readonly victims: readonly WorkloadId[]; readonly machines: readonly Entry[] }

/** A running workload that may be stopped, with those of its machines that would do. */
type Victim = {
  readonly id: WorkloadId
  readonly priority: number
  /** Machine-milliseconds of work that would be lost. */
  readonly lost: number
  readonly entries: readonly Entry[]
}

/**
 * Which running workloads of lower priority to stop so that this one fits as a whole: whole gangs, the lowest priority
 * first, and of these who has least to lose. No victims: it fits once what is ending has ended. Undefined: even all of
 * them would not make it fit, so none is stopped.
 */
export function victimsFor(wanted: Wanted, situation: Situation): Sacrifice | undefined {
  const victims = new Map<WorkloadId, Victim>()
  const used = new Set<Entry>()
  for (const want of wanted.wants) {
    const found = forWant(wanted, want, situation, victims, used)
    if (found === undefined) return undefined
    for (const victim of found.victims) victims.set(victim.id, victim)
    for (const entry of found.entries) used.add(entry)
  }
  return { victims: [...victims.keys()], machines: [...used] }
}

type Found = { readonly victims: readonly Victim[]; readonly entries: readonly Entry[] }

function forWant(
  { workload }: Wanted,
  want: Want,
  situation: Situation,
  chosen: ReadonlyMap<WorkloadId, Victim>,
  used: ReadonlySet<Entry>,
): Found | undefined {
  const { kept, index } = situation
  const suits = (entry: Entry): boolean =>
    !used.has(entry) && mismatch(entry.record, want.demand.constraints) === undefined
  const free = [...want.demand.everyFree()].filter((entry) => !used.has(entry) && !kept.has(entry))
  const coming = [...comingFree(situation)].filter(suits)
  const base = [...free, ...coming, ...[...chosen.values()].flatMap(({ entries }) => entries.filter(suits))]
  const fitting = choiceOf(index, want, base)
  if (fitting !== undefined) return { victims: [], entries: fitting }
  const victims = candidates(workload, situation, suits).filter(({ id }) => !chosen.has(id))
  const pack = want.demand.arrangement.pack
  if (pack?.required !== true) return cheapest(index, want, base, victims)
  // Of places that could hold it, the one where least is lost.
  const depth = index.levels.indexOf(pack.level) + 1
  let best: Found | undefined
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

const lostBy = ({ victims }: Found): number => victims.reduce((sum, { lost }) => sum + lost, 0)

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
): Found | undefined {
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
function* comingFree({ index, ending, view }: Situation): Iterable<Entry> {
  for (const kind of index.kinds.values()) {
    if ((kind.refused.get('NOT_YET_CLEAN') ?? 0) + (kind.refused.get('VALIDATING') ?? 0) === 0) continue
    for (const entry of kind.entries.values()) {
      if (entry.refusal === 'NOT_YET_CLEAN' || entry.refusal === 'VALIDATING') yield entry
    }
  }
  for (const workload of ending) yield* entriesOf(view, index, workload)
}

function entriesOf(view: FleetView, index: FleetIndex, workload: WorkloadRecord): readonly Entry[] {
  return workload.placements.flatMap((id) => {
    const placement = view.find('placements', id)
    const entry = placement === undefined ? undefined : index.entry(placement.machine)
    return entry === undefined || entry.record.placement !== id || entry.refusal !== 'HELD_BY_TENANT' ? [] : [entry]
  })
}

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
    const entries = entriesOf(view, index, running).filter((entry) => suits(entry) && isSound(entry))
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

import type { WorkloadId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { StopReason, StoppedFor } from '../../shared/model/workload.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import { Borrowed, type Claimant, stopReason } from '../core/borrowed.ts'
import { mismatch, withheld } from '../core/placeable.ts'
import { memberRanks } from '../core/ranks.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Allowance, Kept } from './claims.ts'
import { placeAt } from './domain.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Entry } from './kind.ts'
import { isOver } from './quotas.ts'
import type { Running } from './running.ts'
import { type Spare, entryOf, sparesFor } from './spares.ts'
import { choiceOf } from './suits.ts'
import { giveBack, takeAll } from './take.ts'
import type { Want, Wanted } from './waiting.ts'

/** Workloads that could be stopped for one, looked at in one decision; beyond, only the cheapest are. */
const VICTIMS_MAX = 256

type Situation = {
  readonly view: FleetView
  readonly now: Instant
  readonly index: FleetIndex
  readonly kept: Kept
  readonly running: Running
  /** Who is stopped for others, and which machines those wait for. */
  readonly spoken: { readonly victims: ReadonlySet<WorkloadId>; readonly machines: ReadonlySet<Entry> }
  /** Whether what it asks for is its tenant's own, and so is taken back from those who have borrowed it. */
  readonly isOwn: boolean
  /** Whether nobody of its own tenant is to be stopped. */
  readonly isSparing: boolean
  /** How many machines of a class it may be given. */
  readonly allowance: Allowance
}

/** Who is to be stopped, who gives back what, and which machines that is for; some of these may be free already. */
type Sacrifice = {
  readonly victims: readonly StoppedFor[]
  readonly spares: readonly Spare[]
  readonly machines: readonly Entry[]
}

/** A running workload that may be stopped, with those of its machines that would do. */
type Victim = {
  readonly workload: WorkloadRecord
  readonly reason: StopReason
  readonly priority: number
  /** Machine-milliseconds of work that would be lost. */
  readonly lost: number
  readonly entries: readonly Entry[]
}

/** Looking for victims of one workload. */
type Search = Situation & {
  readonly claimant: Claimant
  readonly chosen: Map<WorkloadId, Victim>
  readonly used: Set<Entry>
  readonly given: Spare[]
  /** What tenants have borrowed once all that is ending, and all that was chosen, has ended. */
  readonly borrowed: Borrowed
}

/**
 * What to take from running workloads so that this one fits as a whole. First what they have beyond what they must:
 * where that is enough, nobody is stopped. Else whole gangs too, the lowest priority first, and of these who has least
 * to lose. Nothing of both: it fits once what is ending has ended. Undefined: even all of them would not make it fit,
 * so nothing is taken.
 */
export function victimsFor(wanted: Wanted, situation: Situation): Sacrifice | undefined {
  const { view, running, spoken, isOwn, allowance } = situation
  const borrowed = new Borrowed(view)
  for (const workload of running.ending.values()) borrowed.leave(workload)
  for (const id of spoken.victims) {
    const workload = view.find('workloads', id)
    if (workload !== undefined) borrowed.leave(workload)
  }
  const claimant = { workload: wanted.workload, isOwn }
  const search: Search = { ...situation, claimant, chosen: new Map(), used: new Set(), given: [], borrowed }
  for (const want of wanted.wants) {
    const found = forWant(want, search)
    if (found === undefined) return undefined
    for (const victim of found.victims) {
      search.chosen.set(victim.workload.id, victim)
      borrowed.leave(victim.workload)
    }
    for (const entry of found.entries) search.used.add(entry)
    for (const spare of found.spares) {
      search.given.push(spare)
      borrowed.give(spare.owner, spare.entry.record.hardwareClass)
    }
  }
  const machines = [...search.used]
  // Its tenant may not have them: they would be stopped in vain.
  if (isOver(allowance, machines)) return undefined
  const victims = [...search.chosen.values()].map(({ workload, reason }) => ({ workload: workload.id, reason }))
  // Who is stopped as a whole has nothing left to give back.
  const spares = search.given.filter(({ workload }) => !search.chosen.has(workload))
  // Several groups are given their machines in another way than they were found here.
  if (wanted.wants.length > 1 && !wouldStart(wanted, search, spares)) return undefined
  return { victims, spares, machines }
}

/** Whether it is placed once all that is ending, and all that was chosen, has ended. */
function wouldStart(wanted: Wanted, search: Search, spares: readonly Spare[]): boolean {
  const { view, index, kept, chosen, spoken } = search
  const stopped = [...chosen.values()].flatMap(({ workload }) => heldBy(view, index, workload))
  const freed = [...comingFree(search), ...stopped, ...spares.map(({ entry }) => entry)]
  const usable = freed.filter((entry) => isSound(entry) && !spoken.machines.has(entry))
  return index.whileFree(usable, () => {
    const taken = takeAll(wanted, { index, view, kept })
    if (taken !== undefined) giveBack(index, taken)
    return taken !== undefined
  })
}

function heldBy(view: FleetView, index: FleetIndex, workload: WorkloadRecord): readonly Entry[] {
  return memberRanks(workload).flatMap((rank) => entryOf(view, index, workload.placements[rank]) ?? [])
}

/** Whom to stop, and which machines that is for. */
type Stopping = Omit<Found, 'spares'>

type Found = {
  readonly victims: readonly Victim[]
  readonly spares: readonly Spare[]
  readonly entries: readonly Entry[]
}

function forWant(want: Want, search: Search): Found | undefined {
  const { kept, used, chosen, allowance, spoken } = search
  const suits = (entry: Entry): boolean =>
    !used.has(entry) &&
    kept.gate.admits(entry.stretch.kind) &&
    !spoken.machines.has(entry) &&
    allowance(entry.record.hardwareClass) > 0 &&
    !isUnlike(entry, want)
  const free = [...want.demand.everyFree()].filter((entry) => !kept.has(entry) && suits(entry))
  const coming = [...comingFree(search)].filter((entry) => suits(entry) && isSound(entry))
  const base = [...free, ...coming, ...[...chosen.values()].flatMap(({ entries }) => entries.filter(suits))]
  const fitting = choiceWithin(search, want, base)
  if (fitting !== undefined) return { victims: [], spares: [], entries: fitting }
  const spares = sparable(search, (entry) => suits(entry) && isSound(entry))
  const enough = fewestSpares(search, want, base, spares)
  if (enough !== undefined) return enough
  const isSpare = new Set(spares.map(({ entry }) => entry))
  const victims = candidates(search, suits).flatMap((victim) => within(victim, (entry) => !isSpare.has(entry)))
  const found = byVictims(search, want, [...base, ...isSpare], victims)
  if (found === undefined) return undefined
  const entries = new Set(found.entries)
  return { ...found, spares: spares.filter(({ entry }) => entries.has(entry)) }
}

/** What others have beyond their least and may be taken: from those below it, or as what they have borrowed. */
function sparable(search: Search, suits: (entry: Entry) => boolean): readonly Spare[] {
  const { view, index, running, claimant, chosen, given, isSparing, spoken } = search
  if (!search.isOwn && !claimant.workload.spec.preemption.preempts) return []
  const others = [...running.shrinkable.values()].filter(
    ({ id, tenant }) =>
      id !== claimant.workload.id &&
      !chosen.has(id) &&
      !spoken.victims.has(id) &&
      !(isSparing && tenant === claimant.workload.tenant),
  )
  const borrowed = search.borrowed.fork()
  return sparesFor(view, index, others, suits, given).filter(({ owner, entry }) =>
    borrowed.givesBack(claimant, owner, entry.record.hardwareClass),
  )
}

/** With as few of them as will do, in their order. */
function fewestSpares(search: Search, want: Want, base: readonly Entry[], spares: readonly Spare[]): Found | undefined {
  const withFirst = (count: number): readonly Entry[] | undefined =>
    choiceWithin(search, want, [...base, ...spares.slice(0, count).map(({ entry }) => entry)])
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
  search: Search,
  want: Want,
  base: readonly Entry[],
  victims: readonly Victim[],
): Stopping | undefined {
  const { index } = search
  const pack = want.demand.arrangement.pack
  if (pack?.required !== true) return cheapest(search, want, base, victims)
  // Of places that could hold it, the one where least is lost.
  const depth = index.levels.indexOf(pack.level) + 1
  let best: Stopping | undefined
  for (const place of new Set(
    victims.flatMap(({ entries }) => entries.map((entry) => placeAt(entry.stretch.domain, depth))),
  )) {
    const here = (entry: Entry): boolean => placeAt(entry.stretch.domain, depth) === place
    const found = cheapest(
      search,
      want,
      base.filter(here),
      victims.flatMap((victim) => within(victim, here)),
    )
    if (found !== undefined && (best === undefined || lostBy(found) < lostBy(best))) best = found
  }
  return best
}

const isUnlike = ({ record }: Entry, { demand }: Want): boolean => mismatch(record, demand.constraints) !== undefined

/** A choice of these machines of which no class is more than may be had; where it must be, the first of each class. */
function choiceWithin({ index, allowance, used }: Search, want: Want, entries: readonly Entry[]) {
  const chosen = choiceOf(index, want, entries)
  if (chosen === undefined || !isOver(allowance, [...used, ...chosen])) return chosen
  const left = new Map<string, number>()
  for (const { record } of used) left.set(record.hardwareClass, (left.get(record.hardwareClass) ?? 0) + 1)
  const few = entries.filter(({ record: { hardwareClass } }) => {
    const count = (left.get(hardwareClass) ?? 0) + 1
    left.set(hardwareClass, count)
    return count <= allowance(hardwareClass)
  })
  const again = choiceOf(index, want, few)
  return again === undefined || isOver(allowance, [...used, ...again]) ? undefined : again
}

const lostBy = ({ victims }: Stopping): number => victims.reduce((sum, { lost }) => sum + lost, 0)

function within(victim: Victim, here: (entry: Entry) => boolean): readonly Victim[] {
  const entries = victim.entries.filter(here)
  return entries.length === 0 ? [] : [{ ...victim, entries }]
}

/** Ways to stop borrowers: of each no more than it has borrowed, or else as long as it has borrowed anything. */
const WAYS = [
  { isWhole: true, order: (): number => 0 },
  { isWhole: true, order: bySize },
  { isWhole: true, order: (left: Victim, right: Victim): number => bySize(right, left) },
  { isWhole: false, order: (): number => 0 },
  { isWhole: false, order: bySize },
  { isWhole: false, order: (left: Victim, right: Victim): number => bySize(right, left) },
] as const

type Way = (typeof WAYS)[number]

function bySize(left: Victim, right: Victim): number {
  return left.entries.length - right.entries.length
}

function cheapest(
  search: Search,
  want: Want,
  base: readonly Entry[],
  victims: readonly Victim[],
): Stopping | undefined {
  const most = victims.reduce((sum, { entries }) => sum + entries.length, base.length)
  if (most < want.ranks.length) return undefined
  // Where nothing is guaranteed, everybody can be spared in any order.
  for (const way of search.view.guaranteed().size === 0 ? WAYS.slice(0, 1) : WAYS) {
    const found = cheapestBy(way, search, want, base, victims)
    if (found !== undefined) return found
  }
  return undefined
}

/** Adds one after the other until it fits, then leaves out again whoever is not needed, the dearest first. */
function cheapestBy(
  { isWhole, order }: Way,
  search: Search,
  want: Want,
  base: readonly Entry[],
  victims: readonly Victim[],
): Stopping | undefined {
  const { claimant } = search
  const borrowed = search.borrowed.fork()
  const taken: Victim[] = []
  let count = base.length
  const needed = (without: Victim | null): readonly Entry[] | undefined =>
    choiceWithin(search, want, [...base, ...taken.flatMap((victim) => (victim === without ? [] : victim.entries))])
  let entries: readonly Entry[] | undefined
  for (const victim of victims.toSorted(order)) {
    const { workload, reason } = victim
    const wanted = new Set(victim.entries.map(({ record }) => record.hardwareClass))
    if (!borrowed.spares(claimant, workload, reason, wanted)) continue
    if (isWhole && reason === 'borrowed' && !borrowed.isBeyondOwn(workload)) continue
    borrowed.leave(workload)
    taken.push(victim)
    count += victim.entries.length
    if (count >= want.ranks.length) entries = needed(null)
    if (entries !== undefined) break
  }
  if (entries === undefined) return undefined
  for (const victim of taken.toSorted(byCost).toReversed()) {
    const without = needed(victim)
    if (without === undefined) continue
    taken.splice(taken.indexOf(victim), 1)
    entries = without
  }
  return { victims: taken, entries }
}

/** Machines that nobody will hold any more without anyone being stopped. */
function* comingFree({ index, running, view }: Situation): Iterable<Entry> {
  for (const kind of index.kinds.values()) {
    if ((kind.refused.get('NOT_YET_CLEAN') ?? 0) + (kind.refused.get('VALIDATING') ?? 0) === 0) continue
    for (const entry of kind.entries.values()) {
      if (entry.refusal === 'NOT_YET_CLEAN' || entry.refusal === 'VALIDATING') yield entry
    }
  }
  for (const { placements } of running.ending.values()) {
    for (const id of placements) yield* listed(entryOf(view, index, id))
  }
  for (const { placements, vacancies } of running.leaving.values()) {
    for (const rank of vacancies) yield* listed(entryOf(view, index, placements[rank]))
  }
}

const listed = (entry: Entry | undefined): readonly Entry[] => (entry === undefined ? [] : [entry])

/** The lowest priority first, then who loses least. */
const byCost = (left: Victim, right: Victim): number =>
  left.priority - right.priority || left.lost - right.lost || compareTexts(left.workload.id, right.workload.id)

function candidates(search: Search, suits: (entry: Entry) => boolean): readonly Victim[] {
  const { view, now, index, claimant, chosen, spoken } = search
  const victims: Victim[] = []
  for (const workload of stoppable(search)) {
    const reason = stopReason(claimant, workload)
    if (reason === null || chosen.has(workload.id) || spoken.victims.has(workload.id)) continue
    const entries = heldBy(view, index, workload).filter((entry) => suits(entry) && isSound(entry))
    if (entries.length === 0) continue
    const lost = workload.placements.length * Math.max(0, now - (workload.startedAt ?? now))
    victims.push({ workload, reason, priority: workload.spec.priority, lost, entries })
  }
  return victims.toSorted(byCost).slice(0, VICTIMS_MAX)
}

/** Who may be stopped: those who allow it, and where what is asked for is its tenant's own, those who borrowed. */
function* stoppable({ running, claimant, isOwn, isSparing, borrowed }: Search): Iterable<WorkloadRecord> {
  const { preempts } = claimant.workload.spec.preemption
  const isAsked = ({ spec, tenant }: WorkloadRecord): boolean =>
    preempts &&
    spec.preemption.preemptible &&
    spec.priority < claimant.workload.spec.priority &&
    !(isSparing && tenant === claimant.workload.tenant)
  if (preempts) for (const workload of running.preemptible.values()) if (isAsked(workload)) yield workload
  if (!isOwn) return
  for (const [tenant, workloads] of running.borrowing) {
    if (tenant === claimant.workload.tenant || !borrowed.borrows(tenant)) continue
    for (const workload of workloads.values()) if (!isAsked(workload)) yield workload
  }
}

/** A machine that takes nothing once it is free is no gain. */
const isSound = ({ record }: Entry): boolean => withheld(record) === undefined

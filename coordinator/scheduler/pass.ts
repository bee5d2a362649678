import type { MachineId, WorkloadId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { PlannedPlacement, PlannedPreemption } from '../core/commit.ts'
import { isArrayFull, postponed } from '../core/placeable.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import { choose } from './choose.ts'
import { Claims, Kept } from './claims.ts'
import { CLEANING, type FleetIndex } from './fleet_index.ts'
import { Contest, type Head } from './contest.ts'
import { Heap } from './heap.ts'
import { join } from './join.ts'
import type { Entry, Kind } from './kind.ts'
import { victimsFor } from './preempt.ts'
import { NO_LIMIT, allowanceOf, hasQuota, isOverQuota, mayHold } from './quotas.ts'
import { claimFor, couldHold } from './reserve.ts'
import type { Running } from './running.ts'
import { scarcestFirst } from './suits.ts'
import type { Line, Shape, Waiting, Wanted } from './waiting.ts'
import { Wishes } from './wishes.ts'

export type PassOptions = {
  readonly view: FleetView
  readonly now: Instant
  readonly index: FleetIndex
  readonly waiting: Waiting
  readonly running: Running
}

/** The first of a tenant's workloads, and how the tenant stood when that was found. */
type Turn = Head & { readonly contest: Contest; readonly standing: number }

/** By urgency, whoever's it is; then whose tenant had less; then as submitted. */
const inOrder = (left: Turn, right: Turn): number =>
  right.wanted.urgency - left.wanted.urgency ||
  left.standing - right.standing ||
  left.wanted.sequence - right.wanted.sequence

/** Blocked workloads for which the time is worked out at which they could start. */
const RESERVATIONS = 16
/** Workloads for which others are stopped in one pass. */
const PREEMPTIONS = 8
/** Workloads that are looked at in one pass for being briefer than one of their shape that could not be placed. */
const BRIEFER_LOOKED_AT = 3000

type Cursor = { readonly changes: number; readonly steps: Iterator<Wanted>; reached: Wanted | undefined }

/**
 * One pass over the queue. A workload that must wait claims the free machines that it could use, so that smaller ones
 * behind it cannot starve it; those behind may use the rest, and what they give back before it can start. One that the
 * fleet could never hold claims nothing, so it holds up nobody.
 */
export class Pass {
  readonly #with: PassOptions
  readonly #turns = new Heap<Turn>(inOrder)
  readonly #claims = new Claims()
  /** By shape: the shortest that could not be placed. What is longer cannot either. */
  readonly #failed = new Map<Shape, number>()
  readonly #tried = new Set<Wanted>()
  /** Lines of tenants whose quota is reached. */
  readonly #capped = new Set<Line>()
  /** Shapes of which something waits for machines, and not for its tenant's quota. */
  readonly #blocked = new Set<Shape>()
  /** Whose workload was planned last: it stands behind others' now. */
  #placed: Contest | null = null
  #isAnyPreempting = false
  #reservations = 0
  #lookedAt = 0
  /** Nothing is left but what is kept until a time that is known: only what is over by then may have it. */
  #isBriefOnly = false
  /** How far each line was looked through for others than its first. */
  readonly #cursors = new Map<Line, Cursor>()
  /** Shapes for which something may be free: the others have nothing to take and nothing to claim. */
  readonly #open = new Set<Shape>()
  /** Kinds of which something is free that somebody may want. */
  readonly #kinds = new Set<Kind>()
  /** Some wait for what is alive of an earlier run, and not for machines. */
  heldUp = false
  readonly preemptions: PlannedPreemption[] = []

  constructor(options: PassOptions) {
    this.#with = options
    for (const shape of options.waiting.shapes()) this.#openShape(shape)
    if (this.#open.size === 0) return
    for (const tenancy of options.waiting.tenancies()) {
      this.#push(new Contest(tenancy, (line) => this.#openIn(line)))
    }
  }

  #openShape(shape: Shape): void {
    // What may have others stopped is asked even where nothing is free.
    const { preemptible, shrinkable } = this.#with.running
    let isOpen = preemptible.size + shrinkable.size > 0 && shape.preempts
    this.#isAnyPreempting ||= isOpen
    for (const { demand } of shape.wants) {
      isOpen ||= demand.reach !== 'kind'
      for (const kind of demand.kinds) {
        if (kind.free === 0) continue
        isOpen = true
        this.#kinds.add(kind)
      }
    }
    if (isOpen) this.#open.add(shape)
  }

  /** The next workload that can be placed, and where. What was planned before is expected to be in the view. */
  next(): PlannedPlacement | undefined {
    const { view, now, waiting } = this.#with
    if (this.#placed !== null) {
      waiting.restand(view, this.#placed.tenancy, now)
      this.#push(this.#placed)
      this.#placed = null
    }
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      const { contest, line, wanted } = turn
      const planned = this.#try(line, wanted)
      if (planned !== undefined) {
        this.#placed = contest
        return planned
      }
      if (this.#isExhausted()) return undefined
      this.#push(contest)
    }
    return undefined
  }

  /** What those could use that could not be placed so far. */
  wishes(): Wishes {
    const { index } = this.#with
    const blocked = [...this.#blocked].filter((shape) => couldHold(shape, index))
    return new Wishes(blocked.flatMap(({ wants }) => wants.map(({ demand }) => demand)))
  }

  /** As `wishes`, of the whole queue; the pass is over then. */
  wishesOfAll(): Wishes {
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      this.#takeOff(this.#try(turn.line, turn.wanted)?.machines ?? [])
      this.#push(turn.contest)
    }
    return this.wishes()
  }

  /** What is kept from a workload for those before it, without placing anything; the pass is over then. */
  keptFrom({ workload, length }: Wanted): Kept {
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      if (turn.wanted.workload.id === workload.id) break
      const planned = this.#try(turn.line, turn.wanted)
      this.#takeOff(planned?.machines ?? [])
      this.#push(turn.contest)
    }
    return new Kept(this.#claims, this.#with.now + length + CLEANING, allowanceOf(this.#with.view, workload.tenant))
  }

  /** Machines that this workload would get, as if all before it were placed; none where it would wait. */
  forecast(workload: WorkloadId): readonly MachineId[] {
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      const planned = this.#try(turn.line, turn.wanted)
      this.#takeOff(planned?.machines ?? [])
      if (turn.wanted.workload.id === workload) return planned?.machines ?? []
      this.#push(turn.contest)
    }
    return []
  }

  /** It is placed by the next pass, and its machines are as good as gone. */
  #takeOff(machines: readonly MachineId[]): void {
    for (const id of machines) {
      const entry = this.#with.index.entry(id)
      if (entry !== undefined) this.#with.index.take(entry)
    }
  }

  #push(contest: Contest): void {
    const head = contest.next()
    if (head !== undefined) this.#turns.push({ ...head, contest, standing: contest.tenancy.standing })
  }

  /** Whether all that is free is kept. Where some of it is only until a time that is known, the brief go on. */
  #isExhausted(): boolean {
    if (this.#claims.isAnyPlaced || this.#isAnyPreempting) return false
    if (this.#isBriefOnly) return this.#lookedAt >= BRIEFER_LOOKED_AT
    for (const kind of this.#kinds) if (kind.free > this.#claims.count(kind, Infinity)) return false
    this.#isBriefOnly = this.#claims.isAnyTimed
    return !this.#isBriefOnly
  }

  /** The first of a line that was not tried and may fare better than those that were. */
  #openIn(line: Line): Wanted | undefined {
    const { shape, workloads } = line
    const first = workloads.first()
    if (first === undefined || !this.#open.has(shape) || this.#capped.has(line)) return undefined
    if (isArrayFull(this.#with.view, first.workload)) return undefined
    const known = this.#failed.get(shape)
    if (known !== undefined && !this.#mayBriefer(shape)) return undefined
    const failed = known ?? (this.#isBriefOnly ? Infinity : undefined)
    if (failed === undefined && !this.#tried.has(first) && !this.#isHeldUp(first.workload)) return first
    return this.#further(line, failed)
  }

  /** Further down a line: each workload is looked at once, unless the line itself changes. */
  #further(line: Line, failed: number | undefined): Wanted | undefined {
    const { workloads } = line
    let cursor = this.#cursors.get(line)
    if (cursor === undefined || cursor.changes !== workloads.changes) {
      cursor = { changes: workloads.changes, steps: workloads[Symbol.iterator](), reached: undefined }
      this.#cursors.set(line, cursor)
    }
    for (;;) {
      const { reached } = cursor
      const isBrief = reached !== undefined && (failed === undefined || reached.length < failed)
      if (isBrief && !this.#tried.has(reached) && !this.#isHeldUp(reached.workload)) return reached
      if (failed !== undefined && this.#lookedAt >= BRIEFER_LOOKED_AT) return undefined
      this.#lookedAt += 1
      const step = cursor.steps.next()
      cursor.reached = step.done === true ? undefined : step.value
      if (cursor.reached === undefined) return undefined
    }
  }

  /** Whether a briefer one of this shape could have what is kept only until a time that is known. */
  #mayBriefer({ wants }: Shape): boolean {
    if (!this.#claims.isAnyTimed || this.#lookedAt >= BRIEFER_LOOKED_AT) return false
    return wants.every(
      ({ demand, ranks }) =>
        demand.reach !== 'kind' ||
        demand.kinds.reduce((sum, kind) => sum + kind.free - this.#claims.count(kind, 0), 0) >= ranks.length,
    )
  }

  /** Something of an earlier run of it may still be alive. */
  #isHeldUp(workload: WorkloadRecord): boolean {
    if (workload.formerPlacements.length === 0 && workload.vacancies.length === 0) return false
    const { now, view } = this.#with
    const isHeldUp = postponed(view, workload, now) !== null
    this.heldUp ||= isHeldUp
    return isHeldUp
  }

  #try(line: Line, wanted: Wanted): PlannedPlacement | undefined {
    const { shape } = line
    const { workload, length } = wanted
    this.#tried.add(wanted)
    const allowance = allowanceOf(this.#with.view, workload.tenant)
    const kept = new Kept(this.#claims, this.#with.now + length + CLEANING, allowance)
    if (!mayHold(wanted, allowance)) {
      this.#capped.add(line)
      return undefined
    }
    const taken = this.#take(wanted, kept)
    const { view } = this.#with
    if (taken !== undefined && !isOverQuota(view, workload.tenant, taken)) {
      return { workload: workload.id, machines: taken.map(({ record }) => record.id) }
    }
    if (taken !== undefined || this.#isCapped(wanted)) {
      // Nothing is kept for what its own tenant's quota holds back.
      this.#giveBack(taken ?? [])
      this.#capped.add(line)
      return undefined
    }
    const isFirst = !this.#failed.has(shape)
    this.#blocked.add(shape)
    // What a quota has had a part in says nothing of other tenants.
    if (hasQuota(view, workload.tenant)) this.#capped.add(line)
    else this.#failed.set(shape, length)
    // One of its shape that goes before it claims already what it could.
    if (!isFirst) return undefined
    const isPreempting = workload.spec.preemption.preempts && this.#preempt(shape, wanted, kept)
    const isTimed = this.#reservations < RESERVATIONS
    const claim = claimFor(shape, { index: this.#with.index, kept, isTimed, isPreempting })
    if (claim !== null) {
      this.#claims.add(claim)
      this.#reservations += 1
    }
    return undefined
  }

  /** Has others stopped for it, where it would be the next to get their machines; true while any are. */
  #preempt(shape: Shape, wanted: Wanted, kept: Kept): boolean {
    const { state, preempting } = wanted.workload
    if (state !== 'queued' || this.preemptions.length >= PREEMPTIONS) return preempting
    if (!couldHold(shape, this.#with.index) || this.#isBehind(wanted)) return preempting
    const { running, ...situation } = this.#with
    const { preemptible, shrinkable, ending, leaving } = running
    const sacrifice = victimsFor(wanted, {
      ...situation,
      kept,
      preemptible: [...preemptible.values()],
      shrinkable: [...shrinkable.values()],
      ending: [...ending.values()],
      leaving: [...leaving.values()],
    })
    if (sacrifice === undefined || sacrifice.victims.length + sacrifice.spares.length === 0) return preempting
    // Its tenant may not have them: they would be stopped in vain.
    if (isOverQuota(this.#with.view, wanted.workload.tenant, sacrifice.machines)) return preempting
    const shrinks = [...Map.groupBy(sacrifice.spares, (spare) => spare.workload)]
    this.preemptions.push({
      workload: wanted.workload.id,
      victims: sacrifice.victims,
      shrinks: shrinks.map(([workload, spares]) => ({ workload, ranks: spares.map(({ rank }) => rank) })),
    })
    return true
  }

  /** Whether something of higher priority waits for such machines too: it would get them, and this one nothing. */
  #isBehind({ wants, urgency }: Wanted): boolean {
    const kinds = new Set(wants.flatMap(({ demand }) => demand.kinds))
    for (const shape of this.#with.waiting.shapes()) {
      if (!shape.wants.some(({ demand }) => demand.kinds.some((kind) => kinds.has(kind)))) continue
      const isAhead = [...shape.lines.values()].some(({ first }) => first !== null && first.urgency > urgency)
      if (isAhead && couldHold(shape, this.#with.index)) return true
    }
    return false
  }

  #giveBack(entries: readonly Entry[]): void {
    for (const entry of entries) this.#with.index.putBack(entry)
  }

  /** Whether nothing but its tenant's quota stands in its way. */
  #isCapped(wanted: Wanted): boolean {
    const { view, now } = this.#with
    if (!hasQuota(view, wanted.workload.tenant)) return false
    const taken = this.#take(wanted, new Kept(this.#claims, now + wanted.length + CLEANING, NO_LIMIT))
    if (taken === undefined) return false
    this.#giveBack(taken)
    return true
  }

  /** Machines for all of its ranks, in their order, taken off the index; undefined, and nothing taken, otherwise. */
  #take({ workload, wants }: Wanted, kept: Kept): readonly Entry[] | undefined {
    const { index, view } = this.#with
    const all: Entry[] = []
    const byRank = new Map<number, Entry>()
    for (const want of scarcestFirst(wants, ({ demand }) => demand.kinds.reduce((sum, { free }) => sum + free, 0))) {
      const isWhole = workload.state === 'queued'
      const chosen = isWhole
        ? choose(index, want.demand, want.ranks.length, kept)
        : join(view, index, workload, want, kept)
      if (chosen === undefined) {
        this.#giveBack(all)
        return undefined
      }
      // The next group must not take them too; where there is one alone, what is written takes them.
      if (wants.length > 1) for (const entry of chosen) index.take(entry)
      all.push(...chosen)
      for (const [place, entry] of chosen.entries()) byRank.set(want.ranks[place] ?? 0, entry)
    }
    const ranks = wants.flatMap((want) => want.ranks)
    return ranks.flatMap((rank) => byRank.get(rank) ?? [])
  }
}

import type { MachineId, WorkloadId } from '../../shared/model/ids.ts'
import type { PlannedPlacement } from '../core/commit.ts'
import { isArrayFull, postponed } from '../core/placeable.ts'
import type { WorkloadRecord } from '../core/records.ts'
import { choose } from './choose.ts'
import { type Allowance, Claims, Kept } from './claims.ts'
import { CLEANING } from './fleet_index.ts'
import { Contest, type Head } from './contest.ts'
import { Heap } from './heap.ts'
import { join } from './join.ts'
import type { Entry, Kind } from './kind.ts'
import { NO_LIMIT, allowanceFor, hasQuota, isOver, mayHold } from './quotas.ts'
import { claimFor, couldHold } from './reserve.ts'
import type { PassOptions } from './pass_options.ts'
import { LACKS_A_RANK, Rights } from './rights.ts'
import { Stops } from './stops.ts'
import { scarcestFirst } from './suits.ts'
import { type Line, type Shape, type Wanted, lacksRank } from './waiting.ts'
import { Wishes } from './wishes.ts'

/** The first of a tenant's workloads, and how the tenant stood when that was found. */
type Turn = Head & { readonly contest: Contest; readonly standing: number; readonly rank: number }

/** By rank; by urgency, whoever's it is; then whose tenant had less; then as submitted. */
const inOrder = (left: Turn, right: Turn): number =>
  right.rank - left.rank ||
  right.wanted.urgency - left.wanted.urgency ||
  left.standing - right.standing ||
  left.wanted.sequence - right.wanted.sequence

/** Blocked workloads for which the time is worked out at which they could start. */
const RESERVATIONS = 16
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
  readonly #rights: Rights
  readonly #stops: Stops
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
  /** Turns of those that ask for their tenant's own. */
  #ofOwn = 0
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

  constructor(options: PassOptions) {
    this.#with = options
    this.#rights = new Rights(options.view)
    this.#stops = new Stops(options, this.#rights)
    for (const shape of options.waiting.shapes()) this.#openShape(shape)
    if (this.#open.size === 0) return
    const guaranteed = options.view.guaranteed()
    for (const tenancy of options.waiting.tenancies()) {
      this.#push(new Contest(tenancy, (line) => this.#openIn(line)))
      if (!guaranteed.has(tenancy.name)) continue
      this.#push(new Contest(tenancy, (line) => (this.#goesFirst(line.first) ? this.#openIn(line) : undefined), true))
    }
  }

  /** Who is to be stopped for whom. */
  get preemptions(): Stops['planned'] {
    return this.#stops.planned
  }

  #openShape(shape: Shape): void {
    // What may have others stopped is asked even where nothing is free.
    const { running, view } = this.#with
    let isOpen = running.preemptible.size + running.shrinkable.size > 0 && shape.preempts
    this.#isAnyPreempting ||= isOpen
    // What is a tenant's own is taken back where others have borrowed it.
    if (!isOpen && running.borrowing.size > 0 && view.guaranteed().size > 0) {
      isOpen = [...shape.lines.keys()].some((tenant) => view.guaranteed().has(tenant))
    }
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
    for (let turn = this.#pop(); turn !== undefined; turn = this.#pop()) {
      const { contest, line, wanted } = turn
      const planned = this.#try(line, wanted)
      if (planned !== undefined) {
        this.#placed = contest
        return planned
      }
      if (contest.isOfOwn) this.#push(contest)
      if (this.#isExhausted()) return undefined
      if (!contest.isOfOwn) this.#push(contest)
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
    for (let turn = this.#pop(); turn !== undefined; turn = this.#pop()) {
      this.#takeOff(this.#try(turn.line, turn.wanted)?.machines ?? [])
      this.#push(turn.contest)
    }
    return this.wishes()
  }

  /** What is kept from a workload for those before it, without placing anything; the pass is over then. */
  keptFrom({ workload, length }: Wanted): Kept {
    for (let turn = this.#pop(); turn !== undefined; turn = this.#pop()) {
      if (turn.wanted.workload.id === workload.id) break
      const planned = this.#try(turn.line, turn.wanted)
      this.#takeOff(planned?.machines ?? [])
      this.#push(turn.contest)
    }
    return new Kept(this.#claims, this.#with.now + length + CLEANING, allowanceFor(this.#with.view, workload))
  }

  /** Machines that this workload would get, as if all before it were placed; none where it would wait. */
  forecast(workload: WorkloadId): readonly MachineId[] {
    for (let turn = this.#pop(); turn !== undefined; turn = this.#pop()) {
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
    if (head === undefined) return
    if (contest.isOfOwn) this.#ofOwn += 1
    const rank = contest.isOfOwn ? this.#rights.rank(head.wanted) : lacksRank(head.wanted) ? LACKS_A_RANK : 0
    this.#turns.push({ ...head, contest, rank, standing: contest.tenancy.standing })
  }

  #goesFirst(wanted: Wanted | null): boolean {
    return wanted !== null && this.#rights.rank(wanted) > 0
  }

  /** Whose turn it is. A tenant that is guaranteed machines has two: what was said of one may not hold any more. */
  #pop(): Turn | undefined {
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      const { contest, wanted, standing } = turn
      if (contest.isOfOwn) this.#ofOwn -= 1
      const isStale = standing !== contest.tenancy.standing || (contest.isOfOwn && !this.#goesFirst(wanted))
      if (!isStale && !this.#tried.has(wanted)) return turn
      this.#push(contest)
    }
    return undefined
  }

  /** Whether all that is free is kept. Where some of it is only until a time that is known, the brief go on. */
  #isExhausted(): boolean {
    if (this.#claims.isAnyPlaced || this.#isAnyPreempting || this.#ofOwn > 0) return false
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
    const { workload } = wanted
    this.#tried.add(wanted)
    const allowance = this.#rights.allowanceOf(workload)
    if (!mayHold(wanted, allowance)) {
      this.#capped.add(line)
      return undefined
    }
    const isOwn = this.#rights.isOwn(wanted)
    const own = isOwn ? this.#takeWithin(wanted, this.#rights.ownOf(workload)) : undefined
    const taken = own ?? this.#takeWithin(wanted, allowance)
    if (taken !== undefined) return { workload: workload.id, machines: taken.map(({ record }) => record.id) }
    if (!isOwn && this.#isCapped(wanted)) {
      // Nothing is kept for what its own tenant's quota holds back.
      this.#capped.add(line)
      return undefined
    }
    return this.#block(line, wanted, allowance)
  }

  /** It waits: it has others stopped where it may, and keeps what it could use. */
  #block(line: Line, wanted: Wanted, allowance: Allowance): undefined {
    const { shape } = line
    const { workload, length } = wanted
    const isFirst = !this.#failed.has(shape)
    this.#blocked.add(shape)
    const isQuota = hasQuota(this.#with.view, workload.tenant)
    // What a quota has had a part in says nothing of other tenants.
    if (!isQuota) this.#failed.set(shape, length)
    else if (!isFirst) this.#capped.add(line)
    // One of its shape that goes before it claims already what it could.
    if (!isFirst) return
    const kept = this.#keptBy(wanted, allowance)
    const isPreempting = this.#stops.plan(shape, wanted, kept)
    // Others are stopped for as many as what is their tenant's own allows, and not for one after the other.
    if (isQuota && !(isPreempting && this.#rights.isOwn(wanted))) this.#capped.add(line)
    if (isPreempting) this.#rights.promise(wanted)
    const isTimed = this.#reservations < RESERVATIONS
    const claim = claimFor(shape, { index: this.#with.index, kept, isTimed, isPreempting })
    if (claim === null) return
    this.#claims.add(claim)
    this.#reservations += 1
  }

  #keptBy({ length }: Wanted, allowance: Allowance): Kept {
    return new Kept(this.#claims, this.#with.now + length + CLEANING, allowance)
  }

  #giveBack(entries: readonly Entry[]): void {
    for (const entry of entries) this.#with.index.putBack(entry)
  }

  /** Whether nothing but its tenant's quota stands in its way. */
  #isCapped(wanted: Wanted): boolean {
    if (!hasQuota(this.#with.view, wanted.workload.tenant)) return false
    const taken = this.#take(wanted, this.#keptBy(wanted, NO_LIMIT))
    if (taken === undefined) return false
    this.#giveBack(taken)
    return true
  }

  /** The same as `#take`, where these together are not more than is allowed. */
  #takeWithin(wanted: Wanted, allowance: Allowance): readonly Entry[] | undefined {
    const taken = this.#take(wanted, this.#keptBy(wanted, allowance))
    if (taken === undefined || !isOver(allowance, taken)) return taken
    this.#giveBack(taken)
    return undefined
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

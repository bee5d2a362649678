import type { MachineId, WorkloadId } from '../../shared/model/ids.ts'
import { CLEANING } from '../../shared/model/reservation.ts'
import type { PlannedPlacement } from '../core/commit.ts'
import { isArrayFull, postponed } from '../core/placeable.ts'
import type { WorkloadRecord } from '../core/records.ts'
import { Admission } from './admission.ts'
import { type Allowance, Claims, Kept } from './claims.ts'
import type { Contest } from './contest.ts'
import type { Entry, Kind } from './kind.ts'
import { NO_LIMIT, allowanceFor, hasQuota, isOver, mayHold } from './quotas.ts'
import { claimFor, couldHold } from './reserve.ts'
import type { PassOptions } from './pass_options.ts'
import { Rights } from './rights.ts'
import { Stops } from './stops.ts'
import { giveBack, takeAll } from './take.ts'
import { Turns } from './turns.ts'
import type { Line, Shape, Wanted } from './waiting.ts'
import { Wishes } from './wishes.ts'

/** Blocked workloads for which machines are kept up to a time: fitting in with many others takes long. */
const KEPT_FOR = { easy: 64, conservative: 16 }
/** Workloads for which machines are sought in vain in one pass, where each may fare otherwise by reservations. */
const VAIN = 256
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
  readonly #turns: Turns
  readonly #claims = new Claims()
  readonly #admission: Admission
  /**
   * By shape, or by line where a reservation is for its tenant: the shortest that could not be placed. What is longer
   * cannot either.
   */
  readonly #failed = new Map<Shape | Line, number>()
  /** Of these, those of which one without a time limit could not be placed either. */
  readonly #failedUnlimited = new Set<Shape | Line>()
  readonly #tried = new Set<Wanted>()
  /** Lines of tenants whose quota is reached. */
  readonly #capped = new Set<Line>()
  /** Shapes of which something waits for machines, and not for its tenant's quota. */
  readonly #blocked = new Set<Shape>()
  /** Whose workload was planned last: it stands behind others' now. */
  #placed: Contest | null = null
  #isAnyPreempting = false
  readonly #isConservative: boolean
  #claimsLeft: number
  /** Shapes for which nothing can be kept. */
  readonly #hopeless = new Set<Shape>()
  /** Workloads for which nothing could be kept, though others of their shape may fare better. */
  #vain = 0
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
    const { backfill } = options.view.cluster().sharing
    this.#isConservative = backfill === 'conservative'
    this.#claimsLeft = KEPT_FOR[backfill]
    this.#rights = new Rights(options.view)
    this.#admission = new Admission(options.view, options.now)
    this.#stops = new Stops(options, this.#rights, this.#admission)
    for (const shape of options.waiting.shapes()) this.#openShape(shape)
    this.#turns = new Turns({
      view: options.view,
      // Where nothing is free that anybody could use, nobody need be asked.
      tenancies: this.#open.size === 0 ? [] : options.waiting.tenancies(),
      rights: this.#rights,
      openIn: (line) => this.#openIn(line),
      isTried: (wanted) => this.#tried.has(wanted),
    })
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
        if (this.#admission.isOpenToAny(kind)) this.#kinds.add(kind)
      }
    }
    if (isOpen) this.#open.add(shape)
  }

  /** The next workload that can be placed, and where. What was planned before is expected to be in the view. */
  next(): PlannedPlacement | undefined {
    const { view, now, waiting } = this.#with
    if (this.#placed !== null) {
      waiting.restand(view, this.#placed.tenancy, now)
      this.#turns.push(this.#placed)
      this.#placed = null
    }
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      const { contest, line, wanted } = turn
      const planned = this.#try(line, wanted)
      if (planned !== undefined) {
        this.#placed = contest
        return planned
      }
      if (contest.isOfOwn) this.#turns.push(contest)
      if (this.#isExhausted()) return undefined
      if (!contest.isOfOwn) this.#turns.push(contest)
    }
    return undefined
  }

  /** What those could use that could not be placed so far. */
  wishes(): Wishes {
    return new Wishes([...this.#blocked].flatMap(({ wants }) => wants.map(({ demand }) => demand)))
  }

  /** As `wishes`, of the whole queue; the pass is over then. */
  wishesOfAll(): Wishes {
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      this.#takeOff(this.#try(turn.line, turn.wanted)?.machines ?? [])
      this.#turns.push(turn.contest)
    }
    return this.wishes()
  }

  /** What is kept from a workload for those before it, without placing anything; the pass is over then. */
  keptFrom(wanted: Wanted): Kept {
    const { workload } = wanted
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      if (turn.wanted.workload.id === workload.id) break
      this.#takeOff(this.#try(turn.line, turn.wanted)?.machines ?? [])
      this.#turns.push(turn.contest)
    }
    return this.#keptBy(wanted, allowanceFor(this.#with.view, workload))
  }

  /** Machines that this workload would get, as if all before it were placed; none where it would wait. */
  forecast(workload: WorkloadId): readonly MachineId[] {
    for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
      const planned = this.#try(turn.line, turn.wanted)
      this.#takeOff(planned?.machines ?? [])
      if (turn.wanted.workload.id === workload) return planned?.machines ?? []
      this.#turns.push(turn.contest)
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

  /** Whether all that is free is kept. Where some of it is only until a time that is known, the brief go on. */
  #isExhausted(): boolean {
    if (this.#claims.isAnyPlaced || this.#isAnyPreempting || this.#turns.isAnyOfOwn) return false
    if (this.#isEveryoneAsked()) return false
    if (this.#open.size === 0) return true
    if (this.#isBriefOnly) return this.#lookedAt >= BRIEFER_LOOKED_AT
    for (const kind of this.#kinds) if (kind.free > 0 && this.#claims.spare(kind, Infinity) > 0) return false
    this.#isBriefOnly = this.#claims.isAnyTimed
    return !this.#isBriefOnly
  }

  /** Whether machines are kept for each that must wait: also those that are alike, and if nothing is free. */
  #isEveryoneAsked(): boolean {
    return this.#isConservative && this.#claimsLeft > 0 && this.#vain < VAIN
  }

  /** The first of a line that was not tried and may fare better than those that were. */
  #openIn(line: Line): Wanted | undefined {
    const { shape, workloads } = line
    const first = workloads.first()
    const isAsked = this.#isEveryoneAsked() && !this.#hopeless.has(shape)
    if (first === undefined || !(isAsked || this.#open.has(shape)) || this.#capped.has(line)) return undefined
    if (isArrayFull(this.#with.view, first.workload)) return undefined
    const known = isAsked ? undefined : this.#failed.get(this.#alike(line))
    if (known !== undefined && !this.#mayBriefer(shape)) {
      this.#close(shape)
      return undefined
    }
    const failed = known ?? (this.#isBriefOnly && !isAsked ? Infinity : undefined)
    if (failed === undefined && !this.#tried.has(first) && !this.#isHeldUp(first.workload)) return first
    return this.#further(line, failed)
  }

  /** What fares as it does: all of its shape, unless some reservation is for its tenant. */
  #alike(line: Line): Shape | Line {
    return this.#admission.isNamed(line.tenancy.name) ? line : line.shape
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
      const isOpen = reached !== undefined && (failed === undefined || this.#mayDespite(failed, line, reached))
      if (isOpen && !this.#tried.has(reached) && !this.#isHeldUp(reached.workload)) return reached
      if (failed !== undefined && this.#lookedAt >= BRIEFER_LOOKED_AT) return undefined
      this.#lookedAt += 1
      const step = cursor.steps.next()
      cursor.reached = step.done === true ? undefined : step.value
      if (cursor.reached === undefined) return undefined
    }
  }

  /** Whether a workload may fare better than those like it that failed, the shortest of which runs so long. */
  #mayDespite(failed: number, line: Line, { length }: Wanted): boolean {
    if (length < failed) return true
    return length === Infinity && this.#admission.admitsUnlimited && !this.#failedUnlimited.has(this.#alike(line))
  }

  /** Whether a briefer one of this shape could have what is kept, or not reserved, only until a time that is known. */
  #mayBriefer({ wants }: Shape): boolean {
    if (this.#lookedAt >= BRIEFER_LOOKED_AT) return false
    if (!this.#claims.isAnyTimed && !this.#admission.isAnyForTheBrief(wants.flatMap(({ demand }) => demand.kinds)))
      return false
    return wants.every(
      ({ demand, ranks }) =>
        demand.reach !== 'kind' ||
        demand.kinds.reduce((sum, kind) => sum + Math.max(0, this.#claims.spare(kind, 0)), 0) >= ranks.length,
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
    const alike = this.#alike(line)
    const isFirst = !this.#failed.has(alike)
    if (couldHold(shape, this.#with.index, this.#admission.of(workload))) this.#blocked.add(shape)
    const isQuota = hasQuota(this.#with.view, workload.tenant)
    // What a quota has had a part in says nothing of other tenants.
    if (!isQuota) {
      this.#failed.set(alike, Math.min(length, this.#failed.get(alike) ?? Infinity))
      if (length === Infinity) this.#failedUnlimited.add(alike)
    } else if (!isFirst) this.#capped.add(line)
    // One of its shape that goes before it is the next already.
    if (isFirst || this.#isConservative) this.#claim(line, wanted, allowance)
    if (this.#failed.has(alike) && !this.#mayBriefer(shape)) this.#close(shape)
  }

  /** What is free only becomes less; by reservations, some may have what others of the shape may not. */
  #close(shape: Shape): void {
    if (!this.#admission.isAny) this.#open.delete(shape)
  }

  #claim(line: Line, wanted: Wanted, allowance: Allowance): void {
    const { shape } = line
    const { index, now, view } = this.#with
    const kept = this.#keptBy(wanted, allowance)
    const isPreempting = this.#stops.plan(shape, wanted, kept)
    // Others are stopped for as many as what is their tenant's own allows, and not for one after the other.
    const isReclaiming = isPreempting && this.#rights.isOwn(wanted)
    if (hasQuota(view, wanted.workload.tenant) && !isReclaiming) this.#capped.add(line)
    if (isPreempting) this.#rights.promise(wanted)
    const kinds = shape.wants.flatMap(({ demand }) => demand.kinds.filter((kind) => kept.mayKeep(kind)))
    const claim = claimFor(shape, {
      index,
      kept,
      now,
      isPreempting,
      length: wanted.length + CLEANING,
      mayPromise: this.#claimsLeft > 0 && (this.#isConservative || !this.#claims.isHeaded(kinds)),
      isSplit: this.#isConservative,
    })
    if (claim === null) {
      if (this.#admission.isAny) this.#vain += 1
      else this.#hopeless.add(shape)
      return
    }
    this.#claims.add(claim)
    this.#claimsLeft -= 1
  }

  #keptBy({ workload, length }: Wanted, allowance: Allowance): Kept {
    return new Kept(this.#claims, this.#with.now + length + CLEANING, allowance, this.#admission.of(workload))
  }

  /** Whether nothing but its tenant's quota stands in its way. */
  #isCapped(wanted: Wanted): boolean {
    if (!hasQuota(this.#with.view, wanted.workload.tenant)) return false
    const taken = this.#take(wanted, this.#keptBy(wanted, NO_LIMIT))
    if (taken === undefined) return false
    giveBack(this.#with.index, taken)
    return true
  }

  /** The same as `#take`, where these together are not more than is allowed. */
  #takeWithin(wanted: Wanted, allowance: Allowance): readonly Entry[] | undefined {
    const taken = this.#take(wanted, this.#keptBy(wanted, allowance))
    if (taken === undefined || !isOver(allowance, taken)) return taken
    giveBack(this.#with.index, taken)
    return undefined
  }

  #take(wanted: Wanted, kept: Kept): readonly Entry[] | undefined {
    const { index, view } = this.#with
    return takeAll(wanted, { index, view, kept })
  }
}

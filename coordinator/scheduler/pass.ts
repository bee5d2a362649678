import type { Instant } from '../../shared/model/time.ts'
import type { PlannedPlacement } from '../core/commit.ts'
import { misarranged, postponed } from '../core/placeable.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import { choose } from './choose.ts'
import { type Claim, Kept } from './claims.ts'
import { CLEANING, type FleetIndex } from './fleet_index.ts'
import { Heap } from './heap.ts'
import type { Entry } from './kind.ts'
import { claimFor } from './reserve.ts'
import { type Line, type Want, type Wanted, type Waiting, byUrgency } from './waiting.ts'

export type PassOptions = {
  readonly view: FleetView
  readonly now: Instant
  readonly index: FleetIndex
  readonly waiting: Waiting
}

/** Blocked workloads for which the time is worked out at which they could start. */
const RESERVATIONS = 16
/** Workloads of one line that are tried after the first could not be placed, for a shorter time limit. */
const SHORTER_TRIED = 64

type Head = { readonly line: Line; readonly wanted: Wanted }

/**
 * One pass over the queue. A workload that must wait claims the free machines that it could use, so that smaller ones
 * behind it cannot starve it; those behind may use the rest, and what they give back before it can start. One that the
 * fleet could never hold claims nothing, so it holds up nobody.
 */
export class Pass {
  readonly #with: PassOptions
  readonly #heads = new Heap<Head>((left, right) => this.#order(left.wanted.workload, right.wanted.workload))
  readonly #claims: Claim[] = []
  /** By shape: the earliest end with which one could not be placed. What ends later cannot either. */
  readonly #failed = new Map<string, number>()
  readonly #tried = new Set<string>()
  #reservations = 0

  constructor(options: PassOptions) {
    this.#with = options
    for (const line of options.waiting.lines()) this.#push(line)
  }

  /** The next workload that can be placed, and where. What was planned before is expected to be in the view. */
  next(): PlannedPlacement | undefined {
    for (let head = this.#heads.pop(); head !== undefined; head = this.#heads.pop()) {
      const planned = this.#try(head)
      this.#push(head.line)
      if (planned !== undefined) return planned
    }
    return undefined
  }

  #order(left: WorkloadRecord, right: WorkloadRecord): number {
    return byUrgency(left, right) || left.sequence - right.sequence
  }

  /** The line's next workload that was not tried and may fare better than those that were. */
  #push(line: Line): void {
    let looked = 0
    const failed = this.#failed.get(line.shape)
    const { now, view } = this.#with
    for (const wanted of line.workloads) {
      const { workload } = wanted
      if (this.#tried.has(workload.id)) continue
      looked += 1
      if (failed !== undefined && (looked > SHORTER_TRIED || !this.#isAnyBrief())) return
      if (failed !== undefined && this.#end(workload) >= failed) continue
      if (postponed(view, workload, now) !== null) continue
      this.#heads.push({ line, wanted })
      return
    }
  }

  /** Whether anything is kept only until a time that is known. */
  #isAnyBrief(): boolean {
    return this.#claims.some(({ at }) => at !== null)
  }

  #try({ line, wanted }: Head): PlannedPlacement | undefined {
    const { workload } = wanted
    this.#tried.add(workload.id)
    const end = this.#end(workload)
    const failed = this.#failed.get(line.shape)
    if (failed !== undefined && end >= failed) return undefined
    const kept = new Kept(this.#claims, end)
    const taken = this.#take(wanted, kept)
    if (taken !== undefined) return { workload: workload.id, machines: taken.map(({ record }) => record.id) }
    this.#failed.set(line.shape, end)
    const claim = claimFor(wanted, kept, this.#with.index, this.#reservations < RESERVATIONS)
    if (claim !== null) {
      this.#claims.push(claim)
      this.#reservations += 1
    }
    return undefined
  }

  /** When it would have given its machines back at the latest. */
  #end({ spec }: WorkloadRecord): number {
    return spec.timeLimit === null ? Infinity : this.#with.now + spec.timeLimit.limit + CLEANING
  }

  /** Machines for all of its ranks, in their order, taken off the index; undefined, and nothing taken, otherwise. */
  #take({ workload, wants }: Wanted, kept: Kept): readonly Entry[] | undefined {
    const { index } = this.#with
    const all: Entry[] = []
    for (const want of wants) {
      const chosen =
        workload.state === 'queued'
          ? choose(index, want.demand, want.ranks.length, kept)
          : this.#join(workload, want, kept)
      if (chosen === undefined) {
        for (const entry of all) index.putBack(entry)
        return undefined
      }
      for (const entry of chosen) index.take(entry)
      all.push(...chosen)
    }
    return all
  }

  /** Machines that suit those which the group holds already. */
  #join(workload: WorkloadRecord, { group, ranks, demand }: Want, kept: Kept): readonly Entry[] | undefined {
    const { arrangement } = group
    const isFree = !arrangement.sameClass && arrangement.pack?.required !== true && arrangement.spread === null
    const { index, view } = this.#with
    if (isFree) return choose(index, demand, ranks.length, kept)
    const vacant = new Set(workload.vacancies)
    const held = workload.placements.flatMap((id, rank) => {
      const placement = vacant.has(rank) ? undefined : view.find('placements', id)
      return placement === undefined ? [] : (view.find('machines', placement.machine) ?? [])
    })
    const chosen: Entry[] = []
    for (const entry of demand.everyFree()) {
      if (chosen.length === ranks.length) break
      if (kept.has(entry)) continue
      const together = [...held, ...chosen.map(({ record }) => record), entry.record]
      if (misarranged(together, arrangement, index.levels) === undefined) chosen.push(entry)
    }
    return chosen.length === ranks.length ? chosen : undefined
  }
}

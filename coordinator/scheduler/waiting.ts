import type { TenantName, WorkloadId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import { type Group, leastOf } from '../../shared/model/workload.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import type { WorkloadRecord } from '../core/records.ts'
import { groupsNow, ranksByGroup } from '../core/ranks.ts'
import { vacantRanks } from '../core/restarts.ts'
import { Demand } from './demand.ts'
import type { FleetView } from '../core/state.ts'
import type { FleetIndex } from './fleet_index.ts'
import { standingOf } from './standing.ts'
import { SortedList } from './sorted_list.ts'

/** Machines that a workload wants of one shape: its ranks, and what they ask for. */
export type Want = {
  readonly group: Group
  /** Ranks of it that have a machine. */
  readonly members: readonly number[]
  /** Ranks that lack a machine. */
  readonly ranks: readonly number[]
  readonly demand: Demand
}

/** What a workload wants machines for now, group by group. */
export type Wanted = {
  readonly workload: WorkloadRecord
  readonly wants: readonly Want[]
  /** Higher goes first, whoever's it is. What runs and lacks a rank comes before all: it holds machines meanwhile. */
  readonly urgency: number
  /** Then: first in, first out. */
  readonly sequence: number
  /** How long it may run, in milliseconds; Infinity: nobody knows. */
  readonly length: number
}

/** A tenant as far as the order of the queue goes. */
export type Tenancy = {
  readonly name: TenantName
  /** What it has had beside its share; who had less goes first. */
  standing: number
  /** By their first workloads. */
  readonly lines: SortedList<Line>
}

/** What several workloads ask for alike. What one of them cannot have, the others cannot. */
export class Shape {
  readonly key: string
  readonly wants: readonly Want[]
  readonly lines = new Map<TenantName, Line>()
  /** Whether the fleet could hold it if all machines were free, as of so many changes of what there is. */
  held: { readonly totals: number; readonly could: boolean } | null = null

  /** Whether any of them may have others stopped: they are alike in this too. */
  readonly preempts: boolean

  constructor(key: string, wants: readonly Want[], preempts: boolean) {
    this.key = key
    this.wants = wants
    this.preempts = preempts
  }
}

/** Workloads of one tenant and one shape, in their order. */
export class Line {
  readonly tenancy: Tenancy
  readonly shape: Shape
  readonly workloads = new SortedList<Wanted>(inLine)
  /** By which it stands among the lines of its tenant: its first workload. */
  #first: Wanted | null = null

  constructor(tenancy: Tenancy, shape: Shape) {
    this.tenancy = tenancy
    this.shape = shape
  }

  get first(): Wanted | null {
    return this.#first
  }

  add(wanted: Wanted): void {
    this.workloads.add(wanted)
    this.#stand()
  }

  remove(wanted: Wanted): void {
    this.workloads.remove(wanted)
    this.#stand()
  }

  #stand(): void {
    const first = this.workloads.first() ?? null
    if (first === this.#first) return
    if (this.#first !== null) this.tenancy.lines.remove(this)
    this.#first = first
    if (first !== null) this.tenancy.lines.add(this)
  }
}

function byFirst({ first: left }: Line, { first: right }: Line): number {
  return left === null || right === null ? 0 : inLine(left, right)
}

/** Within a tenant: by urgency, then as submitted. */
export const inLine = (left: Wanted, right: Wanted): number =>
  right.urgency - left.urgency || left.sequence - right.sequence

/** Before all; and one for which others are stopped, before those of its priority: or they were stopped in vain. */
const URGENCY_OF_LACKING = 1_000_000

export const lacksRank = ({ workload }: Wanted): boolean => workload.state !== 'queued'

const wantedOf = (workload: WorkloadRecord, wants: readonly Want[]): Wanted => ({
  workload,
  wants,
  urgency:
    (workload.state === 'queued' ? 0 : URGENCY_OF_LACKING) + workload.spec.priority + (workload.preempting ? 0.5 : 0),
  sequence: workload.sequence,
  length: workload.spec.timeLimit?.limit ?? Infinity,
})

type Sleeper = { readonly id: WorkloadId; readonly until: Instant; readonly workload: WorkloadRecord }

/** Every workload that wants machines now, by what it asks for. */
export class Waiting {
  readonly #index: FleetIndex
  readonly #shapes = new Map<string, Shape>()
  readonly #of = new Map<string, { readonly line: Line; readonly wanted: Wanted }>()
  readonly #tenancies = new Map<TenantName, Tenancy>()
  readonly #demands = new Map<string, { readonly demand: Demand; users: number }>()
  /** Those that want none before a time. */
  readonly #sleeping = new Map<string, Sleeper>()
  readonly #byTime = new SortedList<Sleeper>(
    (left, right) => left.until - right.until || compareTexts(left.id, right.id),
  )

  /** Grows with every workload that comes or goes. */
  changes = 0

  constructor(index: FleetIndex) {
    this.#index = index
  }

  get size(): number {
    return this.#of.size
  }

  shapes(): Iterable<Shape> {
    return this.#shapes.values()
  }

  /** Brings the standing of every tenant up to this time. */
  restandAll(view: FleetView, now: Instant): void {
    for (const tenancy of this.#tenancies.values()) tenancy.standing = standingOf(view, tenancy.name, now)
  }

  restand(view: FleetView, tenancy: Tenancy, now: Instant): void {
    tenancy.standing = standingOf(view, tenancy.name, now)
  }

  tenancies(): Iterable<Tenancy> {
    return this.#tenancies.values()
  }

  #tenancyOf(name: TenantName): Tenancy {
    const known = this.#tenancies.get(name)
    if (known !== undefined) return known
    const tenancy = { name, standing: 0, lines: new SortedList<Line>(byFirst) }
    this.#tenancies.set(name, tenancy)
    return tenancy
  }

  *lines(): Iterable<Line> {
    for (const shape of this.#shapes.values()) yield* shape.lines.values()
  }

  /** Brings one workload up to its newest record; undefined: it is gone. */
  update(id: string, workload: WorkloadRecord | undefined, now: Instant): void {
    const known = this.#of.get(id)
    if (known !== undefined && known.wanted.workload === workload) return
    if (known !== undefined) this.#leave(id, known.line, known.wanted)
    const sleeper = this.#sleeping.get(id)
    if (sleeper !== undefined) {
      this.#sleeping.delete(id)
      this.#byTime.remove(sleeper)
    }
    // One that waits for another to end is written anew when that has.
    if (workload === undefined || workload.waitsFor.length > 0 || vacantRanks(workload).length === 0) return
    // Somebody else places it.
    if (workload.spec.scheduler !== '') return
    const until = wantsFrom(workload)
    if (until === null || until <= now) return this.#enter(workload)
    const sleeping = { id: workload.id, until, workload }
    this.#sleeping.set(id, sleeping)
    this.#byTime.add(sleeping)
  }

  /** Those whose time has come want machines now. */
  wake(now: Instant): void {
    for (let next = this.#byTime.first(); next !== undefined && next.until <= now; next = this.#byTime.first()) {
      this.#byTime.remove(next)
      this.#sleeping.delete(next.id)
      this.#enter(next.workload)
    }
  }

  /** What a workload would want, whether it waits or not; given back with `release`. */
  wantedBy(workload: WorkloadRecord): Wanted {
    const wants = ranksByGroup(workload).flatMap(({ group, members, needed }): readonly Want[] =>
      needed.length === 0 ? [] : [{ group, members, ranks: needed, demand: this.demandFor(group) }],
    )
    return wantedOf(workload, wants)
  }

  /** Demands that nobody has any more are forgotten. */
  release({ wants }: Wanted): void {
    this.forget(wants.map(({ demand }) => demand))
  }

  forget(demands: readonly Demand[]): void {
    for (const demand of demands) {
      const key = keyOf(demand)
      const kept = this.#demands.get(key)
      if (kept === undefined) continue
      kept.users -= 1
      if (kept.users > 0) continue
      this.#demands.delete(key)
      this.#index.unask(kept.demand.labels)
    }
  }

  #enter(workload: WorkloadRecord): void {
    this.changes += 1
    const shape = this.#shapeOf(workload)
    let line = shape.lines.get(workload.tenant)
    if (line === undefined) {
      line = new Line(this.#tenancyOf(workload.tenant), shape)
      shape.lines.set(workload.tenant, line)
    }
    const wanted = wantedOf(workload, shape.wants)
    line.add(wanted)
    this.#of.set(workload.id, { line, wanted })
  }

  #leave(id: string, line: Line, wanted: Wanted): void {
    this.changes += 1
    this.#of.delete(id)
    line.remove(wanted)
    if (line.workloads.size > 0) return
    const { shape } = line
    shape.lines.delete(line.tenancy.name)
    if (line.tenancy.lines.size === 0) this.#tenancies.delete(line.tenancy.name)
    if (shape.lines.size > 0) return
    this.#shapes.delete(shape.key)
    this.release(wanted)
  }

  #shapeOf(workload: WorkloadRecord): Shape {
    // Ranks that join others must suit these: no two workloads ask for the same then.
    const own = workload.state === 'queued' ? boundOf(workload) : workload.id
    const groups = groupsNow(workload).map((group) => [keyOf(group), leastOf(group)])
    const { preemption, noBorrow, reservation } = workload.spec
    const { preempts } = preemption
    const key = JSON.stringify([own, preempts, noBorrow, reservation, groups])
    const known = this.#shapes.get(key)
    if (known !== undefined) return known
    const shape = new Shape(key, this.wantedBy(workload).wants, preempts)
    this.#shapes.set(key, shape)
    return shape
  }

  /** What a group asks for; given back with `forget`. */
  demandFor(group: Group): Demand {
    const key = keyOf(group)
    const known = this.#demands.get(key)
    if (known !== undefined) {
      known.users += 1
      return known.demand
    }
    const demand = new Demand(this.#index, group.constraints, group.arrangement)
    this.#index.ask(demand.labels)
    this.#demands.set(key, { demand, users: 1 })
    return demand
  }
}

/** Of an array of which so many may hold machines at once: they stand in a line of their own. */
const boundOf = ({ array, spec }: WorkloadRecord): string =>
  array === null || spec.array === null || spec.array.mostAtOnce === 0 ? '' : array.first

const keyOf = ({ constraints, arrangement }: Pick<Group, 'constraints' | 'arrangement'>): string =>
  JSON.stringify([constraints, arrangement])

/** From when on it wants machines; null: at once. */
function wantsFrom({ notBefore, spec }: WorkloadRecord): Instant | null {
  if (notBefore === null || spec.startAfter === null) return notBefore ?? spec.startAfter
  return notBefore > spec.startAfter ? notBefore : spec.startAfter
}

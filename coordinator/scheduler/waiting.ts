import type { TenantName, WorkloadId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import { type Group, groupsOf } from '../../shared/model/workload.ts'
import type { WorkloadRecord } from '../core/records.ts'
import { vacantRanks } from '../core/restarts.ts'
import { Demand } from './demand.ts'
import type { FleetIndex } from './fleet_index.ts'
import { compareTexts } from './order.ts'
import { SortedList } from './sorted_list.ts'

/** Machines that a workload wants of one shape: its ranks, and what they ask for. */
export type Want = { readonly group: Group; readonly ranks: readonly number[]; readonly demand: Demand }

/** What a workload wants machines for now, group by group. */
export type Wanted = { readonly workload: WorkloadRecord; readonly wants: readonly Want[] }

/** Workloads of one tenant that ask for the very same, in their order. What one cannot have, the others cannot. */
export class Line {
  readonly tenant: TenantName
  readonly shape: string
  readonly workloads = new SortedList<Wanted>(inLine)

  constructor(tenant: TenantName, shape: string) {
    this.tenant = tenant
    this.shape = shape
  }
}

/**
 * First what runs and lacks a rank, since it holds machines while it waits; then higher priority, then as submitted.
 */
export function inLine({ workload: left }: Wanted, { workload: right }: Wanted): number {
  return byUrgency(left, right) || left.sequence - right.sequence
}

export function byUrgency(left: WorkloadRecord, right: WorkloadRecord): number {
  return Number(left.state === 'queued') - Number(right.state === 'queued') || right.spec.priority - left.spec.priority
}

type Sleeper = { readonly id: WorkloadId; readonly until: Instant; readonly workload: WorkloadRecord }

/** Every workload that wants machines now, by what it asks for. */
export class Waiting {
  readonly #index: FleetIndex
  readonly #lines = new Map<string, Line>()
  readonly #of = new Map<string, { readonly line: Line; readonly wanted: Wanted }>()
  readonly #demands = new Map<string, { readonly demand: Demand; users: number }>()
  /** Those that want none before a time. */
  readonly #sleeping = new Map<string, Sleeper>()
  readonly #byTime = new SortedList<Sleeper>(
    (left, right) => left.until - right.until || compareTexts(left.id, right.id),
  )

  constructor(index: FleetIndex) {
    this.#index = index
  }

  get size(): number {
    return this.#of.size
  }

  lines(): Iterable<Line> {
    return this.#lines.values()
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
    const vacant = new Set(vacantRanks(workload))
    let first = 0
    const wants = groupsOf(workload.spec).flatMap((group): readonly Want[] => {
      const all = Array.from({ length: group.machineCount }, (_, place) => first + place)
      first += group.machineCount
      const ranks = all.filter((rank) => vacant.has(rank))
      return ranks.length === 0 ? [] : [{ group, ranks, demand: this.#demandOf(group) }]
    })
    return { workload, wants }
  }

  /** Demands that nobody has any more are forgotten. */
  release({ wants }: Wanted): void {
    for (const { group } of wants) {
      const key = keyOf(group)
      const kept = this.#demands.get(key)
      if (kept === undefined) continue
      kept.users -= 1
      if (kept.users === 0) this.#demands.delete(key)
    }
  }

  #enter(workload: WorkloadRecord): void {
    const wanted = this.wantedBy(workload)
    // Ranks that join others must suit these: no two workloads ask for the same then.
    const own = workload.state === 'queued' ? '' : workload.id
    const shape = JSON.stringify([own, wanted.wants.map(({ group, ranks }) => [keyOf(group), ranks.length])])
    const key = `${workload.tenant} ${shape}`
    let line = this.#lines.get(key)
    if (line === undefined) {
      line = new Line(workload.tenant, shape)
      this.#lines.set(key, line)
    }
    line.workloads.add(wanted)
    this.#of.set(workload.id, { line, wanted })
  }

  #leave(id: string, line: Line, wanted: Wanted): void {
    this.#of.delete(id)
    line.workloads.remove(wanted)
    if (line.workloads.size === 0) this.#lines.delete(`${line.tenant} ${line.shape}`)
    this.release(wanted)
  }

  #demandOf(group: Group): Demand {
    const key = keyOf(group)
    const known = this.#demands.get(key)
    if (known !== undefined) {
      known.users += 1
      return known.demand
    }
    const demand = new Demand(this.#index, group.constraints, group.arrangement)
    this.#demands.set(key, { demand, users: 1 })
    return demand
  }
}

const keyOf = ({ constraints, arrangement }: Group): string => JSON.stringify([constraints, arrangement])

/** From when on it wants machines; null: at once. */
function wantsFrom({ notBefore, spec }: WorkloadRecord): Instant | null {
  if (notBefore === null || spec.startAfter === null) return notBefore ?? spec.startAfter
  return notBefore > spec.startAfter ? notBefore : spec.startAfter
}

import type { TenantName, WorkloadId } from '../../shared/model/ids.ts'
import { type Quota, borrowedOf, ownLeft, ownOf } from '../../shared/model/tenant.ts'
import { type StopReason, leastOf } from '../../shared/model/workload.ts'
import { groupsNow, isUnderWay, leastSize } from './ranks.ts'
import type { Find, WorkloadRecord } from './records.ts'
import type { FleetView } from './state.ts'

/**
 * Machines that tenants hold beyond what they are guaranteed, and who may be stopped so that others get their own. The
 * scheduler plans with this, and the commit checks its plans with it.
 */

type View = Pick<FleetView, 'find' | 'held' | 'guaranteed'>

export const quotasOf = (view: Find, tenant: TenantName): readonly Quota[] => view.find('tenants', tenant)?.quotas ?? []

/** Whether a workload that waits asks for no more than its tenant is guaranteed, as far as is known beforehand. */
export function asksForOwn(view: View, workload: WorkloadRecord): boolean {
  const { tenant } = workload
  if (!view.guaranteed().has(tenant)) return false
  const quotas = quotasOf(view, tenant)
  const held = view.held(tenant)
  return leastSize(workload) <= mostOf(quotas, held, workload)
}

function mostOf(quotas: readonly Quota[], held: ReadonlyMap<string, number>, workload: WorkloadRecord): number {
  const left = (hardwareClass: string): number => ownLeft(quotas, held, hardwareClass)
  const classes = quotas.flatMap(({ hardwareClass }) => (hardwareClass === '' ? [] : [hardwareClass]))
  const all = left('')
  // One of all classes together covers those that no quota names, too.
  const ofAny = all < Infinity ? all : classes.reduce((sum, hardwareClass) => sum + left(hardwareClass), 0)
  const most = groupsNow(workload).map((group) => {
    const { hardwareClass } = group.constraints
    return Math.min(leastOf(group), hardwareClass === undefined ? ofAny : left(hardwareClass))
  })
  return Math.min(
    ofAny,
    most.reduce((sum, count) => sum + count, 0),
  )
}

/** One that others may be stopped for. */
export type Claimant = {
  readonly workload: WorkloadRecord
  /** What it asks for is its tenant's own. */
  readonly isOwn: boolean
}

/** Why a running workload may be stopped for one that waits, if its tenant can spare it; or null. */
export function stopReason({ workload, isOwn }: Claimant, victim: WorkloadRecord): StopReason | null {
  if (!isUnderWay(victim)) return null
  const { spec, tenant } = victim
  const isBelow = spec.preemption.preemptible && spec.priority < workload.spec.priority
  if (workload.spec.preemption.preempts && isBelow) return 'priority'
  return isOwn && tenant !== workload.tenant && !spec.noBorrow ? 'borrowed' : null
}

/** What tenants have borrowed, as workloads are stopped one after the other. */
export class Borrowed {
  readonly #view: View
  readonly #held: Map<TenantName, ReadonlyMap<string, number>>
  readonly #classes: Map<WorkloadId, ReadonlyMap<string, number>>

  constructor(view: View, from?: Borrowed) {
    this.#view = view
    this.#held = new Map(from === undefined ? [] : from.#held)
    this.#classes = from === undefined ? new Map<WorkloadId, ReadonlyMap<string, number>>() : from.#classes
  }

  /** The same as of now, of which the one that it comes from hears nothing more. */
  fork(): Borrowed {
    return new Borrowed(this.#view, this)
  }

  /** Its machines are as good as given back. */
  leave(workload: WorkloadRecord): void {
    this.#held.set(workload.tenant, this.#without(workload))
  }

  /** Whether a tenant has borrowed anything. */
  borrows(tenant: TenantName): boolean {
    return borrowedOf(quotasOf(this.#view, tenant), this.#heldBy(tenant)) > 0
  }

  /** Whether its tenant, without this workload, has as much of its own as with it. */
  isBeyondOwn(workload: WorkloadRecord): boolean {
    const quotas = quotasOf(this.#view, workload.tenant)
    return ownOf(quotas, this.#without(workload)) === ownOf(quotas, this.#heldBy(workload.tenant))
  }

  /** Whether any of its machines, of these classes if some are named, could be given back as a borrowed one. */
  isPartlyBeyondOwn(workload: WorkloadRecord, classes?: ReadonlySet<string>): boolean {
    const quotas = quotasOf(this.#view, workload.tenant)
    const held = this.#heldBy(workload.tenant)
    const own = ownOf(quotas, held)
    return [...this.classesOf(workload).keys()].some((hardwareClass) => {
      if (classes?.has(hardwareClass) === false) return false
      return ownOf(quotas, new Map(held).set(hardwareClass, (held.get(hardwareClass) ?? 0) - 1)) === own
    })
  }

  /** Whether its tenant can spare a workload that is stopped for this reason: all of it, or what is wanted of it. */
  spares({ workload }: Claimant, victim: WorkloadRecord, reason: StopReason, wanted?: ReadonlySet<string>): boolean {
    if (reason === 'borrowed') return this.isPartlyBeyondOwn(victim, wanted)
    return victim.tenant === workload.tenant || this.isBeyondOwn(victim)
  }

  /**
   * Takes back one machine of this class that a workload has beyond its least, where that may be: what is below the
   * claimant, as far as it is of the same tenant or borrowed; and where that asks for its own, all that is borrowed.
   */
  givesBack({ workload, isOwn }: Claimant, from: WorkloadRecord, hardwareClass: string): boolean {
    const isBelow = workload.spec.preemption.preempts && from.spec.priority < workload.spec.priority
    const isSame = from.tenant === workload.tenant
    if (!isBelow && (isSame || !isOwn || from.spec.noBorrow)) return false
    const quotas = quotasOf(this.#view, from.tenant)
    const held = this.#heldBy(from.tenant)
    const without = less(held, hardwareClass, 1)
    if (!isSame && ownOf(quotas, without) < ownOf(quotas, held)) return false
    this.#held.set(from.tenant, without)
    return true
  }

  /** One machine of this class of a workload is as good as given back. */
  give({ tenant }: WorkloadRecord, hardwareClass: string): void {
    this.#held.set(tenant, less(this.#heldBy(tenant), hardwareClass, 1))
  }

  /** Machines that it holds, by hardware class. */
  classesOf(workload: WorkloadRecord): ReadonlyMap<string, number> {
    const known = this.#classes.get(workload.id)
    if (known !== undefined) return known
    const classes = new Map<string, number>()
    for (const id of workload.placements) {
      const placement = this.#view.find('placements', id)
      const machine = placement === undefined ? undefined : this.#view.find('machines', placement.machine)
      if (machine === undefined || machine.placement !== id || machine.state !== 'allocated') continue
      classes.set(machine.hardwareClass, (classes.get(machine.hardwareClass) ?? 0) + 1)
    }
    this.#classes.set(workload.id, classes)
    return classes
  }

  #heldBy(tenant: TenantName): ReadonlyMap<string, number> {
    return this.#held.get(tenant) ?? this.#view.held(tenant)
  }

  #without(workload: WorkloadRecord): ReadonlyMap<string, number> {
    let held = this.#heldBy(workload.tenant)
    for (const [hardwareClass, count] of this.classesOf(workload)) held = less(held, hardwareClass, count)
    return held
  }
}

const less = (held: ReadonlyMap<string, number>, hardwareClass: string, by: number): ReadonlyMap<string, number> =>
  new Map(held).set(hardwareClass, Math.max(0, (held.get(hardwareClass) ?? 0) - by))

/** Whether a workload may be stopped because others want what they are guaranteed. */
export function isBorrowed(view: View, workload: WorkloadRecord): boolean {
  if (!isUnderWay(workload) || workload.spec.noBorrow) return false
  const guaranteed = view.guaranteed()
  if (guaranteed.size === 0 || (guaranteed.size === 1 && guaranteed.has(workload.tenant))) return false
  return new Borrowed(view).isPartlyBeyondOwn(workload)
}

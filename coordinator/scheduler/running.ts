import type { TenantName } from '../../shared/model/ids.ts'
import { isElastic, isUnderWay } from '../core/ranks.ts'
import type { WorkloadRecord } from '../core/records.ts'

/** Workloads that hold machines, as far as others may have these. */
export class Running {
  /** Those that may be stopped for others of higher priority. */
  readonly preemptible = new Map<string, WorkloadRecord>()
  /** Those that may have fewer machines than they have. */
  readonly shrinkable = new Map<string, WorkloadRecord>()
  /** Those that may be on borrowed machines, by whose they are. */
  readonly borrowing = new Map<TenantName, Map<string, WorkloadRecord>>()
  /** Those that are being stopped: their machines come free by themselves. */
  readonly ending = new Map<string, WorkloadRecord>()
  /** Those of which some ranks have left: the machines of these come free by themselves. */
  readonly leaving = new Map<string, WorkloadRecord>()
  readonly #tenants = new Map<string, TenantName>()

  update(id: string, workload: WorkloadRecord | undefined): void {
    for (const map of [this.preemptible, this.shrinkable, this.ending, this.leaving]) map.delete(id)
    this.#forget(id)
    if (workload === undefined) return
    if (workload.state === 'stopping') this.ending.set(id, workload)
    if (!isUnderWay(workload)) return
    if (workload.spec.preemption.preemptible) this.preemptible.set(id, workload)
    if (isElastic(workload)) this.shrinkable.set(id, workload)
    if (workload.vacancies.length > 0) this.leaving.set(id, workload)
    if (workload.spec.noBorrow) return
    const { tenant } = workload
    const known = this.borrowing.get(tenant)
    if (known === undefined) this.borrowing.set(tenant, new Map([[id, workload]]))
    else known.set(id, workload)
    this.#tenants.set(id, tenant)
  }

  #forget(id: string): void {
    const tenant = this.#tenants.get(id)
    if (tenant === undefined) return
    this.#tenants.delete(id)
    const known = this.borrowing.get(tenant)
    known?.delete(id)
    if (known?.size === 0) this.borrowing.delete(tenant)
  }
}

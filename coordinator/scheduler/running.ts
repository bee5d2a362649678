import { isElastic } from '../core/ranks.ts'
import type { WorkloadRecord } from '../core/records.ts'

/** Workloads that hold machines, as far as others may have these. */
export class Running {
  /** Those that may be stopped for others. */
  readonly preemptible = new Map<string, WorkloadRecord>()
  /** Those that may have fewer machines than they have. */
  readonly shrinkable = new Map<string, WorkloadRecord>()
  /** Those that are being stopped: their machines come free by themselves. */
  readonly ending = new Map<string, WorkloadRecord>()
  /** Those of which some ranks have left: the machines of these come free by themselves. */
  readonly leaving = new Map<string, WorkloadRecord>()

  update(id: string, workload: WorkloadRecord | undefined): void {
    for (const map of [this.preemptible, this.shrinkable, this.ending, this.leaving]) map.delete(id)
    if (workload === undefined) return
    if (workload.state === 'stopping') this.ending.set(id, workload)
    const holds = workload.state === 'starting' || workload.state === 'running'
    if (!holds || workload.stop !== null) return
    if (workload.spec.preemption.preemptible) this.preemptible.set(id, workload)
    if (isElastic(workload)) this.shrinkable.set(id, workload)
    if (workload.vacancies.length > 0) this.leaving.set(id, workload)
  }
}

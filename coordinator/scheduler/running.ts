import type { WorkloadRecord } from '../core/records.ts'

/** Workloads that hold machines, as far as others may have them stopped. */
export class Running {
  /** Those that may be stopped for others. */
  readonly preemptible = new Map<string, WorkloadRecord>()
  /** Those that are being stopped: their machines come free by themselves. */
  readonly ending = new Map<string, WorkloadRecord>()

  update(id: string, workload: WorkloadRecord | undefined): void {
    this.preemptible.delete(id)
    this.ending.delete(id)
    if (workload === undefined) return
    if (workload.state === 'stopping') this.ending.set(id, workload)
    const holds = workload.state === 'starting' || workload.state === 'running'
    if (holds && workload.stop === null && workload.spec.preemption.preemptible) this.preemptible.set(id, workload)
  }
}

import type { PlannedPlacement } from '../core/commit.ts'
import { mismatch, postponed, refusal } from '../core/placeable.ts'
import type { MachineRecord, WorkloadRecord } from '../core/records.ts'
import { vacantRanks } from '../core/restarts.ts'
import type { FleetView } from '../core/state.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { Constraints } from '../../shared/model/workload.ts'

/**
 * Decides what to place now: pure, on a view of the fleet.
 *
 * Workloads go by priority, then first in, first out, all machines or none. One that must wait claims the free
 * machines that it could use, so that smaller ones behind it cannot starve it; those behind may use the rest.
 * One that the fleet could never hold claims nothing, so it holds up nobody. Of the machines that will do, the
 * smallest are taken, so that large ones stay free for those that need them.
 */
export function schedule(view: FleetView, now: Instant): readonly PlannedPlacement[] {
  const pass = new Pass(view)
  const plan: PlannedPlacement[] = []
  if (pass.free === 0) return plan
  for (const workload of inOrder(view.queued())) {
    if (postponed(view, workload, now) !== null) continue
    const machines = pass.take(workload)
    if (machines !== undefined) plan.push({ workload: workload.id, machines: machines.map(({ id }) => id) })
    if (pass.free === 0) break
  }
  return plan
}

/**
 * Queue order: first what runs and lacks a rank, since it holds machines while it waits; then higher priority, then as
 * submitted.
 */
export function inOrder(queued: Iterable<WorkloadRecord>): readonly WorkloadRecord[] {
  return [...queued].toSorted(
    (left, right) =>
      Number(left.state === 'queued') - Number(right.state === 'queued') ||
      right.spec.priority - left.spec.priority ||
      left.sequence - right.sequence,
  )
}

/** One pass over the queue: free machines are taken or claimed as it goes. */
class Pass {
  readonly #view: FleetView
  readonly #free: Set<MachineRecord>
  /** Least count that failed for a set of constraints in this pass: asking again would find the same or less. */
  readonly #failed = new Map<string, number>()

  constructor(view: FleetView) {
    this.#view = view
    this.#free = new Set(
      [...view.available()].filter((machine) => refusal(machine, ANY) === undefined).toSorted(bySize),
    )
  }

  get free(): number {
    return this.#free.size
  }

  take(workload: WorkloadRecord): readonly MachineRecord[] | undefined {
    const { constraints } = workload.spec
    const machineCount = vacantRanks(workload).length
    const signature = JSON.stringify(constraints)
    const failed = this.#failed.get(signature)
    if (failed !== undefined && machineCount >= failed) return undefined
    const fitting = this.#fitting(constraints, machineCount)
    if (fitting.length === machineCount) {
      for (const machine of fitting) this.#free.delete(machine)
      return fitting
    }
    this.#failed.set(signature, machineCount)
    if (this.#couldEverHold(constraints, machineCount)) for (const machine of fitting) this.#free.delete(machine)
    return undefined
  }

  #fitting(constraints: Constraints, count: number): readonly MachineRecord[] {
    const fitting: MachineRecord[] = []
    for (const machine of this.#free) {
      if (fitting.length === count) break
      if (mismatch(machine, constraints) === undefined) fitting.push(machine)
    }
    return fitting
  }

  #couldEverHold(constraints: Constraints, count: number): boolean {
    let fitting = 0
    for (const { record: machine } of this.#view.table('machines').values()) {
      if (machine.state !== 'retired' && machine.state !== 'pending' && mismatch(machine, constraints) === undefined) {
        fitting += 1
      }
      if (fitting === count) return true
    }
    return false
  }
}

const ANY: Constraints = { labels: {}, gpusMin: 0, memoryBytesMin: 0, machines: [] }

function bySize(left: MachineRecord, right: MachineRecord): number {
  return (
    (left.inventory?.gpus.length ?? 0) - (right.inventory?.gpus.length ?? 0) ||
    (left.inventory?.memoryBytes ?? 0) - (right.inventory?.memoryBytes ?? 0) ||
    (left.id < right.id ? -1 : 1)
  )
}

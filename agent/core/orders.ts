import type { Epoch, MachineId, PlacementId, Term } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { DesiredState } from '../../shared/model/run.ts'

export type OrderRefusal = {
  readonly kind: 'other_machine' | 'older_term' | 'older_epoch' | 'other_placement'
  readonly sentence: string
}

/** What orders are held against: the newest that this machine has seen. */
export type Fence = {
  readonly machine: MachineId
  readonly term: Term
  readonly epoch: Epoch
  /** Whose placement the epoch is; null: nobody's. */
  readonly placement: PlacementId | null
}

/** Which orders are obeyed: for this machine, by no deposed coordinator, under no epoch of the past. */
export function obey(order: DesiredState, fence: Fence): Result<undefined, OrderRefusal> {
  if (order.machine !== fence.machine) {
    const sentence = `the order is for machine ${order.machine}, and this one is ${fence.machine}`
    return refuse({ kind: 'other_machine', sentence })
  }
  if (order.term < fence.term) {
    const sentence = `the order is of term ${order.term}, and term ${fence.term} has been seen`
    return refuse({ kind: 'older_term', sentence })
  }
  if (order.epoch < fence.epoch) {
    const sentence = `the order is of epoch ${order.epoch}, and epoch ${fence.epoch} has been seen`
    return refuse({ kind: 'older_epoch', sentence })
  }
  const ordered = order.assignment?.placement ?? null
  if (order.epoch === fence.epoch && ordered !== null && ordered !== fence.placement) {
    const whose = fence.placement === null ? "was no placement's" : `is that of ${fence.placement}`
    const sentence = `the order is for ${ordered} under epoch ${order.epoch}, which ${whose}`
    return refuse({ kind: 'other_placement', sentence })
  }
  return ok()
}

import { epoch, type MachineId, type WorkloadId } from '../../shared/model/ids.ts'
import type { RefusalReason } from '../../shared/model/workload.ts'
import type { Draft } from './draft.ts'
import { mustMove } from './machine_state.ts'
import { refusal } from './placeable.ts'
import type { MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'

/** A decision of a scheduler: this workload on these machines, in rank order. */
export type PlannedPlacement = { readonly workload: WorkloadId; readonly machines: readonly MachineId[] }

export type PlanRefusal =
  | { readonly kind: 'workload_not_queued'; readonly workload: WorkloadId }
  | { readonly kind: 'wrong_count'; readonly workload: WorkloadId }
  | {
      readonly kind: 'machine'
      readonly machine: MachineId
      readonly reason: RefusalReason | 'UNKNOWN_MACHINE' | 'TWICE'
    }

/**
 * Checks a planned placement again, machine by machine, against the newest state, and makes it whole or not at
 * all. A scheduler may have planned on an older view; no plan is trusted.
 */
export function commitPlacement(draft: Draft, planned: PlannedPlacement): readonly PlanRefusal[] {
  const workload = draft.find('workloads', planned.workload)
  if (workload === undefined || workload.state !== 'queued') {
    return [{ kind: 'workload_not_queued', workload: planned.workload }]
  }
  if (planned.machines.length !== workload.spec.machineCount) {
    return [{ kind: 'wrong_count', workload: workload.id }]
  }
  const refusals: PlanRefusal[] = []
  const machines = new Map<MachineId, MachineRecord>()
  for (const id of planned.machines) {
    const machine = draft.find('machines', id)
    const reason =
      machine === undefined
        ? 'UNKNOWN_MACHINE'
        : machines.has(id)
          ? 'TWICE'
          : refusal(machine, workload.spec.constraints)
    if (reason !== undefined) refusals.push({ kind: 'machine', machine: id, reason })
    else if (machine !== undefined) machines.set(id, machine)
  }
  if (refusals.length === 0) place(draft, workload, [...machines.values()])
  return refusals
}

function place(draft: Draft, workload: WorkloadRecord, machines: readonly MachineRecord[]): void {
  const placements = machines.map((machine, rank) => placeRank(draft, workload, machine, rank, machines.length))
  draft.putWorkload({
    ...workload,
    state: 'starting',
    stateReason: machines.length === 1 ? 'its machine makes ready' : 'its machines make ready',
    stateAt: draft.now,
    placements: placements.map((placement) => placement.id),
  })
}

function placeRank(
  draft: Draft,
  workload: WorkloadRecord,
  machine: MachineRecord,
  rank: number,
  worldSize: number,
): PlacementRecord {
  const raised = epoch(machine.epoch + 1)
  const placement: PlacementRecord = {
    id: draft.ids.placement(),
    workload: workload.id,
    tenant: workload.tenant,
    machine: machine.id,
    hostname: machine.hostname,
    address: machine.peerAddress,
    rank,
    worldSize,
    epoch: raised,
    // One rank alone has nobody to wait for.
    phase: worldSize === 1 ? 'starting' : 'preparing',
    phaseReason: '',
    exitCode: null,
    createdAt: draft.now,
    startedAt: null,
    endedAt: null,
  }
  draft.putPlacement(placement)
  // The number of the validation after this placement goes along with it: one trip less when the machine is back.
  const also = {
    epoch: raised,
    placement: placement.id,
    tenant: workload.tenant,
    validation: machine.validation + 1,
    lastHandBack: null,
  }
  mustMove(draft, machine, 'allocate', `holds rank ${rank} of workload ${workload.id}`, also)
  return placement
}

import { assertNever } from '../../shared/model/result.ts'
import type { Constraints, MachineRefusalReason, PostponedReason } from '../../shared/model/workload.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { MachineRecord, TableName, Tables, WorkloadRecord } from './records.ts'
import { unfinished } from './restarts.ts'

/**
 * Why a machine cannot take a placement now, or undefined where it can. The one answer to that question: the
 * scheduler plans with it, the commit checks the plan with it, and waiting workloads are explained by it.
 */
export function refusal(machine: MachineRecord, constraints: Constraints): MachineRefusalReason | undefined {
  return mismatch(machine, constraints) ?? occupied(machine) ?? withheld(machine)
}

/** Why a machine can never take such a placement as it is built and labelled, or undefined. */
export function mismatch(machine: MachineRecord, constraints: Constraints): MachineRefusalReason | undefined {
  const { hardwareClass, machines, labels, gpusMin, memoryBytesMin } = constraints
  if (machines.length > 0 && !machines.includes(machine.id)) return 'NOT_NAMED'
  if (hardwareClass !== undefined && machine.hardwareClass !== hardwareClass) return 'OTHER_CLASS'
  for (const [key, value] of Object.entries(labels)) if (machine.labels[key] !== value) return 'LABEL_MISSING'
  if ((machine.inventory?.gpus.length ?? 0) < gpusMin) return 'TOO_FEW_GPUS'
  if ((machine.inventory?.memoryBytes ?? 0) < memoryBytesMin) return 'TOO_LITTLE_MEMORY'
  return undefined
}

function occupied(machine: MachineRecord): MachineRefusalReason | undefined {
  switch (machine.state) {
    case 'pending':
      return 'NOT_APPROVED'
    case 'validating':
      return 'VALIDATING'
    case 'allocated':
      return 'HELD_BY_TENANT'
    case 'sanitising':
      return 'NOT_YET_CLEAN'
    case 'quarantined':
    case 'retired':
      return 'QUARANTINED'
    case 'available':
      return machine.cleanEpoch === machine.epoch ? undefined : 'NOT_YET_CLEAN'
    default:
      return assertNever(machine.state)
  }
}

function withheld(machine: MachineRecord): MachineRefusalReason | undefined {
  if (machine.connection !== 'connected') return 'NOT_CONNECTED'
  if (machine.cordon !== null) return 'CORDONED'
  if (machine.conditions.some((condition) => condition.forbidsPlacement)) return 'CONDITION'
  return undefined
}

type Find = { find<Name extends TableName>(table: Name, key: string): Tables[Name] | undefined }

/** Why a workload that wants machines cannot take any yet, whichever are free, or null. */
export function postponed(fleet: Find, workload: WorkloadRecord, now: Instant): PostponedReason | null {
  if (workload.notBefore !== null && workload.notBefore > now) return 'BACKING_OFF'
  const look = {
    placement: (id: string) => fleet.find('placements', id),
    machine: (id: string) => fleet.find('machines', id),
  }
  return unfinished(workload, look).length > 0 ? 'FORMER_RUN_NOT_OVER' : null
}

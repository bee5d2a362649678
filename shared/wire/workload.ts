import { parseReservationName, parseWorkloadId } from '../model/ids.ts'
import { CLASS_NAME_EXPECTED, PRIORITY_MOST, isClassName } from '../model/priority.ts'
import type { TaskSpec } from '../model/task.ts'
import {
  type AskedSpec,
  type Dependency,
  type Group,
  MACHINES_MOST,
  type WorkloadArray,
  worldSize,
} from '../model/workload.ts'
import {
  count,
  enumWord,
  invalid,
  list,
  optionalInstant,
  optionalTimestamp,
  parsed,
  present,
  resource,
  text,
} from './check.ts'
import { decodeArrangement, decodeConstraints, encodeArrangement, encodeConstraints } from './constraints.ts'
import { dependencyConditions } from './enums.ts'
import type { Dependency__Output } from './gen/types/billet/v1/Dependency.ts'
import type { Group as WireGroup, Group__Output } from './gen/types/billet/v1/Group.ts'
import type { Task as WireTask } from './gen/types/billet/v1/Task.ts'
import type { WorkloadArray__Output as WireArray__Output } from './gen/types/billet/v1/WorkloadArray.ts'
import type { WorkloadSpec as WireSpec, WorkloadSpec__Output } from './gen/types/billet/v1/WorkloadSpec.ts'
import {
  decodeAbsence,
  decodeRestart,
  decodeTimeLimit,
  encodeAbsence,
  encodeRestart,
  encodeTimeLimit,
} from './policies.ts'
import { decodeNetworkCheck, encodeNetworkCheck } from './network_check.ts'
import { decodeTask, encodeTask } from './task.ts'

type WireSize = { readonly machine_count: number; readonly machine_count_least: number }

function decodeSize(field: string, wire: WireSize): Pick<Group, 'machineCount' | 'least'> {
  const machineCount = count(`${field}.machine_count`, wire.machine_count, 1, MACHINES_MOST)
  const least = count(`${field}.machine_count_least`, wire.machine_count_least, 0, machineCount)
  // One that must have all that it may have says no more than that it may.
  return least === 0 || least === machineCount ? { machineCount } : { machineCount, least }
}

/** The new size of a group: how many it may have, and how many it must have, where that changes too. */
export function decodeResize(wire: WireSize): { readonly machineCount: number; readonly least: number | null } {
  const machineCount = count('machine_count', wire.machine_count, 1, MACHINES_MOST)
  const least = count('machine_count_least', wire.machine_count_least, 0, machineCount)
  return { machineCount, least: least === 0 ? null : least }
}

function decodeGroup(field: string, wire: Group__Output): Group {
  return {
    name: text(`${field}.name`, wire.name, 63),
    ...decodeSize(field, wire),
    constraints: decodeConstraints(`${field}.constraints`, wire.constraints),
    arrangement: decodeArrangement(`${field}.arrangement`, wire.arrangement),
    task: wire.task === null ? null : decodeTask(`${field}.task`, wire.task),
  }
}

function decodeDependency(field: string, { workload, condition }: Dependency__Output): Dependency {
  return {
    workload: resource(`${field}.workload`, 'workloads', workload, parseWorkloadId),
    condition: condition === 0 ? 'succeeded' : enumWord(`${field}.condition`, dependencyConditions, condition),
  }
}

function decodeArray(field: string, { size, most_at_once: most }: WireArray__Output): WorkloadArray {
  return { size: count(`${field}.size`, size, 1, 1000), mostAtOnce: count(`${field}.most_at_once`, most, 0, 1000) }
}

function schedulerName(field: string, name: string): string {
  if (name === '' || /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name
  return invalid(field, 'expected 1 to 63 of a-z, 0-9 and inner hyphens, or nothing')
}

/** Name of a class of priority, or nothing. */
export function className(field: string, name: string): string {
  return name === '' || isClassName(name) ? name : invalid(field, `${CLASS_NAME_EXPECTED}, or nothing`)
}

export function decodeWorkloadSpec(field: string, wire: WorkloadSpec__Output | null): AskedSpec {
  const spec = present(field, wire)
  const decoded = {
    ...decodeSize(field, spec),
    constraints: decodeConstraints(`${field}.constraints`, spec.constraints),
    arrangement: decodeArrangement(`${field}.arrangement`, spec.arrangement),
    groups: list(`${field}.groups`, spec.groups, 16).map((group, index) =>
      decodeGroup(`${field}.groups[${index}]`, group),
    ),
    task: spec.task === null ? null : decodeTask(`${field}.task`, spec.task),
    priority: count(`${field}.priority`, spec.priority, -PRIORITY_MOST, PRIORITY_MOST),
    priorityClass: className(`${field}.priority_class`, spec.priority_class),
    absence: decodeAbsence(`${field}.absence`, spec.absence),
    restart: decodeRestart(`${field}.restart`, spec.restart),
    timeLimit: decodeTimeLimit(`${field}.time_limit`, spec.time_limit),
    scheduler: schedulerName(`${field}.scheduler`, spec.scheduler),
    array: spec.array === null ? null : decodeArray(`${field}.array`, spec.array),
    preemption: spec.preemption === null ? null : { ...spec.preemption },
    dependencies: list(`${field}.dependencies`, spec.dependencies, 64).map((one, index) =>
      decodeDependency(`${field}.dependencies[${index}]`, one),
    ),
    startAfter: optionalInstant(`${field}.start_after_time`, spec.start_after_time),
    noBorrow: spec.no_borrow,
    reservation:
      spec.reservation === '' ? ('' as const) : parsed(`${field}.reservation`, spec.reservation, parseReservationName),
    ...decodeNetworkCheck(`${field}.network_check`, spec.network_check),
  }
  const machines = worldSize(decoded)
  if (machines > MACHINES_MOST)
    invalid(`${field}.groups`, `expected at most ${MACHINES_MOST} machines, got ${machines}`)
  return decoded
}

/** As callers see it: without what is in its secrets. */
export function encodeWorkloadSpec(spec: AskedSpec): WireSpec {
  return {
    machine_count: spec.machineCount,
    machine_count_least: spec.least ?? 0,
    constraints: encodeConstraints(spec.constraints),
    arrangement: encodeArrangement(spec.arrangement),
    groups: spec.groups.map(encodeGroup),
    priority: spec.priority,
    priority_class: spec.priorityClass,
    absence: encodeAbsence(spec.absence),
    restart: encodeRestart(spec.restart),
    time_limit: spec.timeLimit === null ? null : encodeTimeLimit(spec.timeLimit),
    scheduler: spec.scheduler,
    array: spec.array === null ? null : { size: spec.array.size, most_at_once: spec.array.mostAtOnce },
    preemption: spec.preemption === null ? null : { ...spec.preemption },
    dependencies: spec.dependencies.map(({ workload, condition }) => ({
      workload: `workloads/${workload}`,
      condition: dependencyConditions[condition],
    })),
    start_after_time: optionalTimestamp(spec.startAfter),
    no_borrow: spec.noBorrow,
    reservation: spec.reservation,
    ...encodeNetworkCheck(spec.networkCheck),
    ...shownTask(spec.task),
  }
}

function encodeGroup({ name, machineCount, least, constraints, arrangement, task }: Group): WireGroup {
  return {
    name,
    machine_count: machineCount,
    machine_count_least: least ?? 0,
    constraints: encodeConstraints(constraints),
    arrangement: encodeArrangement(arrangement),
    ...shownTask(task),
  }
}

function shownTask(task: TaskSpec | null): { readonly task?: WireTask } {
  if (task === null) return {}
  return { task: encodeTask({ ...task, secrets: task.secrets.map(({ name }) => ({ name, value: NOTHING })) }) }
}

const NOTHING = new Uint8Array()

import { parseMachineId } from '../model/ids.ts'
import type { Constraints, WorkloadSpec } from '../model/workload.ts'
import { count, list, map, present, resource, text } from './check.ts'
import type { Constraints as WireConstraints, Constraints__Output } from './gen/types/billet/v1/Constraints.ts'
import type { WorkloadSpec as WireSpec, WorkloadSpec__Output } from './gen/types/billet/v1/WorkloadSpec.ts'
import {
  decodeAbsence,
  decodeRestart,
  decodeTimeLimit,
  encodeAbsence,
  encodeRestart,
  encodeTimeLimit,
} from './policies.ts'
import { decodeTask, encodeTask } from './task.ts'

function decodeConstraints(field: string, wire: Constraints__Output | null): Constraints {
  if (wire === null) return { labels: {}, gpusMin: 0, memoryBytesMin: 0, machines: [] }
  return {
    ...(wire.hardware_class === '' ? {} : { hardwareClass: text(`${field}.hardware_class`, wire.hardware_class, 200) }),
    labels: map(`${field}.labels`, wire.labels, { entries: 64, key: 63, value: 63 }),
    gpusMin: count(`${field}.gpus_min`, wire.gpus_min, 0, 1024),
    memoryBytesMin: count(`${field}.memory_bytes_min`, wire.memory_bytes_min),
    machines: list(`${field}.machines`, wire.machines, 4096).map((name, index) =>
      resource(`${field}.machines[${index}]`, 'machines', name, parseMachineId),
    ),
  }
}

export function decodeWorkloadSpec(field: string, wire: WorkloadSpec__Output | null): WorkloadSpec {
  const spec = present(field, wire)
  return {
    machineCount: count(`${field}.machine_count`, spec.machine_count, 1, 4096),
    constraints: decodeConstraints(`${field}.constraints`, spec.constraints),
    task: spec.task === null ? null : decodeTask(`${field}.task`, spec.task),
    priority: count(`${field}.priority`, spec.priority, -1000, 1000),
    absence: decodeAbsence(`${field}.absence`, spec.absence),
    restart: decodeRestart(`${field}.restart`, spec.restart),
    timeLimit: decodeTimeLimit(`${field}.time_limit`, spec.time_limit),
  }
}

/** As callers see it: without what is in its secrets. */
export function encodeWorkloadSpec(spec: WorkloadSpec): WireSpec {
  const { constraints, task } = spec
  const wire: WireConstraints = {
    hardware_class: constraints.hardwareClass ?? '',
    labels: { ...constraints.labels },
    gpus_min: constraints.gpusMin,
    memory_bytes_min: constraints.memoryBytesMin,
    machines: constraints.machines.map((id) => `machines/${id}`),
  }
  const hidden = task === null ? null : { ...task, secrets: task.secrets.map(({ name }) => ({ name, value: NOTHING })) }
  return {
    machine_count: spec.machineCount,
    constraints: wire,
    priority: spec.priority,
    absence: encodeAbsence(spec.absence),
    restart: encodeRestart(spec.restart),
    time_limit: spec.timeLimit === null ? null : encodeTimeLimit(spec.timeLimit),
    ...(hidden === null ? {} : { task: encodeTask(hidden) }),
  }
}

const NOTHING = new Uint8Array()

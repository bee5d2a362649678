import type { MachineId, WorkloadId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { Constraints, MachineRefusalReason, PostponedReason, Refusal } from '../../shared/model/workload.ts'
import { mismatch, postponed, refusal } from '../core/placeable.ts'
import type { MachineRecord, WorkloadRecord } from '../core/records.ts'
import { unfinished, vacantRanks } from '../core/restarts.ts'
import type { FleetView } from '../core/state.ts'
import { inOrder } from './schedule.ts'

/** Machines named per reason, at most. */
const NAMED = 10

/** Why a queued workload waits: what stands against each machine, the most telling first. */
export function explain(view: FleetView, id: WorkloadId, now: Instant): readonly Refusal[] {
  const workload = view.table('workloads').get(id)?.record
  if (workload === undefined || vacantRanks(workload).length === 0) return []
  const later = postponed(view, workload, now)
  if (later !== null)
    return [{ reason: later, message: LATER[later](view, workload, now), machineCount: 0, machines: [] }]
  const { constraints } = workload.spec
  const machineCount = vacantRanks(workload).length
  const against = new Map<MachineRefusalReason, MachineRecord[]>()
  const otherwise = view.cluster().learningSince === null ? 'RESERVED_FOR_EARLIER' : 'FLEET_LEARNING'
  let fitting = 0
  for (const { record: machine } of view.table('machines').values()) {
    if (machine.state === 'retired') continue
    if (mismatch(machine, constraints) === undefined && machine.state !== 'pending') fitting += 1
    const reason = refusal(machine, constraints) ?? otherwise
    against.set(reason, [...(against.get(reason) ?? []), machine])
  }
  const refusals = [...against].map(([reason, machines]) => refusalOf(view, workload, reason, machines))
  if (fitting < machineCount) refusals.unshift(tooSmall(constraints, machineCount, fitting))
  return refusals
}

function tooSmall(constraints: Constraints, asked: number, fitting: number): Refusal {
  const what = [machines(asked), describe(constraints)].filter(Boolean).join(' ')
  const would = fitting === 1 ? '1 machine of the fleet would' : `${fitting} machines of the fleet would`
  const message =
    `${what} ${asked === 1 ? 'is' : 'are'} asked for, and only ${would} do even when all are free. ` +
    'Add machines, or ask for less.'
  return { reason: 'FLEET_TOO_SMALL', message, machineCount: fitting, machines: [] }
}

function refusalOf(
  view: FleetView,
  workload: WorkloadRecord,
  reason: MachineRefusalReason,
  refused: readonly MachineRecord[],
): Refusal {
  const named: readonly MachineId[] = refused.slice(0, NAMED).map(({ id }) => id)
  const message = `${machines(refused.length)} ${SENTENCES[reason](refused, workload, view)}`
  return { reason, message, machineCount: refused.length, machines: named }
}

const LATER = {
  BACKING_OFF: (_, { notBefore }, now) =>
    `It is run again in ${Math.ceil(Math.max(0, (notBefore ?? now) - now) / 1000)} s, as its restart policy says.`,
  FORMER_RUN_NOT_OVER: (view, workload) => {
    const alive = unfinished(workload, {
      placement: (id) => view.find('placements', id),
      machine: (id) => view.find('machines', id),
    })
    return `Its earlier run may not be over yet on ${listed(alive.map(({ hostname }) => hostname))}.`
  },
} as const satisfies Readonly<
  Record<PostponedReason, (view: FleetView, workload: WorkloadRecord, now: Instant) => string>
>

type Sentence = (refused: readonly MachineRecord[], workload: WorkloadRecord, view: FleetView) => string

const is = (refused: readonly unknown[]): string => (refused.length === 1 ? 'is' : 'are')
const has = (refused: readonly unknown[]): string => (refused.length === 1 ? 'has' : 'have')
const does = (refused: readonly unknown[]): string => (refused.length === 1 ? 'does' : 'do')

const SENTENCES = {
  HELD_BY_TENANT: (refused) => `${is(refused)} held by tenant ${listed(refused.map(({ tenant }) => tenant ?? '?'))}.`,
  NOT_YET_CLEAN: (refused) => `${is(refused)} being made clean after the last tenant.`,
  NOT_APPROVED: (refused) => `${is(refused)} not approved yet: billet machines approve ${refused[0]?.id ?? ''}.`,
  VALIDATING: (refused) => `${is(refused)} being validated.`,
  QUARANTINED: (refused) => `${is(refused)} quarantined: ${listed(refused.map(({ stateReason }) => stateReason))}.`,
  CORDONED: (refused) => `${is(refused)} cordoned: ${listed(refused.map(({ cordon }) => cordon?.reason ?? ''))}.`,
  NOT_CONNECTED: (refused) => `${is(refused)} not connected.`,
  CONDITION: (refused) => `${is(refused)} held back by health findings: ${listed(refused.flatMap(findings))}.`,
  OTHER_CLASS: (refused, { spec }) =>
    `${is(refused)} of another hardware class than ${spec.constraints.hardwareClass ?? '?'}: ` +
    `${listed(refused.map(({ hardwareClass }) => hardwareClass || 'not known yet'))}.`,
  LABEL_MISSING: (refused, { spec }) => `${does(refused)} not carry the labels ${labels(spec.constraints)}.`,
  TOO_FEW_GPUS: (refused, { spec }) => `${has(refused)} fewer than ${spec.constraints.gpusMin} GPUs.`,
  TOO_LITTLE_MEMORY: (refused, { spec }) => `${has(refused)} less than ${gib(spec.constraints.memoryBytesMin)} memory.`,
  NOT_NAMED: (refused) => `${is(refused)} not among the machines that it asks for by name.`,
  RESERVED_FOR_EARLIER: (refused, workload, view) => `${is(refused)} free, ${claimed(workload, view)}`,
  FLEET_LEARNING: (refused) =>
    `${is(refused)} free; the coordinator has just started, and first hears what runs on every machine.`,
  FLEET_TOO_SMALL: () => '',
} as const satisfies Readonly<Record<MachineRefusalReason, Sentence>>

function claimed(workload: WorkloadRecord, view: FleetView): string {
  const ahead = inOrder(view.queued()).findIndex(({ id }) => id === workload.id)
  if (ahead <= 0) return `but too few: ${workload.spec.machineCount} are asked for at once.`
  return `and kept for the ${ahead === 1 ? 'workload' : `${ahead} workloads`} ahead in the queue.`
}

function findings(machine: MachineRecord): readonly string[] {
  return machine.conditions.filter((condition) => condition.forbidsPlacement).map((condition) => condition.reason)
}

function describe(constraints: Constraints): string {
  const parts = [
    ...(constraints.hardwareClass === undefined ? [] : [`of class ${constraints.hardwareClass}`]),
    ...(Object.keys(constraints.labels).length === 0 ? [] : [`with labels ${labels(constraints)}`]),
    ...(constraints.gpusMin === 0 ? [] : [`with at least ${constraints.gpusMin} GPUs`]),
    ...(constraints.memoryBytesMin === 0 ? [] : [`with at least ${gib(constraints.memoryBytesMin)} memory`]),
    ...(constraints.machines.length === 0 ? [] : ['by name']),
  ]
  return parts.join(', ')
}

function labels(constraints: Constraints): string {
  return Object.entries(constraints.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

const machines = (count: number): string => (count === 1 ? '1 machine' : `${count} machines`)
const gib = (bytes: number): string => `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB`

/** Each different text once, at most three. */
function listed(texts: readonly string[]): string {
  const different = [...new Set(texts)]
  const shown = different.slice(0, 3).join(', ')
  return different.length > 3 ? `${shown} and others` : shown
}

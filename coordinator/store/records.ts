import * as v from 'valibot'
import { NEVER_CHECKED, NO_CHECKS } from '../../shared/model/check.ts'
import type { CommandSpec } from '../../shared/model/command.ts'
import { type Condition, HEALTH_LIMIT } from '../../shared/model/health.ts'
import { epoch, parseEventId, parseRequestId, parseRolloutId, term } from '../../shared/model/ids.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import { ABSENCE, HOLD_BACK, PREEMPTION, RESTART } from '../../shared/model/policies.ts'
import { PRIORITY_MOST } from '../../shared/model/priority.ts'
import type { PlacementPhase } from '../../shared/model/placement_phase.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { HandBackReport } from '../../shared/model/run.ts'
import { SHARING, backfills } from '../../shared/model/tenant.ts'
import { ANY_ARRANGEMENT, ANY_MACHINE, type WorkloadSpec } from '../../shared/model/workload.ts'
import { type MachineState, machineStates } from '../core/lifecycle.ts'
import type { TableName, Tables } from '../core/records.ts'
import type { StateWrite } from '../core/state.ts'
import type { Change, Entry, FleetChange } from '../ports.ts'
import { bmc } from './bmc_form.ts'
import { textToBytes } from './bytes.ts'
import { checkPlan, checkSeries, machineChecks } from './check_form.ts'
import { VERSION } from './encoder.ts'
import {
  at,
  commandId,
  count,
  duration,
  exitCode,
  isObject,
  isPhase,
  machineId,
  parsed,
  placementId,
  tenantName,
  texts,
  userName,
  workloadId,
} from './record_parts.ts'
import { hardware, registered, registration, token } from './enrolment_form.ts'
import { reservation } from './reservation_form.ts'
import { usageAmounts } from './usage_amounts.ts'

/** Reads what `encodeWrite` wrote; the refusal names the key and what is wrong with it. */
export function decodeEntry({ key, value }: Entry): Result<StateWrite, string> {
  const slash = key.indexOf('/')
  const decode = DECODERS.get(key.slice(0, slash))
  if (decode === undefined) return refuse(`${key}: no such table in this version`)
  let json: unknown
  try {
    json = JSON.parse(value, textToBytes)
  } catch {
    return refuse(`${key}: is not JSON`)
  }
  const envelope = v.safeParse(ENVELOPE, json)
  if (!envelope.success) return refuse(`${key}: is no record of version ${VERSION}`)
  const decoded = decode(key.slice(slash + 1), envelope.output.record)
  return decoded.ok ? decoded : refuse(`${key}: ${decoded.error}`)
}

/** A change of the past; what the record was before is not kept. */
export function decodeChange({ key, value, revision }: Change): Result<FleetChange, string> {
  if (value !== null) {
    const decoded = decodeEntry({ key, value, revision })
    return decoded.ok ? ok({ ...decoded.value, revision, before: null, isPast: true }) : decoded
  }
  const slash = key.indexOf('/')
  const table = key.slice(0, slash)
  if (!isTable(table)) return refuse(`${key}: no such table in this version`)
  return ok({ table, key: key.slice(slash + 1), record: null, revision, before: null, isPast: true })
}

const isTable = (name: string): name is TableName => DECODERS.has(name)

const ENVELOPE = v.object({ v: v.literal(VERSION), record: v.unknown() })

/** Values with many parts that nothing here looks into. */
const inventory = v.custom<Inventory>(isObject, 'expected an inventory')
const workloadSpec = v.pipe(
  v.custom<Pick<WorkloadSpec, 'machineCount' | 'task' | 'priority'> & Partial<WorkloadSpec>>(
    isObject,
    'expected a workload specification',
  ),
  // Written before there was all of this.
  v.transform(
    (spec): WorkloadSpec => ({
      absence: ABSENCE,
      restart: RESTART,
      timeLimit: null,
      arrangement: ANY_ARRANGEMENT,
      groups: [],
      preemption: PREEMPTION,
      scheduler: '',
      array: null,
      dependencies: [],
      startAfter: null,
      noBorrow: false,
      reservation: '',
      priorityClass: '',
      ...spec,
      constraints: { ...ANY_MACHINE, ...spec.constraints },
    }),
  ),
)
const commandSpec = v.custom<CommandSpec>(isObject, 'expected a command specification')
const conditions = v.custom<readonly Condition[]>(Array.isArray, 'expected a list of conditions')
const handBack = v.custom<HandBackReport>(isObject, 'expected a hand-back report')

const cordon = v.object({ reason: v.string(), user: userName, at, drain: v.boolean() })
const quota = v.object({ hardwareClass: v.string(), limit: v.nullable(count), guaranteed: v.optional(count, 0) })

const priority = v.pipe(v.number(), v.safeInteger(), v.minValue(-PRIORITY_MOST), v.maxValue(PRIORITY_MOST))
const priorityClass = v.object({
  name: v.string(),
  priority,
  isDefault: v.boolean(),
  preempts: v.boolean(),
  comment: v.string(),
})

const machineRollout = v.object({
  rollout: parsed(parseRolloutId),
  state: v.picklist(['waiting', 'ordered', 'done', 'failed']),
  since: at,
  reason: v.string(),
})

const rollout = v.object({
  id: parsed(parseRolloutId),
  agentVersion: v.string(),
  manifest: v.string(),
  signature: v.string(),
  url: v.string(),
  atOnce: count,
  pauseAfter: count,
  state: v.picklist(['running', 'paused', 'done', 'cancelled']),
  stateReason: v.string(),
  user: userName,
  createdAt: at,
})

const trouble = v.object({
  failures: v.array(
    v.object({
      at,
      placedAt: at,
      workload: workloadId,
      tenant: tenantName,
      fault: v.nullable(v.picklist(['machine', 'task'])),
      reason: v.string(),
    }),
  ),
  heldBack: v.nullable(v.object({ since: at, until: at, reason: v.string() })),
  times: count,
})

const machine = v.object({
  id: machineId,
  hostname: v.string(),
  state: v.picklist<readonly MachineState[]>(machineStates),
  stateReason: v.string(),
  stateAt: at,
  connection: v.picklist(['connected', 'silent', 'lost']),
  connectionAt: at,
  silentSince: v.optional(v.nullable(at), null),
  cordon: v.nullable(cordon),
  conditions,
  heldBy: v.optional(v.nullable(v.string()), null),
  gpusExpected: v.optional(v.nullable(count), null),
  labels: texts,
  hardwareClass: v.string(),
  inventory: v.nullable(inventory),
  inventoryDigest: v.string(),
  hardware,
  registered: v.optional(v.nullable(registered), null),
  epoch: v.pipe(count, v.transform(epoch)),
  cleanEpoch: v.pipe(count, v.transform(epoch)),
  placement: v.nullable(placementId),
  tenant: v.nullable(tenantName),
  generation: count,
  publicKey: v.string(),
  agentVersion: v.string(),
  address: v.string(),
  peerAddress: v.string(),
  bootId: v.string(),
  formerBootId: v.optional(v.string(), ''),
  createdAt: at,
  lastHandBack: v.nullable(handBack),
  releases: v.optional(count, 0),
  trouble: v.optional(v.nullable(trouble), null),
  rollout: v.optional(v.nullable(machineRollout), null),
  validation: count,
  checks: v.optional(machineChecks, NEVER_CHECKED),
  runState: v.picklist(['idle', 'preparing', 'prepared', 'running', 'stopping', 'sanitising', 'clean', 'dirty']),
})

const workload = v.object({
  id: workloadId,
  tenant: tenantName,
  displayName: v.string(),
  spec: workloadSpec,
  state: v.picklist(['queued', 'starting', 'running', 'stopping', 'succeeded', 'failed', 'cancelled']),
  stateReason: v.string(),
  stateAt: at,
  placements: v.array(placementId),
  exitCode,
  createdAt: at,
  startedAt: v.nullable(at),
  endedAt: v.nullable(at),
  user: userName,
  sequence: count,
  stop: v.nullable(v.object({ outcome: v.picklist(['cancelled', 'failed', 'restart']), reason: v.string(), exitCode })),
  attempt: v.optional(count, 1),
  restarts: v.optional(v.array(at), []),
  notBefore: v.optional(v.nullable(at), null),
  waitsFor: v.optional(
    v.array(v.object({ workload: workloadId, condition: v.picklist(['succeeded', 'ended', 'failed']) })),
    [],
  ),
  preempting: v.optional(v.boolean(), false),
  array: v.optional(v.nullable(v.object({ first: workloadId, index: count })), null),
  vacancies: v.optional(v.array(count), []),
  generation: v.optional(count, 0),
  layout: v.optional(v.array(count), []),
  sizes: v.optional(v.nullable(v.array(v.object({ machineCount: count, least: count }))), null),
  formerPlacements: v.optional(v.array(placementId), []),
})

const placement = v.object({
  id: placementId,
  workload: workloadId,
  tenant: tenantName,
  machine: machineId,
  hostname: v.string(),
  address: v.string(),
  rank: count,
  group: v.optional(v.nullable(count), null),
  worldSize: count,
  epoch: v.pipe(count, v.transform(epoch)),
  phase: v.custom<PlacementPhase>(isPhase, 'expected a phase of a placement'),
  phaseReason: v.string(),
  exitCode,
  createdAt: at,
  startedAt: v.nullable(at),
  endedAt: v.nullable(at),
  timeLimit: v.optional(v.nullable(duration), null),
  presumedOver: v.optional(v.boolean(), false),
  verdict: v.optional(v.nullable(v.picklist(['well', 'badly'])), null),
})

const commandRun = v.object({
  machine: machineId,
  hostname: v.string(),
  state: v.picklist(['pending', 'running', 'exited', 'timed_out', 'cancelled', 'failed', 'unreachable', 'unknown']),
  reason: v.string(),
  exitCode,
  stdoutDroppedBytes: count,
  stderrDroppedBytes: count,
  startedAt: v.nullable(at),
  endedAt: v.nullable(at),
})

const command = v.object({ id: commandId, spec: commandSpec, runs: v.array(commandRun), user: userName, createdAt: at })

const event = v.object({
  id: parsed(parseEventId),
  at,
  reason: v.string(),
  message: v.string(),
  machine: v.nullable(machineId),
  workload: v.nullable(workloadId),
  user: v.nullable(userName),
})

const request = v.object({
  key: v.string(),
  user: userName,
  request: parsed(parseRequestId),
  digest: v.string(),
  resource: v.string(),
  at,
})

const certificate = v.object({
  machine: machineId,
  sequence: count,
  hostname: v.string(),
  hardware,
  tenant: tenantName,
  workload: workloadId,
  placement: placementId,
  epoch: v.pipe(count, v.transform(epoch)),
  term: v.pipe(count, v.transform(term)),
  handBack,
  provedAt: at,
  signed: v.nullable(
    v.object({ statement: v.string(), signature: v.string(), certificate: v.string(), digest: v.string() }),
  ),
})

const tenant = v.object({
  name: tenantName,
  number: count,
  share: v.optional(v.number(), 1),
  quotas: v.optional(v.array(quota), []),
  usage: v.optional(v.object({ amount: v.number(), at }), { amount: 0, at: 0 }),
  maxPriority: v.optional(v.nullable(v.object({ priority, priorityClass: v.string() })), null),
})

const usage = v.object({ tenant: tenantName, hardwareClass: v.string(), day: count, ...usageAmounts })

const cluster = v.object({
  id: v.string(),
  term: v.pipe(count, v.transform(term)),
  learningSince: v.optional(v.nullable(at), null),
  termAt: v.optional(at, 0),
  halt: v.optional(v.nullable(v.object({ since: at, reason: v.string() })), null),
  absentAccepted: v.optional(count, 0),
  topologyLevels: v.optional(v.array(v.string()), []),
  sharing: v.optional(
    v.object({
      classWeights: v.record(v.string(), v.number()),
      halfLife: duration,
      waitingMost: v.optional(count, SHARING.waitingMost),
      backfill: v.optional(v.picklist(backfills), SHARING.backfill),
    }),
    SHARING,
  ),
  priorityClasses: v.optional(v.array(priorityClass), []),
  holdBack: v.optional(v.object({ after: count, first: duration }), HOLD_BACK),
  health: v.optional(v.object({ outShare: v.number(), unlimited: v.array(v.string()) }), HEALTH_LIMIT),
  checks: v.optional(checkPlan, NO_CHECKS),
  healthLimitedSince: v.optional(v.nullable(at), null),
  usedUntil: v.optional(at, 0),
  accountedUntil: v.optional(at, 0),
  nextTenantNumber: count,
  nextSequence: count,
})

type Decode = (key: string, record: unknown) => Result<StateWrite, string>
function decoder<Name extends TableName>(
  schema: v.GenericSchema<unknown, Tables[Name]>,
  write: (key: string, record: Tables[Name]) => StateWrite,
): Decode {
  return (key, record) => {
    const decoded = v.safeParse(schema, record)
    if (decoded.success) return ok(write(key, decoded.output))
    const [issue] = decoded.issues
    return refuse(`${v.getDotPath(issue) ?? 'the record'}: ${issue.message}`)
  }
}

const DECODERS: ReadonlyMap<string, Decode> = new Map(
  Object.entries({
    machines: decoder<'machines'>(machine, (key, record) => ({ table: 'machines', key, record })),
    workloads: decoder<'workloads'>(workload, (key, record) => ({ table: 'workloads', key, record })),
    placements: decoder<'placements'>(placement, (key, record) => ({ table: 'placements', key, record })),
    tenants: decoder<'tenants'>(tenant, (key, record) => ({ table: 'tenants', key, record })),
    tokens: decoder<'tokens'>(token, (key, record) => ({ table: 'tokens', key, record })),
    registrations: decoder<'registrations'>(registration, (key, record) => ({ table: 'registrations', key, record })),
    commands: decoder<'commands'>(command, (key, record) => ({ table: 'commands', key, record })),
    events: decoder<'events'>(event, (key, record) => ({ table: 'events', key, record })),
    requests: decoder<'requests'>(request, (key, record) => ({ table: 'requests', key, record })),
    certificates: decoder<'certificates'>(certificate, (key, record) => ({ table: 'certificates', key, record })),
    usages: decoder<'usages'>(usage, (key, record) => ({ table: 'usages', key, record })),
    rollouts: decoder<'rollouts'>(rollout, (key, record) => ({ table: 'rollouts', key, record })),
    reservations: decoder<'reservations'>(reservation, (key, record) => ({ table: 'reservations', key, record })),
    checks: decoder<'checks'>(checkSeries, (key, record) => ({ table: 'checks', key, record })),
    bmcs: decoder<'bmcs'>(bmc, (key, record) => ({ table: 'bmcs', key, record })),
    cluster: decoder<'cluster'>(cluster, (key, record) => ({ table: 'cluster', key, record })),
  } satisfies Readonly<Record<TableName, Decode>>),
)

import { NEVER_CHECKED, NO_CHECKS } from '../../shared/model/check.ts'
import { HEALTH_LIMIT } from '../../shared/model/health.ts'
import { SHARING } from '../../shared/model/tenant.ts'
import { FleetState } from '../../coordinator/core/state.ts'
import type { MachineRecord, WorkloadRecord } from '../../coordinator/core/records.ts'
import { hardwareClass } from '../../coordinator/core/hardware_class.ts'
import { parseExpression } from '../../shared/model/expression/parse.ts'
import {
  type IdSource,
  type MachineId,
  epoch,
  idSource,
  parseTenantName,
  parseUserName,
  revision,
  term,
} from '../../shared/model/ids.ts'
import type { Gpu, Inventory } from '../../shared/model/inventory.ts'
import { ABSENCE, HOLD_BACK, PREEMPTION, RESTART } from '../../shared/model/policies.ts'
import { type Random, random } from '../../shared/model/random.ts'
import type { Result } from '../../shared/model/result.ts'
import { type Instant, instant, milliseconds } from '../../shared/model/time.ts'
import { ANY_ARRANGEMENT, ANY_MACHINE, type Constraints, type WorkloadSpec } from '../../shared/model/workload.ts'

/**
 * A fleet and a queue drawn from one seed: racks of 34 machines of one class each, 25 racks to a row, 12 rows to a
 * site, the classes dealt to racks by weight 1/rank; workloads of 100 tenants whose sizes are powers of two, mostly 1,
 * whose constraints name a class, GPUs, memory, a label or an expression, and half of which have a time limit.
 */
export type SyntheticFleet = {
  readonly state: FleetState
  readonly ids: IdSource
  readonly random: Random
  readonly now: Instant
  readonly classes: readonly string[]
  readonly machines: readonly MachineId[]
}

export const LEVELS = ['site', 'row', 'rack'] as const
const [RACK, ROW, SITE] = [34, 25, 12]
const CLASSES = 40
const TENANTS = 100
const GIB = 1024 ** 3

function must<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

const user = must(parseUserName('bench'))

export function syntheticFleet(machineCount: number, seed: number): SyntheticFleet {
  const generator = random(seed)
  const ids = idSource((length) => generator.bytes(length))
  const state = new FleetState()
  const now = instant(1_800_000_000_000)
  const at = revision(1)
  const cluster = {
    id: 'bench',
    term: term(1),
    learningSince: null,
    termAt: now,
    halt: null,
    absentAccepted: 0,
    nextTenantNumber: TENANTS + 1,
    topologyLevels: [...LEVELS],
    sharing: SHARING,
    priorityClasses: [],
    holdBack: HOLD_BACK,
    health: HEALTH_LIMIT,
    checks: NO_CHECKS,
    healthLimitedSince: null,
    usedUntil: now,
    accountedUntil: now,
    nextSequence: 1,
  }
  state.load({ table: 'cluster', key: 'cluster', record: cluster }, at)
  const models = Array.from({ length: CLASSES }, (_, index) => inventoryOf(index))
  const classes = models.map((inventory) => hardwareClass(inventory, null))
  const machines: MachineId[] = []
  for (let index = 0; index < machineCount; index += 1) {
    const rack = Math.floor(index / RACK)
    const model = classOfRack(rack)
    const inventory = models[model]
    if (inventory === undefined) throw new Error('there is no such class')
    const labels = {
      site: `s${Math.floor(rack / (ROW * SITE))}`,
      row: `w${Math.floor(rack / ROW)}`,
      rack: `r${rack}`,
      tier: rack % 3 === 0 ? 'gold' : 'silver',
    }
    const machine = machineOf(ids.machine(), `r${rack}n${index % RACK}`, inventory, labels, now)
    machines.push(machine.id)
    state.load({ table: 'machines', key: machine.id, record: machine }, at)
  }
  for (let number = 1; number <= TENANTS; number += 1) {
    const name = must(parseTenantName(`t${number}`))
    state.load(
      {
        table: 'tenants',
        key: name,
        record: { name, number, share: 1, quotas: [], usage: { amount: 0, at: now }, maxPriority: null },
      },
      at,
    )
  }
  state.loaded(at)
  return { state, ids, random: generator, now, classes, machines }
}

/** The first classes have the most racks. */
function classOfRack(rack: number): number {
  const weights = Array.from({ length: CLASSES }, (_, index) => 1 / (index + 1))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  // Evenly over racks, without a draw: the same rack has the same class in a fleet of any size.
  let place = ((rack * 0.618_033_988_75) % 1) * all
  for (const [index, weight] of weights.entries()) {
    place -= weight
    if (place < 0) return index
  }
  return CLASSES - 1
}

function inventoryOf(index: number): Inventory {
  const gpuCount = [8, 8, 4, 0][index % 4] ?? 0
  const model = ['H100', 'H200', 'A100', 'B200', 'MI300X'][index % 5] ?? 'H100'
  const gpu = (one: number): Gpu => ({
    index: one,
    vendor: index % 5 === 4 ? 'AMD' : 'NVIDIA',
    model,
    uuid: '',
    memoryBytes: (80 + (index % 3) * 56) * GIB,
    serial: '',
    driver: `550.${54 + (index % 4)}`,
  })
  return {
    hardware: { macs: [] },
    manufacturer: 'Maker',
    product: `Server ${index}`,
    cpu: { model: 'CPU', architecture: 'x64', sockets: 2, coresPhysical: 32 + index, threads: 64 + index * 2 },
    memoryBytes: (256 + index * 32) * GIB,
    memoryModules: [],
    disks: [],
    nics: [
      { device: 'ib0', mac: '', speedMbps: index % 2 === 0 ? 400_000 : 200_000, kind: 'infiniband', addresses: [] },
    ],
    gpus: Array.from({ length: gpuCount }, (_, one) => gpu(one)),
    bios: '1.0',
    os: { distro: 'Debian GNU/Linux 12', kernel: '6.1.0', hostname: '' },
    architecture: 'x64',
  }
}

function machineOf(
  id: MachineId,
  hostname: string,
  inventory: Inventory,
  labels: Readonly<Record<string, string>>,
  now: Instant,
): MachineRecord {
  return {
    id,
    hostname,
    state: 'available',
    stateReason: '',
    stateAt: now,
    connection: 'connected',
    connectionAt: now,
    silentSince: null,
    cordon: null,
    conditions: [],
    heldBy: null,
    gpusExpected: null,
    checks: NEVER_CHECKED,
    labels,
    hardwareClass: hardwareClass(inventory, null),
    inventory,
    inventoryDigest: '',
    hardware: { uuid: id, serial: '', macAddresses: [] },
    epoch: epoch(0),
    cleanEpoch: epoch(0),
    placement: null,
    tenant: null,
    generation: 1,
    publicKey: '',
    agentVersion: '',
    address: '',
    peerAddress: '',
    bootId: '',
    formerBootId: '',
    registered: null,
    createdAt: now,
    lastHandBack: null,
    releases: 0,
    trouble: null,
    rollout: null,
    validation: 1,
    runState: 'idle',
  }
}

/** Sizes are powers of two: of a hundred, sixty are of 1, then fewer and fewer, up to 64. */
function sizeOf(draw: number): number {
  const shares: readonly (readonly [number, number])[] = [
    [0.6, 1],
    [0.75, 2],
    [0.85, 4],
    [0.92, 8],
    [0.96, 16],
    [0.985, 32],
  ]
  return shares.find(([share]) => draw < share)?.[1] ?? 64
}

const EXPRESSIONS = [
  'gpu.count >= 8 and nic.speed >= 400Gbps',
  'gpu.model ~ "*H?00*" and memory >= 300GiB',
  'gpu.vendor = AMD',
  'cpu.threads >= 96 and label.tier = gold',
  'gpu.driver >= 550.55',
].map((text) => must(parseExpression(text)))

function drawConstraints({ random: generator, classes }: SyntheticFleet): Constraints {
  const draw = generator.below(10)
  if (draw < 4) return { ...ANY_MACHINE, hardwareClass: classes[generator.below(classes.length)] ?? '' }
  if (draw < 6) return { ...ANY_MACHINE, gpusMin: [4, 8][generator.below(2)] ?? 8 }
  if (draw < 7) return { ...ANY_MACHINE, labels: { tier: generator.below(2) === 0 ? 'gold' : 'silver' } }
  if (draw < 9) return { ...ANY_MACHINE, require: EXPRESSIONS[generator.below(EXPRESSIONS.length)] ?? null }
  return ANY_MACHINE
}

/** @param size machines asked for; drawn when absent. */
export function drawSpec(fleet: SyntheticFleet, size?: number): WorkloadSpec {
  const { random: generator } = fleet
  const limit = milliseconds(600_000 * (1 + generator.below(300)))
  return {
    machineCount: size ?? sizeOf(generator.below(1_000_000) / 1_000_000),
    constraints: drawConstraints(fleet),
    arrangement: ANY_ARRANGEMENT,
    groups: [],
    task: null,
    priority: [0, 0, 0, 100, -100][generator.below(5)] ?? 0,
    absence: ABSENCE,
    restart: RESTART,
    timeLimit: generator.below(2) === 0 ? null : { limit, warning: null },
    preemption: PREEMPTION,
    scheduler: '',
    array: null,
    dependencies: [],
    startAfter: null,
    noBorrow: false,
    reservation: '',
    priorityClass: '',
  }
}

/** Puts a workload into the queue. */
export function enqueue(fleet: SyntheticFleet, spec: WorkloadSpec, sequence: number): WorkloadRecord {
  const { state, ids, random: generator, now } = fleet
  const workload: WorkloadRecord = {
    id: ids.workload(),
    tenant: must(parseTenantName(`t${1 + generator.below(TENANTS)}`)),
    displayName: '',
    spec,
    state: 'queued',
    stateReason: '',
    stateAt: now,
    placements: [],
    exitCode: null,
    createdAt: now,
    startedAt: null,
    endedAt: null,
    user,
    sequence,
    stop: null,
    attempt: 0,
    restarts: [],
    notBefore: null,
    waitsFor: [],
    preempting: false,
    array: null,
    vacancies: [],
    generation: 0,
    layout: [],
    sizes: null,
    formerPlacements: [],
  }
  state.load({ table: 'workloads', key: workload.id, record: workload }, state.revision)
  return workload
}

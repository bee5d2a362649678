import { finding } from '../../shared/model/health.ts'
import { parseExpression } from '../../shared/model/expression/parse.ts'
import test, { type ExecutionContext } from 'ava'
import {
  commandResource,
  eventResource,
  machineResource,
  placementResource,
  tokenResource,
  workloadResource,
} from '../../coordinator/api/resources.ts'
import { bmcResource, statusResource } from '../../coordinator/api/power.ts'
import { registrationResource } from '../../coordinator/api/registrations.ts'
import { reservationResource } from '../../coordinator/api/reservations.ts'
import { tenantResource } from '../../coordinator/api/tenants.ts'
import type { CommandRecord, MachineRecord, PlacementRecord, WorkloadRecord } from '../../coordinator/core/records.ts'
import { FleetState } from '../../coordinator/core/state.ts'
import { epoch, idSource, parseRegistrationName, parseReservationName, revision } from '../../shared/model/ids.ts'
import { random } from '../../shared/model/random.ts'
import { instant, milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import { ANY_MACHINE, type Constraints, type WorkloadSpec } from '../../shared/model/workload.ts'
import { loadContract, messageOf } from '../../shared/wire/contract.ts'
import { contract } from '../../shared/wire/gen/contract.ts'
import { CoreHarness, inventory, must, spec, task, tenant, user } from '../fixtures.ts'

const generator = random(5)
const ids = idSource((length) => generator.bytes(length))
const definition = loadContract(contract)
const at = instant(1_700_000_000_123)

/** Fields of a message that came with nothing in them: whoever added one to the contract forgot to fill it. */
function empty(value: unknown, path = ''): readonly string[] {
  if (ArrayBuffer.isView(value)) return value.byteLength === 0 ? [path] : []
  if (Array.isArray(value)) {
    return value.length === 0 ? [path] : value.flatMap((item, index) => empty(item, `${path}[${index}]`))
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return entries.length === 0 ? [path] : entries.flatMap(([key, item]) => empty(item, `${path}.${key}`))
  }
  return value === null || value === '' || value === 0 || value === false ? [path] : []
}

function isFull(t: ExecutionContext, message: string, resource: unknown, except: readonly string[] = []): void {
  const { serialize, deserialize } = messageOf<unknown, unknown>(definition, `billet.v1.${message}`)
  t.deepEqual(
    empty(deserialize(serialize(resource))).filter((path) => !except.includes(path)),
    [],
  )
}

const registrationName = must(parseRegistrationName('node-1.rack-7'))

const gpu = { index: 1, vendor: 'AMD', model: 'm', uuid: 'u', memoryBytes: 1, serial: 's', driver: 'd' } as const
const machine: MachineRecord = {
  id: ids.machine(),
  hostname: 'host',
  state: 'allocated',
  stateReason: 'held',
  stateAt: at,
  connection: 'silent',
  connectionAt: at,
  silentSince: at,
  cordon: { reason: 'broken', user: user('ann'), at, drain: true },
  conditions: [
    {
      ...finding({ id: 'c', severity: 'warning', reason: 'r', since: at, action: 'cordon', evidence: ['e'] }),
      suspended: true,
    },
  ],
  heldBy: 'c',
  gpusExpected: 8,
  checks: { asked: [], isAgain: false, at: null },
  labels: { a: 'b' },
  hardwareClass: 'large',
  inventory: inventory({
    hardware: { uuid: 'u', serial: 's', boardSerial: 'b', macs: ['02:00:00:00:00:01'] },
    memoryModules: [{ slot: 's', sizeBytes: 1, type: 't', speedMts: 1, manufacturer: 'm', serial: 's' }],
    disks: [{ device: 'd', model: 'm', serial: 's', sizeBytes: 1, type: 't', firmware: 'f' }],
    nics: [{ device: 'd', mac: 'm', speedMbps: 1, kind: 'roce', addresses: ['10.0.0.1'] }],
    gpus: [gpu],
  }),
  inventoryDigest: 'digest',
  hardware: { uuid: 'u', serial: 's', macAddresses: [] },
  epoch: epoch(3),
  cleanEpoch: epoch(2),
  placement: ids.placement(),
  tenant: tenant('a'),
  generation: 2,
  publicKey: 'key',
  agentVersion: '1',
  address: '10.0.0.1:1',
  peerAddress: '10.0.0.1',
  bootId: 'boot',
  formerBootId: 'former',
  registered: { name: registrationName, expectedClass: 'large' },
  createdAt: at,
  lastHandBack: {
    epoch: epoch(2),
    tried: 1,
    clean: true,
    steps: [
      {
        id: 's',
        passed: true,
        detail: 'd',
        durationMs: 1,
        erased: { device: 'd', serial: 's', bytes: 1, method: 'm', category: 'clear', samples: 1 },
        fenced: { device: 'd', serial: 's', reason: 'why' },
      },
    ],
    at,
  },
  releases: 3,
  trouble: {
    failures: [{ at, placedAt: at, workload: ids.workload(), tenant: tenant('a'), fault: 'machine', reason: 'r' }],
    heldBack: { since: at, until: at, reason: 'r' },
    times: 1,
  },
  rollout: null,
  validation: 4,
  runState: 'running',
}

const placement: PlacementRecord = {
  id: ids.placement(),
  workload: ids.workload(),
  tenant: tenant('a'),
  machine: machine.id,
  hostname: 'host',
  address: '10.0.0.1',
  rank: 1,
  group: 0,
  worldSize: 2,
  epoch: epoch(3),
  phase: 'exited',
  phaseReason: 'over',
  exitCode: 7,
  createdAt: at,
  startedAt: at,
  endedAt: at,
  timeLimit: minutes(5),
  presumedOver: false,
  verdict: null,
}

const limits = { memoryBytes: 2 ** 20, cpuCores: 1, processes: 1, openFiles: 16 }
const held = { path: 'a', content: Uint8Array.of(1), mode: 0o600 }
const asked = task({
  resizeSignal: 'SIGUSR1',
  argv: ['a'],
  env: { a: 'b' },
  cwd: '/',
  files: [held],
  secrets: [{ name: 'token', value: Buffer.from('hunter2') }],
  limits,
  grace: seconds(1.5),
})
const constraints: Constraints = {
  ...ANY_MACHINE,
  hardwareClass: 'x',
  labels: { a: 'b' },
  gpusMin: 1,
  memoryBytesMin: 1,
  machines: [machine.id],
  excluded: [machine.id],
  require: must(parseExpression('gpu.count > 1')),
  prefer: [{ expression: must(parseExpression('gpu.count > 1')), weight: 2 }],
}
const arrangement = { pack: { level: 'site', required: true }, spread: { level: 'rack', most: 2 }, sameClass: true }
const odd = milliseconds(12_345)
const group = { name: 'b', machineCount: 2, least: 1, constraints, arrangement, task: asked }
const policies: Partial<WorkloadSpec> = {
  absence: { onLost: 'replace', lease: odd, margin: odd },
  restart: { when: 'always', attempts: 2, window: odd, backoff: odd, scope: 'rank' },
  dependencies: [{ workload: placement.workload, condition: 'ended' }],
  startAfter: at,
  reservation: must(parseReservationName('nightly')),
  scheduler: 'outside',
  noBorrow: true,
  networkCheck: { bandwidthLeast: 1 },
  array: { size: 3, mostAtOnce: 2 },
  preemption: { preempts: true, preemptible: true },
  timeLimit: { limit: odd, warning: { signal: 'SIGUSR2', before: milliseconds(1234) } },
}
const workload: WorkloadRecord = {
  id: placement.workload,
  tenant: tenant('a'),
  displayName: 'name',
  spec: spec({
    task: asked,
    constraints,
    arrangement,
    groups: [group],
    machineCount: 4,
    least: 2,
    priority: 5,
    priorityClass: 'urgent',
    ...policies,
  }),
  state: 'failed',
  stateReason: 'why',
  stateAt: at,
  placements: [placement.id, placement.id, placement.id],
  exitCode: 7,
  createdAt: at,
  startedAt: at,
  endedAt: at,
  user: user('ann'),
  sequence: 1,
  stop: null,
  attempt: 2,
  restarts: [at],
  notBefore: at,
  waitsFor: [],
  preempting: false,
  array: { first: placement.workload, index: 1 },
  vacancies: [2],
  generation: 3,
  layout: [0, 1, 1],
  sizes: [
    { machineCount: 4, least: 1 },
    { machineCount: 2, least: 1 },
  ],
  formerPlacements: [ids.placement()],
}

const record = <Kind>(value: Kind) => ({ record: value, revision: revision(9) })

test('a machine and a placement are told whole', (t) => {
  isFull(t, 'Machine', machineResource(record(machine)))
  isFull(t, 'Placement', placementResource(record(placement)))
})

test('a workload is told whole, save what its secrets hold', (t) => {
  const state = new FleetState()
  state.load({ table: 'placements', key: placement.id, record: placement }, revision(9))
  const refusal = { reason: 'CORDONED', message: 'why', machineCount: 1, machines: [machine.id] } as const
  const told = workloadResource(state, record(workload), {
    refusals: [refusal],
    expectedStart: at,
    suggestions: ['ask for less'],
  })
  const secrets = ['.spec.task.secrets[0].content', '.spec.groups[0].task.secrets[0].content']
  // The machines that the workload itself describes have no name; what has ended has borrowed nothing.
  isFull(t, 'Workload', told, ['.borrowed', '.sizes[0].group', ...secrets])
  t.false(JSON.stringify(told).includes('hunter2'))
})

test('a tenant is told whole', (t) => {
  const core = new CoreHarness()
  core.available('one')
  core.submit('a')
  core.place()
  core.must({ kind: 'tick' })
  const quotas = [
    { hardwareClass: 'large', limit: 7, guaranteed: 3 },
    { hardwareClass: 'small', limit: null, guaranteed: 1 },
  ]
  core.must({
    kind: 'update_tenant',
    caller: { user: user('admin'), request: null },
    tenant: tenant('a'),
    share: 2,
    quotas,
  })
  const known = {
    name: tenant('a'),
    number: 1,
    share: 2,
    quotas,
    usage: { amount: 1, at: core.now },
    maxPriority: { priority: 5, priorityClass: 'urgent' },
  }
  // No quota has a limit and none.
  const except = ['.quotas[0].unlimited', '.quotas[1].limit', '.max_priority.unlimited']
  const told = tenantResource(core.state, record(known), core.now, new Map([[tenant('a'), 1]]))
  isFull(t, 'Tenant', told, except)
})

test('a command is told whole', (t) => {
  const run = {
    machine: machine.id,
    hostname: 'host',
    state: 'exited',
    reason: 'r',
    exitCode: 7,
    stdoutDroppedBytes: 1,
    stderrDroppedBytes: 1,
    startedAt: at,
    endedAt: at,
  } as const
  const command: CommandRecord = {
    id: ids.command(),
    spec: {
      argv: ['a'],
      shell: true,
      runAs: 'root',
      cwd: '/',
      env: { a: 'b' },
      stdin: Uint8Array.of(1),
      timeout: seconds(1.5),
      outputBytesMax: 1,
    },
    runs: [run],
    user: user('ann'),
    createdAt: at,
  }
  isFull(t, 'Command', commandResource(record(command)))
})

test('a token, a registration and an event are told whole', (t) => {
  const token = {
    id: ids.token(),
    description: 'd',
    hash: 'never told',
    usesLeft: 1,
    usesMade: 1,
    expiresAt: at,
    autoApprove: true,
    binding: { uuid: 'u', serial: 's', macAddress: 'm' },
    createdAt: at,
    user: user('ann'),
    revokedAt: at,
    registration: registrationName,
    refusedAt: at,
  }
  isFull(t, 'JoinToken', tokenResource(record(token)))
  t.false(JSON.stringify(tokenResource(record(token))).includes('never told'))
  const registration = {
    name: registrationName,
    hardware: { uuid: 'u', serial: 's', macAddresses: ['m'] },
    labels: { rack: '7' },
    hardwareClass: 'large',
    machine: machine.id,
    enrolledAt: at,
    user: user('ann'),
    createdAt: at,
  }
  isFull(t, 'Registration', registrationResource(record(registration)))
  const event = {
    id: ids.event(),
    at,
    reason: 'R',
    message: 'm',
    machine: machine.id,
    workload: workload.id,
    user: user('ann'),
  }
  isFull(t, 'Event', eventResource(record(event)))
})

test('a reservation is told whole', (t) => {
  const core = new CoreHarness()
  core.available('one')
  const { machine: taken } = core.ranks(placedBy(core))[0] ?? {}
  if (taken === undefined) throw new Error('nothing was placed')
  const reservation = {
    id: ids.reservation(),
    name: must(parseReservationName('exam')),
    start: instant(core.now + 1),
    duration: milliseconds(300_500),
    recurrence: 'weekly',
    lastStart: instant(core.now + 9e9 + 1),
    endedUntil: null,
    tenants: [tenant('b')],
    evicts: true,
    admitsUnlimited: true,
    machines: [taken],
    wanted: { count: 1, require: must(parseExpression('gpu.count >= 8')) },
    comment: 'finals',
    user: user('ann'),
    createdAt: instant(core.now + 2),
    begunAt: core.now,
    overAt: null,
    lookedAt: null,
  } as const
  isFull(t, 'Reservation', reservationResource(core.state, record(reservation), core.now), ['.end_time'])
  const over = reservationResource(core.state, record({ ...reservation, overAt: instant(core.now + 3) }), core.now)
  const nothing = ['.window_start_time', '.window_end_time', '.held_by_others']
  isFull(t, 'Reservation', over, nothing)
})

function placedBy(core: CoreHarness) {
  const id = core.submit('a')
  core.place()
  return id
}

test('a BMC, and what it says, are told whole', (t) => {
  const bmc = {
    machine: ids.machine(),
    url: 'https://bmc.example',
    userName: 'root',
    trust: { kind: 'fingerprint', sha256: 'ab'.repeat(32) },
    system: '/redfish/v1/Systems/1',
    password: { key: 'k', nonce: 'n', text: 'sealed' },
    user: user('ann'),
    setAt: at,
  } as const
  const told = bmcResource(bmc)
  isFull(t, 'Bmc', told, ['.ca'])
  isFull(t, 'Bmc', bmcResource({ ...bmc, trust: { kind: 'authority', pem: 'pem' } }), ['.fingerprint'])
  t.false(JSON.stringify(told).includes('sealed'))
  const status = {
    state: 'on',
    nextBoot: 'network',
    vendor: 'dell',
    manufacturer: 'm',
    model: 'x',
    serial: 's',
    uuid: 'u',
    biosVersion: 'v',
    health: 'OK',
    processors: 2,
    memoryBytes: 1,
    resetTypes: ['On'],
    system: '/s',
  } as const
  isFull(t, 'PowerStatus', statusResource(bmc.machine, status))
})

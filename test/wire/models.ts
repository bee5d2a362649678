import * as fc from 'fast-check'
import type { CheckOrder, CheckResult } from '../../shared/model/check.ts'
import type { CommandProgress, CommandSpec } from '../../shared/model/command.ts'
import { type Condition, finding, healthActions, severityWords } from '../../shared/model/health.ts'
import { epoch, idSource, parseReservationName, term } from '../../shared/model/ids.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import { random } from '../../shared/model/random.ts'
import type { MaxPriority } from '../../shared/model/priority.ts'
import type { TimeLimit } from '../../shared/model/policies.ts'
import type { Assignment, DesiredState, MachineReport, Peer, Step, TaskOutcome } from '../../shared/model/run.ts'
import { STOP_SIGNALS, type TaskSpec } from '../../shared/model/task.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { instant, milliseconds } from '../../shared/model/time.ts'
import type { Quota } from '../../shared/model/tenant.ts'
import type { Arrangement, AskedSpec, Constraints } from '../../shared/model/workload.ts'
import type { Expression } from '../../shared/model/expression/expression.ts'
import { parseExpression } from '../../shared/model/expression/parse.ts'
import { must, tenant } from '../fixtures.ts'

/** Arbitrary values of everything that crosses the wire, within what the model allows. */

const INT32 = 2 ** 31 - 1
const LAST_MS = 253_402_300_799_999

const ids = fc.integer().map((seed) => {
  const generator = random(seed)
  return idSource((length) => generator.bytes(length))
})
const machineId = ids.map((source) => source.machine())
const placementId = ids.map((source) => source.placement())
const workloadId = ids.map((source) => source.workload())
const reservationName = must(parseReservationName('nightly'))
const commandId = ids.map((source) => source.command())
const count = fc.oneof(fc.nat(100), fc.maxSafeNat())
const small = fc.oneof(fc.nat(100), fc.integer({ min: 0, max: INT32 }))
const at = fc.integer({ min: 0, max: LAST_MS }).map(instant)
const orNull = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null })
const text = (maxLength: number, minLength = 0) => fc.string({ unit: 'grapheme', minLength, maxLength: maxLength / 10 })
const word = text(200)
const printable = text(200, 1).filter((value) => !value.includes('\0'))
const bytes = fc.uint8Array({ maxLength: 300 })
// Of a map that holds this name the messages' library keeps nothing, and nothing else is touched.
const mapOf = (key: fc.Arbitrary<string>, value: fc.Arbitrary<string>, maxKeys = 5) =>
  fc.dictionary(
    key.filter((name) => name !== '__proto__'),
    value,
    { maxKeys, noNullPrototype: true },
  )
const duration = (most: number, least = 0) =>
  fc
    .oneof(fc.integer({ min: least, max: most }), fc.constantFrom(0.5, 1.25))
    .map((length) => milliseconds(Math.max(least, length)))
const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/).filter((name) => !name.startsWith('BILLET_'))
const relativePath = fc.array(fc.stringMatching(/^[a-z0-9_-]{1,12}$/), { minLength: 1, maxLength: 4 })

const limits = fc.record({
  memoryBytes: orNull(fc.integer({ min: 1024 * 1024, max: Number.MAX_SAFE_INTEGER })),
  cpuCores: orNull(fc.double({ min: 0.01, max: 4096, noNaN: true })),
  processes: orNull(fc.integer({ min: 1, max: INT32 })),
  openFiles: orNull(fc.integer({ min: 16, max: INT32 })),
})

const file = fc.record({
  path: relativePath.map((parts) => parts.join('/')),
  content: bytes,
  mode: fc.integer({ min: 1, max: 0o777 }),
})

const secret = fc.record({ name: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/), value: bytes })

export const task: fc.Arbitrary<TaskSpec> = fc.record(
  {
    argv: fc.array(printable, { minLength: 1, maxLength: 5 }),
    env: mapOf(variable, printable),
    cwd: orNull(printable),
    files: fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 3 }),
    secrets: fc.uniqueArray(secret, { selector: ({ name }) => name, maxLength: 3 }),
    limits,
    stopSignal: fc.constantFrom(...STOP_SIGNALS),
    grace: duration(86_400_000),
    user: fc.constantFrom('tenant', 'root'),
    resizeSignal: fc.constantFrom(...STOP_SIGNALS),
  },
  { requiredKeys: ['argv', 'env', 'cwd', 'files', 'secrets', 'limits', 'stopSignal', 'grace', 'user'] },
)

const timeLimit: fc.Arbitrary<TimeLimit> = fc
  .record({
    limit: duration(86_400_000, 1000),
    warning: orNull(fc.record({ signal: fc.constantFrom(...STOP_SIGNALS), before: duration(86_400_000) })),
  })
  .map(({ limit, warning }) => ({
    limit,
    warning: warning === null || warning.before > limit ? null : warning,
  }))

const expression: fc.Arbitrary<Expression> = fc
  .constantFrom('gpu.count >= 8', 'label.rack not in (r1, "r 2") and (memory >= 2TiB or not (gpu.model ~ "*H100*"))')
  .map((written) => must(parseExpression(written)))

const constraints: fc.Arbitrary<Constraints> = fc.record(
  {
    hardwareClass: text(200, 1),
    labels: mapOf(text(60, 1), text(60)),
    gpusMin: fc.nat(1024),
    memoryBytesMin: count,
    machines: fc.array(machineId, { maxLength: 4 }),
    excluded: fc.array(machineId, { maxLength: 4 }),
    require: orNull(expression),
    prefer: fc.array(fc.record({ expression, weight: fc.integer({ min: 1, max: 1000 }) }), { maxLength: 3 }),
  },
  { requiredKeys: ['labels', 'gpusMin', 'memoryBytesMin', 'machines', 'excluded', 'require', 'prefer'] },
)

const arrangement: fc.Arbitrary<Arrangement> = fc.record({
  pack: orNull(fc.record({ level: text(60, 1), required: fc.boolean() })),
  spread: orNull(fc.record({ level: text(60, 1), most: fc.integer({ min: 1, max: 4096 }) })),
  sameClass: fc.boolean(),
})

// What a caller is shown has secrets without what is in them.
const shownTask = orNull(
  task.map((one) => ({ ...one, secrets: one.secrets.map(({ name }) => ({ name, value: new Uint8Array() })) })),
)

const networkCheck = fc.record({ bandwidthLeast: count })

const unsized: fc.Arbitrary<AskedSpec> = fc.record({
  machineCount: fc.integer({ min: 1, max: 2048 }),
  constraints,
  arrangement,
  groups: fc.array(
    fc.record({
      name: text(60),
      machineCount: fc.integer({ min: 1, max: 1024 }),
      constraints,
      arrangement,
      task: shownTask,
    }),
    { maxLength: 2 },
  ),
  task: shownTask,
  array: orNull(fc.record({ size: fc.integer({ min: 1, max: 1000 }), mostAtOnce: fc.integer({ min: 0, max: 1000 }) })),
  scheduler: fc.constantFrom('', 'outside'),
  preemption: orNull(fc.record({ preempts: fc.boolean(), preemptible: fc.boolean() })),
  dependencies: fc.array(
    fc.record({ workload: workloadId, condition: fc.constantFrom('succeeded', 'ended', 'failed') }),
    { maxLength: 3 },
  ),
  startAfter: orNull(at),
  noBorrow: fc.boolean(),
  reservation: fc.constantFrom<AskedSpec['reservation']>('', reservationName),
  priority: fc.integer({ min: -1000, max: 1000 }),
  priorityClass: fc.constantFrom('', 'urgent'),
  absence: fc.record({
    onLost: fc.constantFrom('wait', 'replace', 'fail'),
    lease: duration(86_400_000, 10_000),
    margin: duration(86_400_000),
  }),
  restart: fc.record({
    when: fc.constantFrom('never', 'on_failure', 'always'),
    attempts: fc.integer({ min: 1, max: 1000 }),
    window: duration(86_400_000),
    backoff: duration(600_000),
    scope: fc.constantFrom('gang', 'rank'),
  }),
  timeLimit: orNull(timeLimit),
})

/** Some of them with fewer machines than they may have. */
export const workload: fc.Arbitrary<AskedSpec> = fc
  .tuple(unsized, fc.nat(2048), orNull(networkCheck))
  .map(([spec, least, asked]) => ({
    ...spec,
    ...(asked === null ? {} : { networkCheck: asked }),
    ...leastOf(spec.machineCount, least),
    groups: spec.groups.map((group) => ({ ...group, ...leastOf(group.machineCount, least) })),
  }))

const leastOf = (most: number, least: number): { readonly least?: number } =>
  least > 0 && least < most ? { least } : {}

export const quotas: fc.Arbitrary<readonly Quota[]> = fc.uniqueArray(
  fc
    .record({ hardwareClass: text(200), limit: orNull(fc.nat(1_000_000)), guaranteed: fc.nat(1_000_000) })
    .map((one) => ({
      ...one,
      guaranteed: Math.min(one.guaranteed, one.limit ?? 1_000_000),
    })),
  { selector: ({ hardwareClass }) => hardwareClass, maxLength: 5 },
)

export const maxPriority: fc.Arbitrary<MaxPriority | 'unlimited'> = fc.oneof(
  fc.record({ priority: fc.integer({ min: -1000, max: 1000 }), priorityClass: fc.constantFrom('', 'urgent') }),
  fc.constant('unlimited' as const),
)

/** Some of the ranks that there may be, in their order. */
const peers: fc.Arbitrary<readonly Peer[]> = fc
  .uniqueArray(fc.nat(20), { minLength: 1, maxLength: 6 })
  .chain((ranks) =>
    fc.tuple(
      ...ranks
        .toSorted((one, other) => one - other)
        .map((rank) => fc.record({ rank: fc.constant(rank), address: text(250), group: text(60) })),
    ),
  )

const assignment: fc.Arbitrary<Assignment> = fc
  .record({
    placement: placementId,
    workload: ids.map((source) => source.workload()),
    tenant: fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/).map(tenant),
    tenantNumber: fc.integer({ min: 1, max: 65_535 }),
    array: fc.record({ index: fc.nat(1000), size: fc.integer({ min: 1, max: 1000 }) }),
    peers,
    generation: count,
    task: orNull(task),
    lease: orNull(duration(86_400_000)),
    timeLimit: orNull(timeLimit),
    asked: orNull(networkCheck),
  })
  .map(({ asked, ...made }) => ({ ...made, ...(asked === null ? {} : { networkCheck: asked }) }))
  .map((made) => ({ ...made, rank: made.peers[made.tenantNumber % made.peers.length]?.rank ?? 0 }))

const checkOrder: fc.Arbitrary<CheckOrder> = fc.record({
  id: fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/),
  argv: fc.array(text(200), { maxLength: 4 }),
  output: fc.constantFrom('lines', 'dcgm'),
  timeout: duration(600_000),
  memoryBytes: count,
})

export const desired: fc.Arbitrary<DesiredState> = fc
  .record({
    machine: machineId,
    term: count.map(term),
    epoch: count.map(epoch),
    goal: fc.constantFrom('idle', 'prepare', 'run'),
    assignment: orNull(assignment),
    validation: count,
    orders: fc.array(checkOrder, { maxLength: 3 }),
    upgrade: orNull(
      fc.record({ manifest: text(2000), signature: text(200), url: text(100).map((path) => `https://${path}`) }),
    ),
  })
  .map(({ orders, ...made }) => ({
    ...made,
    goal: made.assignment === null ? 'idle' : made.goal,
    ...(orders.length === 0 ? {} : { checks: orders }),
  }))

const erasure = fc.record({
  device: text(200),
  serial: text(200),
  bytes: count,
  method: text(100),
  category: fc.constantFrom('purge' as const, 'clear' as const),
  samples: fc.nat(1_000_000),
})

const step: fc.Arbitrary<Step> = fc.record(
  {
    id: text(100),
    passed: fc.boolean(),
    detail: text(2000),
    durationMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
    erased: erasure,
    fenced: fc.record({ device: text(200), serial: text(200), reason: text(2000) }),
  },
  { requiredKeys: ['id', 'passed', 'detail', 'durationMs'] },
)

const condition: fc.Arbitrary<Condition> = fc
  .record({
    id: text(100),
    severity: fc.constantFrom(...severityWords),
    reason: text(2000),
    since: at,
    action: fc.constantFrom(...healthActions),
    evidence: fc.array(text(200), { maxLength: 3 }),
  })
  .map(finding)

const outcome: fc.Arbitrary<TaskOutcome> = fc.oneof(
  fc.record({ kind: fc.constant('exited'), code: fc.nat(255), at, reason: word }),
  fc.record({ kind: fc.constantFrom('failed_to_start', 'not_started', 'lost', 'timed_out'), at, reason: word }),
  fc.record({ kind: fc.constant('failed_to_start'), fault: fc.constantFrom('machine', 'task'), at, reason: word }),
)

const checkName = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/)

const checkResult: fc.Arbitrary<CheckResult> = fc.record({
  check: checkName,
  measure: fc.oneof(fc.constant(''), checkName),
  device: fc.oneof(fc.constant(''), checkName),
  outcome: fc.oneof(
    fc.record({
      kind: fc.constant('measured'),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      unit: fc.constantFrom('', 'B/s', 'hash/s'),
    }),
    fc.record({ kind: fc.constant('passed') }),
    fc.record({ kind: fc.constantFrom('failed', 'skipped'), reason: text(300) }),
  ),
  durationMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
})

const steps = fc.array(step, { maxLength: 4 })

export const report: fc.Arbitrary<MachineReport> = fc.record({
  epoch: count.map(epoch),
  seen: count.map(epoch),
  term: count.map(term),
  state: fc.constantFrom('idle', 'preparing', 'prepared', 'running', 'stopping', 'sanitising', 'clean', 'dirty'),
  placement: orNull(placementId),
  startedAt: orNull(at),
  outcome: orNull(outcome),
  handBack: orNull(fc.record({ epoch: count.map(epoch), tried: count, clean: fc.boolean(), steps, at })),
  validation: orNull(
    fc.record(
      {
        validation: count,
        passed: fc.boolean(),
        checks: steps,
        results: fc.array(checkResult, { minLength: 1, maxLength: 4 }),
      },
      { requiredKeys: ['validation', 'passed', 'checks'] },
    ),
  ),
  conditions: fc.array(condition, { maxLength: 4 }),
  commands: fc.array(commandId, { maxLength: 4 }),
})

const mac = fc
  .array(fc.stringMatching(/^[0-9a-f]{2}$/), { minLength: 6, maxLength: 20 })
  .map((parts) => parts.join(':'))

const hardware = fc.record(
  { uuid: fc.uuid(), serial: text(200, 1), boardSerial: text(200, 1), macs: fc.array(mac, { maxLength: 4 }) },
  { requiredKeys: ['macs'] },
)

const parts = {
  memoryModules: fc.array(
    fc.record({ slot: word, sizeBytes: count, type: word, speedMts: small, manufacturer: word, serial: word }),
    { maxLength: 2 },
  ),
  disks: fc.array(
    fc.record({ device: word, model: word, serial: word, sizeBytes: count, type: word, firmware: word }),
    { maxLength: 2 },
  ),
  nics: fc.array(
    fc.record(
      {
        device: word,
        mac: text(60),
        speedMbps: fc.integer({ min: 1, max: INT32 }),
        kind: fc.constantFrom('ethernet', 'infiniband', 'roce'),
        addresses: fc.array(text(60), { maxLength: 3 }),
      },
      { requiredKeys: ['device', 'mac', 'addresses'] },
    ),
    { maxLength: 2 },
  ),
  gpus: fc.array(
    fc.record({
      index: small,
      vendor: fc.constantFrom('NVIDIA', 'AMD'),
      model: word,
      uuid: word,
      memoryBytes: count,
      serial: word,
      driver: word,
    }),
    { maxLength: 2 },
  ),
} as const

export const inventory: fc.Arbitrary<Inventory> = fc
  .record({
    hardware,
    manufacturer: word,
    product: word,
    cpu: fc.record({ model: word, sockets: small, coresPhysical: small, threads: small }),
    memoryBytes: count,
    ...parts,
    bios: word,
    os: fc.record({ distro: word, kernel: word, hostname: word }),
    architecture: fc.constantFrom('x64', 'arm64'),
  })
  // One machine has one architecture, and the wire says it once.
  .map((made) => ({ ...made, cpu: { ...made.cpu, architecture: made.architecture } }))

export const schema: fc.Arbitrary<SampleSchema> = fc.record({
  id: small,
  metrics: fc.array(
    fc.record({
      name: word,
      unit: text(50),
      labels: mapOf(text(60, 1), word),
      kind: fc.constantFrom('gauge', 'counter'),
    }),
    { maxLength: 5 },
  ),
})

export const sample: fc.Arbitrary<Sample> = fc.record({
  schemaId: small,
  at,
  values: fc.float64Array({ maxLength: 50 }),
})

export const command: fc.Arbitrary<CommandSpec> = fc
  .record({
    argv: fc.array(printable, { minLength: 1, maxLength: 4 }),
    shell: fc.boolean(),
    runAs: orNull(text(60, 1)),
    cwd: text(2000, 1),
    env: mapOf(text(120, 1), word),
    stdin: bytes,
    timeout: duration(86_400_000),
    outputBytesMax: fc.integer({ min: 1, max: 1024 * 1024 }),
  })
  .map((made) => ({ ...made, shell: made.shell && made.argv.length === 1 }))

export const progress: fc.Arbitrary<CommandProgress> = fc.record({
  state: fc.constantFrom('pending', 'running', 'exited', 'timed_out', 'cancelled', 'failed', 'unreachable', 'unknown'),
  reason: text(2000),
  exitCode: orNull(fc.nat(255)),
  stdoutDroppedBytes: count,
  stderrDroppedBytes: count,
  startedAt: orNull(at),
  endedAt: orNull(at),
})

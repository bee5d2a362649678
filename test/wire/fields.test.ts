import { finding } from '../../shared/model/health.ts'
import test, { type ExecutionContext } from 'ava'
import { epoch, idSource, term } from '../../shared/model/ids.ts'
import { random } from '../../shared/model/random.ts'
import { instant, minutes, seconds } from '../../shared/model/time.ts'
import { decode } from '../../shared/wire/check.ts'
import { decodeCommandSpec, decodeProgress, encodeCommandSpec, encodeProgress } from '../../shared/wire/command.ts'
import { type MessageCodec, loadContract, messageOf } from '../../shared/wire/contract.ts'
import { decodeDesired, encodeDesired } from '../../shared/wire/desired.ts'
import { contract } from '../../shared/wire/gen/contract.ts'
import type { CommandRun__Output } from '../../shared/wire/gen/types/billet/v1/CommandRun.ts'
import type { CommandSpec__Output } from '../../shared/wire/gen/types/billet/v1/CommandSpec.ts'
import type { DesiredState__Output } from '../../shared/wire/gen/types/billet/v1/DesiredState.ts'
import type { Inventory__Output } from '../../shared/wire/gen/types/billet/v1/Inventory.ts'
import type { MachineReport__Output } from '../../shared/wire/gen/types/billet/v1/MachineReport.ts'
import type { Sample__Output } from '../../shared/wire/gen/types/billet/v1/Sample.ts'
import type { SampleSchema__Output } from '../../shared/wire/gen/types/billet/v1/SampleSchema.ts'
import type { WorkloadSpec__Output } from '../../shared/wire/gen/types/billet/v1/WorkloadSpec.ts'
import { decodeInventory, encodeInventory } from '../../shared/wire/inventory.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import { METRICS_MAX, decodeSample, decodeSchema, encodeSample, encodeSchema } from '../../shared/wire/telemetry.ts'
import { ANY_MACHINE } from '../../shared/model/workload.ts'
import { decodeWorkloadSpec, encodeWorkloadSpec } from '../../shared/wire/workload.ts'
import { inventory, report, spec, task, tenant } from '../fixtures.ts'

const generator = random(3)
const ids = idSource((length) => generator.bytes(length))
const now = instant(1_700_000_000_000)
const definition = loadContract(contract)

const messages = {
  WorkloadSpec: messageOf<unknown, WorkloadSpec__Output>(definition, 'billet.v1.WorkloadSpec'),
  DesiredState: messageOf<unknown, DesiredState__Output>(definition, 'billet.v1.DesiredState'),
  MachineReport: messageOf<unknown, MachineReport__Output>(definition, 'billet.v1.MachineReport'),
  Inventory: messageOf<unknown, Inventory__Output>(definition, 'billet.v1.Inventory'),
  SampleSchema: messageOf<unknown, SampleSchema__Output>(definition, 'billet.v1.SampleSchema'),
  Sample: messageOf<unknown, Sample__Output>(definition, 'billet.v1.Sample'),
  CommandSpec: messageOf<unknown, CommandSpec__Output>(definition, 'billet.v1.CommandSpec'),
  CommandRun: messageOf<unknown, CommandRun__Output>(definition, 'billet.v1.CommandRun'),
} as const

type Plain = Readonly<Record<string, unknown>>
const plain = (value: unknown): Plain => (typeof value === 'object' && value !== null ? { ...value } : {})

/** A copy of a message with another value at one place. */
function changed(value: unknown, [step, ...more]: readonly string[], to: unknown): unknown {
  if (step === undefined) return to
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (`${index}` === step ? changed(item, more, to) : item))
  }
  return { ...plain(value), [step]: changed(plain(value)[step], more, to) }
}

type Wrong = readonly [path: string, value: unknown, expected: RegExp]

/**
 * Changes one field of a message that is right, on its way in bytes, and asserts that this field is named in the
 * refusal.
 */
function refuses<Output>(
  t: ExecutionContext,
  { serialize, deserialize }: MessageCodec<unknown, Output>,
  right: unknown,
  read: (field: string, wire: Output) => unknown,
  wrongs: readonly Wrong[],
): void {
  const accepted = decode(() => read('it', deserialize(serialize(right))))
  t.true(accepted.ok, JSON.stringify(accepted))
  for (const [path, value, expected] of wrongs) {
    const bytes = serialize(changed(right, path.split('.'), value))
    const result = decode(() => read('it', deserialize(bytes)))
    const error = result.ok ? { field: 'accepted', message: '' } : result.error
    const field = `it.${path}`.replaceAll(/\.(\d+)/g, '[$1]')
    t.is(error.field, field)
    t.regex(error.message, expected)
  }
}

const times = (length: number): string[] => Array.from({ length }, (_, index) => `${index}`)
const long = (length: number): string => 'x'.repeat(length)

test('a task', (t) => {
  const file = { path: 'a/b', content: Uint8Array.of(1), mode: 0o600 }
  const secret = { name: 'token', value: Uint8Array.of(1) }
  const right = encodeWorkloadSpec(spec({ task: task({ files: [file], secrets: [secret], env: { A: 'b' } }) }))
  refuses(t, messages.WorkloadSpec, right, decodeWorkloadSpec, [
    ['task.argv', [], /expected a program and its arguments/],
    ['task.argv', times(4097), /expected at most 4096 entries, got 4097/],
    ['task.argv.0', 'a\0b', /must not hold a NUL/],
    ['task.argv.0', long(120_001), /longer than 120000/],
    ['task.env', { '1A': 'x' }, /"1A" is no name of a variable/],
    ['task.env', { BILLET_RANK: 'x' }, /no name that begins with BILLET_, got BILLET_RANK/],
    ['task.env', { '': 'x' }, /expected keys of 1 to 128 characters/],
    ['task.cwd', long(4097), /at most 4096 characters/],
    ['task.files.0.path', '/etc/passwd', /relative to the scratch directory/],
    ['task.files.0.path', 'a/../../b', /must not hold/],
    ['task.files.0.mode', 0o1777, /expected 0 to 0777, got 1777/],
    ['task.files.0.content', Buffer.alloc(65_537), /at most 65536 bytes/],
    ['task.secrets.0.name', '../x', /expected letters, digits/],
    ['task.secrets.0.content', Buffer.alloc(32_769), /at most 32768 bytes/],
    ['task.stop_signal', 'SIGKILL', /expected one of SIGTERM, .*, got "SIGKILL"/],
    ['task.stop_grace', { seconds: -1, nanos: 0 }, /expected from 0 to 86400 s, got -1 s/],
    ['task.stop_grace', { seconds: 86_401, nanos: 0 }, /got 86401 s/],
    ['task.limits.memory_bytes', -1, /whole number of at least 1/],
    ['task.limits.memory_bytes', 1, /whole number of at least 1048576, got 1\./],
    ['task.limits.cpu_cores', 0.001, /expected at least 0\.01/],
    ['task.limits.cpu_cores', Number.NaN, /expected at least 0\.01/],
    ['task.limits.pids', -1, /whole number of at least 1/],
    ['task.limits.open_files', 1, /whole number of at least 16/],
  ])
})

test('all files of a task, and all its secrets, are together no more than one of them may be', (t) => {
  const half = Buffer.alloc(40_000)
  const files = times(2).map((path) => ({ path, content: half, mode: 0o600 }))
  const secrets = times(2).map((name) => ({ name, value: half.subarray(0, 20_000) }))
  const field = (overrides: Parameters<typeof task>[0]): string => {
    const right = encodeWorkloadSpec(spec({ task: task() }))
    const { serialize, deserialize } = messages.WorkloadSpec
    const content = (overrides?.secrets ?? []).map(({ name, value }) => ({ name, content: value }))
    const wire = { ...right, task: { ...right.task, files: [...(overrides?.files ?? [])], secrets: content } }
    const result = decode(() => decodeWorkloadSpec('spec', deserialize(serialize(wire))))
    return result.ok ? 'accepted' : result.error.message
  }
  t.is(field({ files: files.slice(1) }), 'accepted')
  t.is(field({ files }), 'spec.task.files: expected at most 64 KiB in all.')
  t.is(field({ secrets }), 'spec.task.secrets: expected at most 32 KiB in all.')
  const twice = [{ path: 'a', content: Uint8Array.of(1), mode: 0o600 }]
  t.is(field({ files: [...twice, ...twice] }), 'spec.task.files[1].path: "a" is there twice.')
})

test('a workload', (t) => {
  const machines = [ids.machine()]
  const constraints = {
    ...ANY_MACHINE,
    hardwareClass: 'x',
    labels: { a: 'b' },
    gpusMin: 1,
    memoryBytesMin: 1,
    machines,
  }
  refuses(t, messages.WorkloadSpec, encodeWorkloadSpec(spec({ constraints })), decodeWorkloadSpec, [
    ['machine_count', 0, /expected a whole number from 1 to 4096, got 0/],
    ['machine_count', 4097, /got 4097/],
    ['priority', 1001, /from -1000 to 1000/],
    ['priority', -1001, /from -1000 to 1000/],
    ['priority_class', 'Urgent', /expected 1 to 63 of a-z, .* a letter first, or nothing/],
    ['priority_class', '7', /a letter first/],
    ['constraints.hardware_class', long(201), /at most 200 characters/],
    ['constraints.gpus_min', 1025, /from 0 to 1024/],
    ['constraints.memory_bytes_min', -1, /of at least 0/],
    ['constraints.machines.0', 'mch-1', /expected "machines\/" and an identifier, got "mch-1"/],
    ['constraints.machines.0', 'machines/wkl-0000000000000000', /must be "mch-" and 16 characters/],
    ['constraints.labels', { [long(64)]: 'x' }, /keys of 1 to 63 characters/],
  ])
})

test('how the machines of a workload lie, what they must be, and what it waits for', (t) => {
  const constraints = { ...ANY_MACHINE, excluded: [ids.machine()] }
  const arrangement = { pack: { level: 'row', required: true }, spread: { level: 'rack', most: 2 }, sameClass: true }
  const group = { name: 'b', machineCount: 1, constraints, arrangement, task: null }
  const dependencies = [{ workload: ids.workload(), condition: 'ended' }] as const
  const asked = { constraints, arrangement, groups: [group], dependencies, startAfter: now }
  const wire = encodeWorkloadSpec(spec(asked))
  const right = { ...wire, constraints: { ...wire.constraints, prefer: [{ expression: 'arch = x64', weight: 2 }] } }
  refuses(t, messages.WorkloadSpec, right, decodeWorkloadSpec, [
    [
      'constraints.require',
      'gpu.cout > 1',
      /column 1: expected label\.KEY or one of .*, found gpu\.cout: >>>gpu\.cout/,
    ],
    ['constraints.require', 'memory > 1 and', /column 15: expected an attribute, found the end/],
    ['constraints.require', long(4097), /expected at most 4096 characters/],
    ['constraints.prefer.0.expression', '', /expected an attribute/],
    ['constraints.prefer.0.weight', 1001, /from -1000 to 1000/],
    ['constraints.prefer', times(17).map(() => ({ expression: 'arch = x64' })), /at most 16 entries/],
    ['constraints.excluded_machines.0', 'mch-1', /expected "machines\/" and an identifier/],
    ['arrangement.pack_level', '', /expected a level, since one is required/],
    ['arrangement.pack_level', long(64), /at most 63 characters/],
    ['arrangement.spread_level', '', /expected a level beside spread_most/],
    ['arrangement.spread_most', 4097, /from 0 to 4096/],
    ['groups.0.machine_count', 0, /from 1 to 4096/],
    ['groups.0.machine_count_least', 2, /from 0 to 1/],
    ['machine_count_least', -1, /from 0 to 1/],
    ['groups.0.name', long(64), /at most 63 characters/],
    ['groups.0.constraints.gpus_min', -1, /from 0 to 1024/],
    ['groups', times(17).map(() => ({ machine_count: 1 })), /at most 16 entries/],
    ['groups', [{ machine_count: 4096 }], /expected at most 4096 machines, got 4097/],
    ['dependencies.0.workload', 'wkl-1', /expected "workloads\/"/],
    ['dependencies.0.condition', 9, /expected one of succeeded, ended, failed/],
    ['dependencies', times(65).map(() => ({ workload: `workloads/${ids.workload()}` })), /at most 64 entries/],
    ['network_check.bandwidth_least', -1, /of at least 0/],
    ['start_after_time.seconds', -1, /whole number from 0 to/],
  ])
})

test('what a machine shall do', (t) => {
  const assignment = {
    placement: ids.placement(),
    workload: ids.workload(),
    tenant: tenant('a'),
    tenantNumber: 1,
    rank: 0,
    array: { index: 0, size: 1 },
    peers: [{ rank: 0, address: '10.0.0.1', group: '' }],
    generation: 1,
    task: task(),
    lease: null,
    timeLimit: null,
  }
  const wanted = {
    machine: ids.machine(),
    term: term(1),
    epoch: epoch(1),
    goal: 'run',
    validation: 0,
    upgrade: null,
    checks: [{ id: 'a', argv: ['/a'], output: 'lines', timeout: seconds(1), memoryBytes: 1 }],
  } as const
  refuses(t, messages.DesiredState, encodeDesired({ ...wanted, assignment }), decodeDesired, [
    ['machine', 'x', /expected "machines\/" and an identifier/],
    ['term', -1, /whole number of at least 0/],
    ['epoch', -1, /whole number of at least 0/],
    ['goal', 0, /expected one of idle, prepare, run, got the number 0/],
    ['goal', 99, /got the number 99/],
    ['assignment', null, /expected one with goal run/],
    ['assignment.placement', 'placements/x', /must be "plc-"/],
    ['assignment.workload', 'placements/x', /expected "workloads\/"/],
    ['assignment.tenant', 'Not A Name', /must be 1 to 63 characters/],
    ['assignment.tenant_number', 0, /from 1 to 65535/],
    ['assignment.tenant_number', 65_536, /from 1 to 65535/],
    ['assignment.rank', 1, /expected the rank of one of its members/],
    ['assignment.members.0.rank', -1, /from 0 to 65535/],
    ['assignment.members.0.address', long(256), /at most 255 characters/],
    ['assignment.members.0.group', long(64), /at most 63 characters/],
    ['assignment.generation', -1, /of at least 0/],
    ['assignment.task.argv', [], /expected a program/],
    ['validation', -1, /of at least 0/],
    ['checks.0.check', long(65), /at most 64 characters/],
    ['checks.0.argv', times(65), /at most 64 entries/],
    ['checks.0.output', 9, /expected one of lines, dcgm/],
    ['checks.0.timeout', { seconds: 601 }, /expected from 0 to 600 s/],
    ['checks.0.memory_bytes', -1, /of at least 0/],
  ])
})

test('what a machine says of itself', (t) => {
  const step = { id: 'a', passed: true, detail: '', durationMs: 1 }
  const measured = { kind: 'measured', value: 1, unit: 'B/s' } as const
  const result = { check: 'a', measure: '', device: '', outcome: measured, durationMs: 1 }
  const right = encodeReport(
    report({
      placement: ids.placement(),
      startedAt: now,
      outcome: { kind: 'exited', code: 0, at: now, reason: '' },
      handBack: { epoch: epoch(1), clean: true, steps: [step], at: now },
      validation: { validation: 1, passed: true, checks: [step], results: [result] },
      conditions: [finding({ id: 'a', severity: 'info', reason: '', since: now, action: 'note', evidence: ['b'] })],
      commands: [ids.command()],
    }),
  )
  refuses(t, messages.MachineReport, right, decodeReport, [
    ['epoch', -1, /of at least 0/],
    ['term', -1, /of at least 0/],
    ['state', 0, /expected one of idle, .*dirty, got the number 0/],
    ['placement', 'plc-1', /expected "placements\/"/],
    ['start_time.seconds', -1, /whole number from 0 to/],
    ['outcome.kind', 0, /expected one of exited, failed_to_start, not_started, lost/],
    ['outcome.exit_code', 256, /from 0 to 255, got 256/],
    ['outcome.exit_code', -1, /from 0 to 255, got -1/],
    ['outcome.reason', long(2001), /at most 2000 characters/],
    ['outcome.end_time', null, /expected a message, got none/],
    ['hand_back.epoch', -1, /of at least 0/],
    ['hand_back.create_time', null, /expected a message, got none/],
    ['hand_back.steps.0.id', long(101), /at most 100 characters/],
    ['hand_back.steps.0.detail', long(2001), /at most 2000 characters/],
    ['validation.validation', -1, /of at least 0/],
    ['validation.checks.0.id', long(101), /at most 100 characters/],
    ['validation.results.0.check', '', /expected one, got none/],
    ['validation.results.0.check', 'a/b', /expected letters, digits/],
    ['validation.results.0.measure', 'a b', /expected letters, digits/],
    ['validation.results.0.device', long(65), /expected letters, digits/],
    ['validation.results.0.outcome', 0, /expected one of measured, passed, failed, skipped/],
    ['validation.results.0.value', Number.NaN, /expected a number/],
    ['validation.results.0.unit', long(17), /at most 16 characters/],
    ['conditions.0.severity', 9, /expected one of info, warning, critical/],
    ['conditions.0.since_time.seconds', 253_402_300_800, /whole number from 0 to 253402300799/],
    ['commands.0', 'x', /expected "commands\/"/],
  ])
})

test('what a machine is made of', (t) => {
  const gpu = { index: 0, vendor: 'AMD', model: '', uuid: '', memoryBytes: 0, serial: '', driver: '' } as const
  const nic = { device: 'eth0', mac: '', addresses: ['10.0.0.1'] }
  const disk = { device: 'sda', model: '', serial: '', sizeBytes: 1, type: '', firmware: '' }
  const right = encodeInventory(inventory({ gpus: [gpu], nics: [nic], disks: [disk] }), 'd')
  refuses(t, messages.Inventory, right, decodeInventory, [
    ['manufacturer', long(201), /at most 200 characters/],
    ['architecture', 'mips', /expected x64 or arm64, got "mips"/],
    ['processor', null, /expected a message, got none/],
    ['processor.threads', -1, /of at least 0/],
    ['processor.model', long(201), /at most 200/],
    ['hardware', null, /expected a message, got none/],
    ['hardware.uuid', 'X', /expected a UUID in lower case/],
    ['hardware.mac_addresses.0', '02-00', /expected lower-case bytes with colons/],
    ['memory_bytes', -1, /of at least 0/],
    ['disks.0.size_bytes', -1, /of at least 0/],
    ['network_interfaces.0.mac_address', long(65), /at most 64 characters/],
    ['network_interfaces.0.addresses.0', long(65), /at most 64 characters/],
    ['gpus.0.vendor', 'INTEL', /expected NVIDIA or AMD/],
    ['gpus.0.memory_bytes', -1, /of at least 0/],
  ])
})

test('what a machine measures', (t) => {
  const metric = { name: 'a', unit: '', labels: {}, kind: 'gauge' } as const
  refuses(t, messages.SampleSchema, encodeSchema({ id: 1, metrics: [metric] }), decodeSchema, [
    ['id', -1, /of at least 0/],
    ['metrics', times(METRICS_MAX + 1).map(() => ({})), /at most 16384 entries/],
    ['metrics.0.name', long(201), /at most 200/],
    ['metrics.0.unit', long(51), /at most 50/],
    ['metrics.0.kind', 0, /expected one of gauge, counter/],
    ['metrics.0.labels', { [long(64)]: 'x' }, /keys of 1 to 63/],
  ])
  refuses(t, messages.Sample, encodeSample({ schemaId: 1, at: now, values: Float64Array.of(1) }), decodeSample, [
    ['time', null, /expected a message/],
    ['values', Array.from({ length: METRICS_MAX + 1 }, () => 0), /at most 16384 numbers/],
  ])
})

test('commands, and what came of them', (t) => {
  const command = {
    argv: ['a'],
    shell: true,
    runAs: 'root',
    cwd: '/',
    env: {},
    stdin: Uint8Array.of(1),
    timeout: minutes(1),
    outputBytesMax: 1,
  }
  refuses(t, messages.CommandSpec, encodeCommandSpec(command), decodeCommandSpec, [
    ['argv', [], /expected a program and its arguments/],
    ['argv', ['a', 'b'], /expected one line for the shell/],
    ['argv', ['a\0'], /expected no NUL/],
    ['run_as', long(65), /at most 64/],
    ['cwd', long(4097), /at most 4096/],
    ['env', { [long(129)]: '' }, /keys of 1 to 128/],
    ['stdin', Buffer.alloc(65_537), /at most 65536 bytes/],
    ['timeout', { seconds: 86_401, nanos: 0 }, /expected from 0 to 86400 s/],
    ['output_bytes_max', 1024 * 1024 + 1, /from 1 to 1048576/],
    ['output_bytes_max', -1, /from 1 to 1048576/],
  ])
  const run = { state: 'exited', reason: '', exitCode: 0, stdoutDroppedBytes: 0, stderrDroppedBytes: 0 } as const
  refuses(t, messages.CommandRun, encodeProgress({ ...run, startedAt: now, endedAt: now }), decodeProgress, [
    ['state', 0, /expected one of pending/],
    ['exit_code', 256, /from 0 to 255/],
    ['exit_code', -2, /from 0 to 255/],
    ['stdout_dropped_bytes', -1, /of at least 0/],
    ['end_time.nanos', 1_000_000_000, /whole number from 0 to 999999999/],
  ])
})

import { NO_CHECKS } from '../shared/model/check.ts'
import { HEALTH_LIMIT } from '../shared/model/health.ts'
import { SHARING } from '../shared/model/tenant.ts'
import { apply } from '../coordinator/core/apply.ts'
import { commitPlacement, commitPreemption } from '../coordinator/core/commit.ts'
import { Draft } from '../coordinator/core/draft.ts'
import type { Answer, Effect, InputKind, InputOf } from '../coordinator/core/inputs.ts'
import { violations } from '../coordinator/core/invariants.ts'
import type { MachineRecord, PlacementRecord, WorkloadRecord } from '../coordinator/core/records.ts'
import { FleetState } from '../coordinator/core/state.ts'
import { Scheduler } from '../coordinator/scheduler/scheduler.ts'
import {
  type IdSource,
  type MachineId,
  type RequestId,
  type TenantName,
  type UserName,
  type WorkloadId,
  epoch,
  idSource,
  parseRequestId,
  parseTenantName,
  parseUserName,
  revision,
  term,
} from '../shared/model/ids.ts'
import type { Inventory } from '../shared/model/inventory.ts'
import { random } from '../shared/model/random.ts'
import type { Result } from '../shared/model/result.ts'
import type { MachineReport, ValidationReport } from '../shared/model/run.ts'
import type { TaskSpec } from '../shared/model/task.ts'
import { NO_LIMITS } from '../shared/model/task.ts'
import { ABSENCE, HOLD_BACK, PREEMPTION, RESTART } from '../shared/model/policies.ts'
import { type Instant, instant, seconds } from '../shared/model/time.ts'
import { ANY_ARRANGEMENT, ANY_MACHINE, type Refusal, type WorkloadSpec } from '../shared/model/workload.ts'

/** The value of a result that the test is sure of. */
export function must<Value, Failure>(result: Result<Value, Failure>): Value {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}

export const tenant = (name: string): TenantName => must(parseTenantName(name))
export const user = (name: string): UserName => must(parseUserName(name))
export const request = (text: string): RequestId => must(parseRequestId(text))

/** Labels that say where machines are. */
export const LEVELS = ['site', 'row', 'rack'] as const

/** A coordinator began to decide, with what its options mean where nothing is said. */
export const TERM_BEGAN = {
  kind: 'term_began',
  clusterId: 'test',
  topologyLevels: LEVELS,
  sharing: SHARING,
  priorityClasses: [],
  holdBack: HOLD_BACK,
  health: HEALTH_LIMIT,
  checks: NO_CHECKS,
} as const

export function task(overrides: Partial<TaskSpec> = {}): TaskSpec {
  return {
    argv: ['/bin/true'],
    env: {},
    cwd: null,
    files: [],
    secrets: [],
    limits: NO_LIMITS,
    stopSignal: 'SIGTERM',
    grace: seconds(30),
    user: 'tenant',
    ...overrides,
  }
}

export function spec(overrides: Partial<WorkloadSpec> = {}): WorkloadSpec {
  const policies = {
    absence: ABSENCE,
    restart: RESTART,
    timeLimit: null,
    dependencies: [],
    startAfter: null,
    noBorrow: false,
    reservation: '' as const,
    preemption: PREEMPTION,
    priorityClass: '',
    scheduler: '',
    array: null,
  }
  const wanted = { machineCount: 1, constraints: ANY_MACHINE, arrangement: ANY_ARRANGEMENT, groups: [] }
  return { ...wanted, task: task(), priority: 0, ...policies, ...overrides }
}

export function inventory(overrides: Partial<Inventory> = {}): Inventory {
  return {
    hardware: { uuid: '4c4c4544-0042-3510-8054-b9c04f564432', serial: 'SN1', macs: ['02:00:00:00:00:01'] },
    manufacturer: 'Maker',
    product: 'Server',
    cpu: { model: 'CPU', architecture: 'x64', sockets: 2, coresPhysical: 64, threads: 128 },
    memoryBytes: 1024 * 1024 ** 3,
    memoryModules: [],
    disks: [],
    nics: [],
    gpus: [],
    bios: '1.0',
    os: { distro: 'Debian GNU/Linux 12', kernel: '6.1.0', hostname: 'node-1' },
    architecture: 'x64',
    ...overrides,
  }
}

export function report(overrides: Partial<MachineReport> = {}): MachineReport {
  return {
    epoch: epoch(0),
    term: term(1),
    state: 'idle',
    placement: null,
    startedAt: null,
    outcome: null,
    handBack: null,
    validation: null,
    conditions: [],
    commands: [],
    ...overrides,
  }
}

export const passed = (validation: number): ValidationReport => ({ validation, passed: true, checks: [] })

const generator = random(7)

/** The coordinator's core with a clock and identifiers of its own; every step is checked against the invariants. */
export class CoreHarness {
  readonly state = new FleetState()
  readonly scheduler = new Scheduler(this.state)
  readonly ids: IdSource = idSource((length) => generator.bytes(length))
  readonly effects: Effect[] = []
  now: Instant = instant(1_700_000_000_000)

  constructor() {
    this.apply(TERM_BEGAN)
  }

  apply<Kind extends InputKind>(input: InputOf<Kind>): Answer<Kind> {
    const { answer, effects } = apply(this.state, input, this.now, this.ids)
    this.effects.push(...effects)
    this.#keep()
    return answer
  }

  must<Kind extends InputKind>(input: InputOf<Kind>) {
    return must(this.apply(input))
  }

  /** Plans and commits, as the loop does after each batch. */
  place(): void {
    for (const planned of this.scheduler.schedule(this.state, this.now)) {
      const draft = new Draft(this.state, this.now, this.ids)
      if (commitPlacement(draft, planned).length === 0) this.effects.push(...draft.flush())
    }
    for (const planned of this.scheduler.preemptions()) {
      const draft = new Draft(this.state, this.now, this.ids)
      if (commitPreemption(draft, planned)) this.effects.push(...draft.flush())
    }
    this.#keep()
  }

  explain(workload: WorkloadId): readonly Refusal[] {
    return this.scheduler.explain(this.state, workload, this.now).refusals
  }

  machine(id: MachineId): MachineRecord {
    const machine = this.state.table('machines').get(id)
    if (machine === undefined) throw new Error(`no machine ${id}`)
    return machine.record
  }

  workload(id: WorkloadId): WorkloadRecord {
    const workload = this.state.table('workloads').get(id)
    if (workload === undefined) throw new Error(`no workload ${id}`)
    return workload.record
  }

  ranks(id: WorkloadId): readonly PlacementRecord[] {
    return this.workload(id).placements.flatMap((key) => this.state.table('placements').get(key)?.record ?? [])
  }

  token(overrides: Partial<InputOf<'create_token'>> = {}): string {
    const hash = `${this.state.table('tokens').size + 1}`.padStart(64, '0')
    this.must({
      kind: 'create_token',
      caller: { user: user('admin'), request: null },
      description: '',
      hash,
      uses: 1000,
      expiresAt: instant(this.now + 3_600_000),
      autoApprove: true,
      binding: { uuid: '', serial: '', macAddress: '' },
      registration: null,
      ...overrides,
    })
    return hash
  }

  enrol(serial: string, tokenHash = this.token()): MachineId {
    const hardware = { uuid: '', serial, macAddresses: [] }
    return this.must({ kind: 'enrol_machine', tokenHash, publicKey: `key-${serial}`, hardware, hostname: serial })
      .machine
  }

  connect(machine: MachineId, overrides: Partial<InputOf<'agent_connected'>> = {}): Answer<'agent_connected'> {
    const os = { distro: 'Debian', kernel: '6.1', hostname: this.machine(machine).hardware.serial }
    return this.apply({
      kind: 'agent_connected',
      machine,
      generation: this.machine(machine).generation,
      agentVersion: '0.1.0',
      bootId: 'boot',
      address: '127.0.0.1:1',
      peerAddress: '127.0.0.1',
      inventory: inventory({ os }),
      inventoryDigest: 'digest',
      report: report({ epoch: this.machine(machine).epoch }),
      ...overrides,
    })
  }

  says(machine: MachineId, overrides: Partial<MachineReport>): void {
    const { epoch: current, placement } = this.machine(machine)
    this.must({ kind: 'agent_reported', machine, report: report({ epoch: current, placement, ...overrides }) })
  }

  /** An enrolled, connected and validated machine. */
  available(serial: string, overrides: Partial<InputOf<'agent_connected'>> = {}): MachineId {
    const machine = this.enrol(serial)
    must(this.connect(machine, overrides))
    this.says(machine, { validation: passed(this.machine(machine).validation) })
    return machine
  }

  submit(name: string, overrides: Partial<WorkloadSpec> = {}, requestId: RequestId | null = null): WorkloadId {
    const caller = { user: user('admin'), request: requestId }
    const wanted = spec(overrides)
    const digest = JSON.stringify([name, wanted])
    const submitted = this.must({
      kind: 'submit_workload',
      caller,
      tenant: tenant(name),
      displayName: '',
      spec: wanted,
      digest,
    })
    return submitted.record.id
  }

  /** The agent's whole course after the task's end: clean and validated at once. */
  exits(machine: MachineId, code = 0): void {
    const { epoch: current, validation } = this.machine(machine)
    this.says(machine, {
      state: 'clean',
      startedAt: this.now,
      outcome: { kind: 'exited', code, at: this.now, reason: '' },
      handBack: { epoch: current, clean: true, steps: [], at: this.now },
      validation: passed(validation),
    })
  }

  #keep(): void {
    this.state.keep(revision(this.state.revision + this.state.writes.length))
    const found = violations(this.state)
    if (found.length > 0) throw new Error(`invariants broken: ${JSON.stringify(found)}`)
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server } from '@grpc/grpc-js'
import type { ExecutionContext } from 'ava'
import { Door } from '../../../coordinator/api/door.ts'
import type { CommandRunRecord, MachineRecord } from '../../../coordinator/core/records.ts'
import { FleetState } from '../../../coordinator/core/state.ts'
import { FleetAuthority } from '../../../coordinator/identity/authority.ts'
import { Loop } from '../../../coordinator/loop.ts'
import type { Store, Transaction } from '../../../coordinator/ports.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import { agentService } from '../../../coordinator/sessions/agent_service.ts'
import { CommandOutputRelay } from '../../../coordinator/sessions/command_outputs.ts'
import { SessionHub } from '../../../coordinator/sessions/hub.ts'
import { LogReaders } from '../../../coordinator/sessions/log_readers.ts'
import { MemoryDatabase } from '../../../coordinator/store/memory.ts'
import { KernelLogs } from '../../../coordinator/telemetry/kernel_logs.ts'
import { TelemetryRings } from '../../../coordinator/telemetry/rings.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { ClientTls } from '../../../shared/grpc/client.ts'
import { serverLimits } from '../../../shared/grpc/limits.ts'
import { type Listener, listen } from '../../../shared/grpc/listener.ts'
import { silentLogger } from '../../../shared/log.ts'
import type { CommandSpec } from '../../../shared/model/command.ts'
import { billetError } from '../../../shared/model/errors.ts'
import { type CommandId, type MachineId, idSource } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import { refuse } from '../../../shared/model/result.ts'
import { instant, milliseconds, seconds } from '../../../shared/model/time.ts'
import { generateKey, keyToPem } from '../../../shared/tls/certificates.ts'
import { services } from '../../../shared/wire/load.ts'
import { TERM_BEGAN, must, user } from '../../fixtures.ts'
import { FakeAgent, type Script } from './fake_agent.ts'

export const admin = { user: user('admin'), request: null } as const

/** A store whose disk can be full. */
class FillableStore {
  readonly store: Store
  isFull = false

  constructor() {
    const inner = new MemoryDatabase().open()
    this.store = {
      read: (prefix) => inner.read(prefix),
      commit: async (transaction: Transaction) =>
        this.isFull ? refuse({ kind: 'unavailable', message: 'the disk is full' } as const) : inner.commit(transaction),
      watch: (prefix, after, signal) => inner.watch(prefix, after, signal),
      compact: (upTo) => inner.compact(upTo),
      close: () => inner.close(),
    }
  }
}

export type Machine = { readonly id: MachineId; readonly tls: ClientTls }

/** Everything of a coordinator that an agent's session touches, behind real TLS on the loopback. */
export class Rig {
  readonly disk = new FillableStore()
  readonly loop: Loop
  readonly hub: SessionHub
  readonly rings: TelemetryRings
  readonly kernelLogs = new KernelLogs()
  readonly logs: LogReaders
  readonly outputs = new CommandOutputRelay()
  readonly authority: FleetAuthority
  readonly #listener: Listener
  readonly #agents: FakeAgent[] = []
  #serial = 0

  private constructor(authority: FleetAuthority, listener: Listener, server: Server) {
    const generator = random(11)
    this.authority = authority
    this.#listener = listener
    const state = new FleetState()
    const scheduler = new Scheduler(state)
    this.loop = new Loop({
      state,
      store: this.disk.store,
      clock: systemClock,
      ids: idSource((length) => generator.bytes(length)),
      planner: scheduler,
      queueMax: 1000,
      batchMax: 100,
      feedKept: 10_000,
      earlier: [],
      onFailure: (failure) => {
        if (failure.kind === 'bug') throw failure.cause
      },
    })
    this.hub = new SessionHub(this.loop, { interval: seconds(10), watched: seconds(1) })
    this.rings = new TelemetryRings({
      samplesPerMachine: 100,
      linger: milliseconds(1),
      onDemand: (machine, watched) => this.hub.demand(machine, watched),
    })
    this.logs = new LogReaders(
      (machine) => this.hub.session(machine),
      (placement) => this.loop.read((view) => view.table('placements').get(placement)?.record.machine),
    )
    const { loop: fleet, hub, rings, logs, outputs } = this
    const admission = new Door(authority.cluster, fleet, silentLogger)
    const kernelLogs = this.kernelLogs
    const parts = { admission, fleet, hub, rings, kernelLogs, logs, outputs, signer: authority }
    const service = agentService({ ...parts, lease: seconds(45), clock: systemClock, log: silentLogger })
    server.addService(services.AgentService, service)
  }

  static async start(t: ExecutionContext): Promise<Rig> {
    const directory = mkdtempSync(join(tmpdir(), 'billet-test-'))
    const authority = must(await FleetAuthority.open(directory, systemClock))
    const server = new Server(serverLimits)
    const { certificate, key } = await authority.serverCredential()
    const tls = { certificate, key, clientAuthorities: authority.certificate }
    const limits = { handshakeMs: 10_000, connectionsMax: 1000, connectionsPerAddressMax: 1000 }
    const listener = must(await listen(server, { host: '127.0.0.1', port: 0, tls, ...limits }))
    const rig = new Rig(authority, listener, server)
    must(await rig.loop.submit({ ...TERM_BEGAN, clusterId: authority.cluster, topologyLevels: [] }))
    t.teardown(async () => {
      rig.hub.endAll(billetError('unavailable', 'The test is over.'))
      for (const agent of rig.#agents) agent.close()
      await listener.close()
      server.forceShutdown()
      await rig.loop.stop()
      rmSync(directory, { recursive: true })
    })
    return rig
  }

  /** Enrols a machine, and approves it; the same serial number again is the same hardware. */
  async machine(serial?: string): Promise<Machine> {
    this.#serial += 1
    const hash = `${this.#serial}`.padStart(64, '0')
    const hardware = { uuid: '', serial: serial ?? `SN${this.#serial}`, macAddresses: [] }
    must(
      await this.loop.submit({
        kind: 'create_token',
        caller: admin,
        description: '',
        hash,
        uses: 1,
        expiresAt: instant(systemClock.now() + 60_000),
        autoApprove: true,
        binding: { uuid: '', serial: serial ?? '', macAddress: '' },
        registration: null,
      }),
    )
    const keys = await generateKey()
    const publicKey = `key-${this.#serial}`
    const enrol = { tokenHash: hash, publicKey, hardware, hostname: hardware.serial }
    const { machine, generation } = must(await this.loop.submit({ kind: 'enrol_machine', ...enrol }))
    const certificate = await this.authority.machineCertificate(machine, generation, keys.publicKey)
    const identity = { certificate, key: await keyToPem(keys.privateKey) }
    return { id: machine, tls: { authorities: this.authority.certificate, identity } }
  }

  /** Opens a session and says nothing yet. */
  open({ tls }: Machine, script?: Script): FakeAgent {
    const agent = new FakeAgent(`127.0.0.1:${this.#listener.port}`, tls, script)
    this.#agents.push(agent)
    return agent
  }

  /** Opens a session, and is welcomed. */
  async connect(machine: Machine, script?: Script, hello?: Parameters<FakeAgent['hello']>[0]): Promise<FakeAgent> {
    const agent = this.open(machine, script)
    agent.hello(hello)
    await agent.take('welcome')
    return agent
  }

  record({ id }: Machine): MachineRecord {
    const machine = this.loop.read((view) => view.table('machines').get(id)?.record)
    if (machine === undefined) throw new Error(`no machine ${id}`)
    return machine
  }

  run(command: CommandId, { id }: Machine): CommandRunRecord {
    const runs = this.loop.read((view) => view.table('commands').get(command)?.record.runs)
    const run = runs?.find(({ machine }) => machine === id)
    if (run === undefined) throw new Error(`command ${command} does not run on ${id}`)
    return run
  }

  async order(...machines: readonly Machine[]): Promise<CommandId> {
    const ordered = await this.loop.submit({
      kind: 'run_command',
      caller: admin,
      machines: machines.map(({ id }) => id),
      spec: SPEC,
      digest: '',
    })
    return must(ordered).command.record.id
  }

  /** Waits for a state of the fleet. */
  async until(holds: () => boolean): Promise<void> {
    const signal = new AbortController().signal
    for (;;) {
      const at = this.loop.feed.revision()
      if (holds()) return
      await this.loop.feed.after(at, 1, signal)
    }
  }
}

const SPEC: CommandSpec = {
  argv: ['/bin/true'],
  shell: false,
  runAs: null,
  cwd: '/',
  env: {},
  stdin: new Uint8Array(),
  timeout: seconds(60),
  outputBytesMax: 1024 * 1024,
}

import { EventEmitter } from 'node:events'
import { Server, type ServerDuplexStream } from '@grpc/grpc-js'
import type { ExecutionContext } from 'ava'
import type { Agent, Commands, LogPiece, Logs } from '../../../agent/ports.ts'
import { CommandOrders } from '../../../agent/session/commands.ts'
import { SessionLink } from '../../../agent/session/link.ts'
import { sinceBoot, systemClock } from '../../../shared/clock.ts'
import type { ClientTls } from '../../../shared/grpc/client.ts'
import { type Listener, type ServerTls, listen } from '../../../shared/grpc/listener.ts'
import { toStatus } from '../../../shared/grpc/status.ts'
import { silentLogger } from '../../../shared/log.ts'
import { type ErrorKind, billetError } from '../../../shared/model/errors.ts'
import type { CommandProgress } from '../../../shared/model/command.ts'
import type { CommandId } from '../../../shared/model/ids.ts'
import type { Inventory } from '../../../shared/model/inventory.ts'
import { ok, refuse } from '../../../shared/model/result.ts'
import type { DesiredState, MachineReport } from '../../../shared/model/run.ts'
import { hours, instant, milliseconds, seconds } from '../../../shared/model/time.ts'
import {
  type Holder,
  createAuthority,
  generateKey,
  issue,
  keyToPem,
  loadAuthority,
} from '../../../shared/tls/certificates.ts'
import { COORDINATOR_NAME, machineUri } from '../../../shared/tls/identity.ts'
import { duration, timestamp } from '../../../shared/wire/check.ts'
import { encodeDesired } from '../../../shared/wire/desired.ts'
import type { SessionRequest__Output } from '../../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import type { SessionResponse } from '../../../shared/wire/gen/types/billet/v1/SessionResponse.ts'
import { services } from '../../../shared/wire/load.ts'
import { machine, now, order, take } from '../core/fixture.ts'

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

type Stream = ServerDuplexStream<SessionRequest__Output, SessionResponse>
type Kind = NonNullable<SessionRequest__Output['message']>

/** A session as the coordinator sees it. */
export class Heard extends EventEmitter {
  readonly messages: SessionRequest__Output[] = []
  readonly #stream: Stream

  constructor(stream: Stream) {
    super()
    this.#stream = stream
    stream.on('data', (message: SessionRequest__Output) => this.messages.push(message))
    stream.on('end', () => stream.end())
    stream.on('error', () => undefined)
  }

  send(message: SessionResponse): void {
    this.#stream.write(message)
  }

  welcome(desired: DesiredState = order({ epoch: 0, goal: 'idle' }), lease = seconds(45)): void {
    this.send({
      welcome: { lease: duration(lease), desired: encodeDesired(desired), time: timestamp(instant(Date.now())) },
    })
  }

  end(kind?: ErrorKind): void {
    if (kind === undefined) this.#stream.end()
    else this.#stream.emit('error', toStatus(billetError(kind, 'as the test wants it')))
  }

  of(kind: Kind): SessionRequest__Output[] {
    return this.messages.filter(({ message }) => message === kind)
  }

  async hears(kind: Kind, count = 1): Promise<SessionRequest__Output[]> {
    await until(() => this.of(kind).length >= count)
    return this.of(kind)
  }
}

export type Fake = {
  readonly address: string
  readonly tls: ClientTls
  readonly sessions: Heard[]
  /** The nth session, from 0, once it said hello. */
  session(index: number): Promise<Heard>
}

async function credentials(): Promise<{ readonly server: ServerTls; readonly client: ClientTls }> {
  const at = instant(Date.now())
  const made = await createAuthority('lab', at, hours(24))
  const authority = await loadAuthority(made)
  const credential = async (holder: Holder) => {
    const keys = await generateKey()
    return {
      certificate: await issue(authority, holder, keys.publicKey, at, hours(1)),
      key: await keyToPem(keys.privateKey),
    }
  }
  const server = await credential({ commonName: 'c', uris: [], hosts: [COORDINATOR_NAME], usage: 'server' })
  const uris = [machineUri('lab', machine, 1)]
  const identity = await credential({ commonName: 'm', uris, hosts: [], usage: 'client' })
  return {
    server: { ...server, clientAuthorities: made.certificate },
    client: { authorities: made.certificate, identity },
  }
}

/** A coordinator whose every word the test says. */
export async function fakeCoordinator(t: ExecutionContext): Promise<Fake> {
  const { server: tls, client } = await credentials()
  const sessions: Heard[] = []
  const grpc = new Server()
  grpc.addService(services.AgentService, { Session: (stream: Stream) => sessions.push(new Heard(stream)) })
  const limits = { handshakeMs: 5000, connectionsMax: 100, connectionsPerAddressMax: 100 }
  const listener: Listener = take(await listen(grpc, { host: '127.0.0.1', port: 0, tls, ...limits }))
  t.teardown(async () => {
    grpc.forceShutdown()
    await listener.close()
  })
  const session = async (index: number): Promise<Heard> => {
    await until(() => (sessions[index]?.messages.length ?? 0) > 0)
    const heard = sessions[index]
    if (heard === undefined) throw new Error('no session')
    return heard
  }
  return { address: `127.0.0.1:${listener.port}`, tls: client, sessions, session }
}

const inventory: Inventory = {
  hardware: { serial: 'TEST-1', macs: [] },
  manufacturer: '',
  product: '',
  cpu: { model: 'x', architecture: 'x64', sockets: 1, coresPhysical: 1, threads: 1 },
  memoryBytes: 1,
  memoryModules: [],
  disks: [],
  nics: [],
  gpus: [],
  bios: '',
  os: { distro: '', kernel: '', hostname: 'test' },
  architecture: 'x64',
}

export const idleReport: MachineReport = {
  epoch: order({ epoch: 0, goal: 'idle' }).epoch,
  term: order({ epoch: 0, goal: 'idle' }).term,
  state: 'idle',
  placement: null,
  startedAt: null,
  outcome: null,
  handBack: null,
  validation: null,
  conditions: [],
  commands: [],
}

export class FakeAgent implements Agent {
  readonly machine = machine
  readonly orders: DesiredState[] = []
  current: MachineReport = idleReport

  report(): MachineReport {
    return this.current
  }

  readonly renewals: { readonly sentAt: number; readonly term: number }[] = []
  /** Orders and renewals as they came. */
  readonly heard: ('order' | 'renewed')[] = []

  renewed(sentAt: number, term: number): void {
    this.renewals.push({ sentAt, term })
    this.heard.push('renewed')
  }

  order(desired: DesiredState): void {
    this.orders.push(desired)
    this.heard.push('order')
  }
}

export const finished: CommandProgress = {
  state: 'exited',
  reason: '',
  exitCode: 0,
  stdoutDroppedBytes: 0,
  stderrDroppedBytes: 0,
  startedAt: now,
  endedAt: now,
}

/** Commands that print what the test gives them, and then end. */
export class FakeCommands implements Commands {
  readonly results = new Map<CommandId, CommandProgress>()
  readonly runs: CommandId[] = []
  output: readonly Uint8Array[] = []

  async run(id: CommandId, _spec: unknown, sink: Parameters<Commands['run']>[2]) {
    this.runs.push(id)
    let offset = 0
    for (const data of this.output) {
      await sink({ stream: 'stdout', offset, data })
      offset += data.length
    }
    this.results.set(id, finished)
    return ok(finished)
  }

  cancel(): void {}

  result(id: CommandId): CommandProgress | null {
    return this.results.get(id) ?? null
  }

  open(): readonly CommandId[] {
    return [...this.results.keys()]
  }

  async acknowledge(id: CommandId) {
    this.results.delete(id)
    return Promise.resolve(ok())
  }
}

/** One text as the standard output of every placement. */
export class FakeLogs implements Logs {
  text = new Uint8Array()
  isThere = true
  /** How often somebody looked. */
  looks = 0

  size(_placement: unknown, stream: string) {
    this.looks += 1
    if (!this.isThere) return refuse({ sentence: 'there is no log' })
    return ok(stream === 'stdout' ? this.text.length : 0)
  }

  async read(_placement: unknown, _stream: unknown, offset: number, maxBytes: number) {
    const data = this.text.subarray(offset, offset + maxBytes)
    if (offset > this.text.length) return Promise.resolve(refuse({ sentence: 'beyond the end' }))
    return Promise.resolve(ok({ offset, skippedBytes: 0, data }))
  }

  async *follow(
    _placement: unknown,
    stream: string,
    offset: number,
    { signal, ended }: Parameters<Logs['follow']>[3],
  ): AsyncGenerator<LogPiece> {
    let at = offset
    while (!signal.aborted) {
      const last = ended()
      const data = stream === 'stdout' ? this.text.subarray(at, at + 32 * 1024) : new Uint8Array()
      if (data.length > 0) yield { offset: at, skippedBytes: 0, data }
      at += data.length
      if (data.length === 0 && last) return
      if (data.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

export type Linked = {
  readonly link: SessionLink
  readonly agent: FakeAgent
  readonly commands: FakeCommands
  readonly logs: FakeLogs
  readonly intervals: number[]
  readonly stop: () => Promise<void>
}

export function linked(t: ExecutionContext, { tls }: Fake, addresses: readonly string[]): Linked {
  const ending = new AbortController()
  const [agent, commands, logs, intervals] = [new FakeAgent(), new FakeCommands(), new FakeLogs(), new Array<number>()]
  const link = new SessionLink({
    agent,
    commands: new CommandOrders({
      commands,
      clock: systemClock,
      log: silentLogger,
      patience: seconds(60),
      onChange: () => undefined,
    }),
    logs,
    clock: systemClock,
    sinceBoot,
    log: silentLogger,
    agentVersion: 'test',
    bootId: 'boot',
    peerAddress: async () => Promise.resolve('10.0.0.9'),
    inventory: () => ({ inventory, digest: 'digest' }),
    onSampling: (interval) => intervals.push(interval),
    kernelEvents: () => [],
    onHealthPlan: () => undefined,
    onClockAhead: () => undefined,
    onWelcome: () => undefined,
    onUpgrade: () => undefined,
    addresses,
    tls: () => tls,
    backoffBase: milliseconds(20),
    backoffCap: milliseconds(50),
    random: Math.random,
  })
  const running = link.run(ending.signal)
  const stop = async (): Promise<void> => {
    ending.abort()
    await running
  }
  t.teardown(stop)
  return { link, agent, commands, logs, intervals, stop }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../shared/log.ts'
import { toStatus } from '../../shared/grpc/status.ts'
import { messages } from '../../shared/grpc/stream.ts'
import { type BilletError, billetError, invalidField } from '../../shared/model/errors.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import { type keyFingerprint, requestedKey } from '../../shared/tls/certificates.ts'
import type { Identity } from '../../shared/tls/identity.ts'
import { decode, duration, invalid, text, timestamp } from '../../shared/wire/check.ts'
import { encodeDesired } from '../../shared/wire/desired.ts'
import type { AgentServiceHandlers } from '../../shared/wire/gen/types/billet/v1/AgentService.ts'
import type { Hello__Output } from '../../shared/wire/gen/types/billet/v1/Hello.ts'
import type { SessionRequest__Output } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import { decodeInventory } from '../../shared/wire/inventory.ts'
import { decodeReport } from '../../shared/wire/report.ts'
import type { Fleet } from '../ports.ts'
import type { KernelSink, TelemetrySink } from './ports.ts'
import type { CommandOutputRelay } from './command_outputs.ts'
import { Gate } from './gate.ts'
import type { SessionHub } from './hub.ts'
import type { LogReaders } from './log_readers.ts'
import { Pace, type Rate } from './pace.ts'
import { AgentSession, type SessionStream } from './session.ts'
import { Supersessions } from './supersessions.ts'
import { costOf, isDecided, take } from './take.ts'

const PROTOCOL = 1
const HELLO_MS = 10_000
/** The longest that a timer can wait: 24 days. A session that ends a few days early begins anew at once. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** Hellos that are decided at once, and those that wait for that; an agent's patience is about 15 s. */
const HELLOS = 256
const HELLOS_WAITING = 4096
/** Messages of one agent. An agent that samples every 100 ms and sends output all the time stays below. */
const MESSAGES: Rate = { perSecond: 2000, burst: 4000 }
/** Those of them that the fleet decides on. */
const DECISIONS: Rate = { perSecond: 200, burst: 400 }

/** Who may call, as the door of the API decides it. */
export interface Admission {
  admit(call: Pick<SessionStream, 'getAuthContext' | 'getPath'>): Result<Identity, BilletError>
}

export interface MachineSigner {
  readonly certificate: string
  machineCertificate(machine: MachineId, generation: number, key: SigningKey): Promise<string>
}

type SigningKey = Parameters<typeof keyFingerprint>[0]

export type AgentServiceOptions = {
  readonly admission: Admission
  readonly fleet: Fleet
  readonly hub: SessionHub
  readonly rings: TelemetrySink
  readonly kernelLogs: KernelSink
  readonly logs: LogReaders
  readonly outputs: CommandOutputRelay
  readonly signer: MachineSigner
  readonly lease: Milliseconds
  readonly clock: Clock
  readonly log: Logger
}

export function agentService(options: AgentServiceOptions): AgentServiceHandlers {
  const common = { gate: new Gate(HELLOS, HELLOS_WAITING), supersessions: new Supersessions() }
  return {
    Session: (stream) => {
      void new Serving(options, common, stream).run()
    },
    RenewCertificate: (call, answer) => {
      void answerRenewal(options, call, answer)
    },
  }
}

async function answerRenewal(
  options: AgentServiceOptions,
  call: Parameters<AgentServiceHandlers['RenewCertificate']>[0],
  answer: Parameters<AgentServiceHandlers['RenewCertificate']>[1],
): Promise<void> {
  try {
    const renewed = await renew(options, options.admission.admit(call), call.request.certificate_request)
    if (renewed.ok) answer(null, renewed.value)
    else answer(toStatus(renewed.error))
  } catch (error) {
    options.log.error({ error }, 'a renewal failed with a bug')
    answer(toStatus(billetError('internal', 'The coordinator failed on this renewal; its log says more.')))
  }
}

async function renew({ signer }: AgentServiceOptions, identity: Result<Identity, BilletError>, request: string) {
  if (!identity.ok) return identity
  if (identity.value.kind !== 'machine') return refuse(billetError('permission_denied', 'Only machines renew here.'))
  const key = await requestedKey(request)
  if (!key.ok) return refuse(invalidField('certificate_request', key.error))
  const { machine, generation } = identity.value
  const certificate = await signer.machineCertificate(machine, generation, key.value)
  return ok({ certificate, certificate_authorities: signer.certificate })
}

/** What all sessions of this coordinator share. */
type Common = { readonly gate: Gate; readonly supersessions: Supersessions }

type MachineIdentity = Extract<Identity, { kind: 'machine' }>

/** One agent's session from its hello to its end. */
class Serving {
  readonly #options: AgentServiceOptions
  readonly #common: Common
  readonly #stream: SessionStream
  readonly #messages: Pace
  readonly #decisions: Pace
  #session: AgentSession | undefined
  #heardAt: Milliseconds
  #isReading = true
  #saidHello = false
  #ended = false

  constructor(options: AgentServiceOptions, common: Common, stream: SessionStream) {
    this.#options = options
    this.#common = common
    this.#stream = stream
    this.#heardAt = options.clock.monotonic()
    this.#messages = new Pace(MESSAGES, this.#heardAt)
    this.#decisions = new Pace(DECISIONS, this.#heardAt)
    stream.on('cancelled', () => this.#over())
  }

  async run(): Promise<void> {
    const identity = this.#identity()
    if (!identity.ok) return this.#end(identity.error)
    const patience = this.#endUnlessHeard()
    const expiry = this.#endWithCertificate()
    try {
      for await (const message of messages<SessionRequest__Output>(this.#stream, () => {})) {
        if (!message.ok || this.#ended) break
        const taken = this.#accept(message.value)
        if (taken === undefined) continue
        this.#isReading = false
        const problem = await taken
        if (problem !== undefined) return this.#end(problem)
        this.#isReading = true
      }
      this.#end(undefined)
    } catch (error) {
      this.#options.log.error({ error, machine_id: identity.value.machine }, 'a session failed with a bug')
      this.#end(billetError('internal', 'The coordinator failed on this session; its log says more.'))
    } finally {
      clearInterval(patience)
      clearTimeout(expiry)
      await this.#leave()
    }
  }

  #identity(): Result<MachineIdentity, BilletError> {
    const identity = this.#options.admission.admit(this.#stream)
    if (!identity.ok) return identity
    if (identity.value.kind === 'machine') return ok(identity.value)
    return refuse(billetError('permission_denied', 'Only machines have sessions.'))
  }

  /**
   * An agent says hello at once, and then is heard at least three times a lease. One that is not has a lease that
   * ended: its machine must not count as connected.
   */
  #endUnlessHeard(): NodeJS.Timeout {
    const { clock, lease } = this.#options
    return setInterval(() => {
      const silent = clock.monotonic() - this.#heardAt
      const shortest = Math.min(lease, this.#session?.lease ?? lease)
      if (!this.#isReading || silent < (this.#saidHello ? shortest : HELLO_MS)) return
      const what = this.#saidHello ? 'Nothing was heard of the agent' : 'No hello came'
      this.#end(billetError('deadline_exceeded', `${what} within ${Math.round(silent / 1000)} s.`))
    }, HELLO_MS / 4)
  }

  /** TLS looks at a certificate once, when a connection begins; a stream would outlive it. */
  #endWithCertificate(): NodeJS.Timeout {
    const until = Date.parse(this.#stream.getAuthContext().sslPeerCertificate?.valid_to ?? '')
    const left = Math.max(0, until - this.#options.clock.now())
    return setTimeout(
      () => this.#end(billetError('unauthenticated', 'The certificate of this session has ended; renew it.')),
      Math.min(left, TIMER_MAX_MS),
    )
  }

  #accept(message: SessionRequest__Output): Promise<BilletError | undefined> | undefined {
    const now = this.#options.clock.monotonic()
    this.#heardAt = now
    const session = this.#session
    if (session === undefined) return this.#begin(message)
    const wait = Math.max(this.#messages.wait(now, costOf(message)), isDecided(message) ? this.#decisions.wait(now) : 0)
    return wait === 0 ? take(this.#options, session, message) : this.#takeLater(wait, session, message)
  }

  async #takeLater(wait: number, session: AgentSession, message: SessionRequest__Output) {
    await sleep(wait)
    return this.#ended ? undefined : take(this.#options, session, message)
  }

  async #begin({ hello }: SessionRequest__Output): Promise<BilletError | undefined> {
    const { gate } = this.#common
    this.#saidHello = true
    if (!(await gate.enter())) {
      return billetError('queue_full', `More than ${HELLOS_WAITING} agents wait to be welcomed. Try again later.`)
    }
    try {
      if (this.#ended) return undefined
      const decoded = decode(() => decodeHello(hello ?? invalid('hello', 'expected a hello as the first message')))
      return decoded.ok ? await this.#welcome(decoded.value) : decoded.error
    } finally {
      gate.leave()
    }
  }

  async #welcome({ protocol, ...about }: ReturnType<typeof decodeHello>): Promise<BilletError | undefined> {
    const { fleet, hub, clock, lease, log } = this.#options
    if (protocol !== PROTOCOL) {
      const sentence = `This agent speaks protocol ${protocol}, this coordinator ${PROTOCOL}; upgrade the older one.`
      return billetError('unsupported_version', sentence, { protocol: `${protocol}` })
    }
    // Asked again: an identity that was replaced since the stream began must not end the session of the new one.
    const identity = this.#identity()
    if (!identity.ok) return identity.error
    const { machine, generation } = identity.value
    const session = this.#join(machine)
    const address = this.#stream.getPeer()
    const connected = await fleet.submit({ kind: 'agent_connected', machine, generation, address, ...about })
    if (!connected.ok) return connected.error
    const desired = fleet.desired(machine)
    if (desired === undefined) return billetError('machine_not_found', `There is no machine ${machine}.`, { machine })
    const sampling = hub.samplingPlan(machine)
    const time = timestamp(clock.now())
    session.welcome({ welcome: { lease: duration(lease), sampling, desired: encodeDesired(desired), time } }, desired)
    session.send({ health: hub.healthPlan(machine) })
    hub.resumeCommands(session, about.report)
    log.info({ machine_id: machine, address, agent_version: about.agentVersion }, 'agent connected')
    return undefined
  }

  /** Joins before anything is decided, so that no effect of it is missed. */
  #join(machine: MachineId): AgentSession {
    const { hub, clock, log } = this.#options
    const session = new AgentSession(machine, this.#stream, () => {
      this.#end(billetError('slow_reader', 'The agent does not read its orders; connect again.'))
    })
    this.#session = session
    if (hub.join(session, (error) => this.#end(error))) {
      const count = this.#common.supersessions.note(machine, clock.monotonic())
      const fields = { machine_id: machine, count }
      if (count !== undefined) log.warn(fields, 'sessions end each other: two machines may use one identity')
    }
    return session
  }

  async #leave(): Promise<void> {
    const session = this.#session
    if (session === undefined) return
    const { hub, logs, log } = this.#options
    session.end()
    logs.sessionEnded(session)
    log.info({ machine_id: session.machine, samples_dropped: session.samplesDropped }, 'agent disconnected')
    await hub.leave(session)
  }

  #end(error: BilletError | undefined): void {
    if (this.#ended) return
    this.#over()
    if (error === undefined) this.#stream.end()
    else this.#stream.emit('error', toStatus(error))
  }

  /** Nothing is written to a stream that is over. */
  #over(): void {
    this.#ended = true
    this.#session?.end()
  }
}

function decodeHello(hello: Hello__Output) {
  return {
    protocol: hello.protocol,
    agentVersion: text('hello.agent_version', hello.agent_version, 100),
    bootId: text('hello.boot_id', hello.boot_id, 100),
    peerAddress: text('hello.peer_address', hello.peer_address, 255),
    inventory: decodeInventory('hello.inventory', hello.inventory),
    inventoryDigest: text('hello.inventory.digest', hello.inventory?.digest ?? '', 100),
    report: decodeReport('hello.report', hello.report),
  }
}

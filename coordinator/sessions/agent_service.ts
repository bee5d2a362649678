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
import type { TelemetrySink } from './ports.ts'
import type { CommandOutputRelay } from './command_outputs.ts'
import type { SessionHub } from './hub.ts'
import type { LogReaders } from './log_readers.ts'
import { AgentSession, type SessionStream } from './session.ts'
import { take } from './take.ts'

const PROTOCOL = 1
const HELLO_MS = 10_000
/** The longest that a timer can wait: 24 days. A session that ends a few days early begins anew at once. */
const TIMER_MAX_MS = 2 ** 31 - 1

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
  readonly logs: LogReaders
  readonly outputs: CommandOutputRelay
  readonly signer: MachineSigner
  readonly lease: Milliseconds
  readonly clock: Clock
  readonly log: Logger
}

export function agentService(options: AgentServiceOptions): AgentServiceHandlers {
  return {
    Session: (stream) => {
      void new Serving(options, stream).run()
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

/** One agent's session from its hello to its end. */
class Serving {
  readonly #options: AgentServiceOptions
  readonly #stream: SessionStream
  #ended = false

  constructor(options: AgentServiceOptions, stream: SessionStream) {
    this.#options = options
    this.#stream = stream
    stream.on('cancelled', () => {
      this.#ended = true
    })
  }

  async run(): Promise<void> {
    const identity = this.#options.admission.admit(this.#stream)
    if (!identity.ok) return this.#end(identity.error)
    if (identity.value.kind !== 'machine')
      return this.#end(billetError('permission_denied', 'Only machines have sessions.'))
    const { machine, generation } = identity.value
    const patience = setTimeout(() => {
      this.#end(billetError('deadline_exceeded', `No hello came within ${HELLO_MS / 1000} s.`))
    }, HELLO_MS)
    const expiry = this.#endWithCertificate()
    let session: AgentSession | undefined
    try {
      for await (const message of messages<SessionRequest__Output>(this.#stream, () => {})) {
        if (!message.ok || this.#ended) break
        if (session === undefined) {
          clearTimeout(patience)
          const welcomed = await this.#welcome(machine, generation, message.value)
          if (!welcomed.ok) return this.#end(welcomed.error)
          session = welcomed.value
          continue
        }
        const taken = take(this.#options, session, message.value)
        if (taken !== undefined) {
          const problem = await taken
          if (problem !== undefined) return this.#end(problem)
        }
      }
      this.#end(undefined)
    } catch (error) {
      this.#options.log.error({ error, machine_id: machine }, 'a session failed with a bug')
      this.#end(billetError('internal', 'The coordinator failed on this session; its log says more.'))
    } finally {
      clearTimeout(patience)
      clearTimeout(expiry)
      if (session !== undefined) await this.#leave(session)
    }
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

  async #welcome(
    machine: MachineId,
    generation: number,
    { hello }: SessionRequest__Output,
  ): Promise<Result<AgentSession, BilletError>> {
    const { fleet, hub, clock, lease, log } = this.#options
    const decoded = decode(() => decodeHello(hello ?? invalid('hello', 'expected a hello as the first message')))
    if (!decoded.ok) return decoded
    const { protocol, ...about } = decoded.value
    if (protocol !== PROTOCOL) {
      const sentence = `This agent speaks protocol ${protocol}, this coordinator ${PROTOCOL}; upgrade the older one.`
      return refuse(billetError('unsupported_version', sentence, { protocol: `${protocol}` }))
    }
    const address = this.#stream.getPeer()
    const session = new AgentSession(machine, this.#stream, () => {
      this.#end(billetError('slow_reader', 'The agent does not read its orders; connect again.'))
    })
    // Joined before the input is decided, so that no effect of it is missed.
    hub.join(session, (error) => this.#end(error))
    const connected = await fleet.submit({ kind: 'agent_connected', machine, generation, address, ...about })
    const desired = fleet.desired(machine)
    if (!connected.ok || desired === undefined) {
      hub.leave(session)
      return connected.ok ? refuse(billetError('machine_not_found', `There is no machine ${machine}.`)) : connected
    }
    const sampling = hub.samplingPlan(machine)
    const time = timestamp(clock.now())
    session.welcome({ welcome: { lease: duration(lease), sampling, desired: encodeDesired(desired), time } }, desired)
    hub.resumeCommands(session, about.report)
    log.info({ machine_id: machine, address, agent_version: about.agentVersion }, 'agent connected')
    return ok(session)
  }

  async #leave(session: AgentSession): Promise<void> {
    const { hub, logs, fleet, log } = this.#options
    session.end()
    if (!hub.isCurrent(session)) return
    hub.leave(session)
    logs.sessionEnded(session.machine)
    await fleet.submit({ kind: 'agent_disconnected', machine: session.machine })
    log.info({ machine_id: session.machine }, 'agent disconnected')
  }

  #end(error: BilletError | undefined): void {
    if (this.#ended) return
    this.#ended = true
    if (error === undefined) this.#stream.end()
    else this.#stream.emit('error', toStatus(error))
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

import type { ClientDuplexStream } from '@grpc/grpc-js'
import { Connection } from '../../shared/grpc/client.ts'
import { certificateRequest, generateKey, keyToPem } from '../../shared/tls/certificates.ts'
import type { SessionRequest } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import type { SessionResponse__Output } from '../../shared/wire/gen/types/billet/v1/SessionResponse.ts'
import { Obedience } from './obedience.ts'
import { services } from '../../shared/wire/load.ts'

type Stream = ClientDuplexStream<SessionRequest, SessionResponse__Output>

type Identity = { readonly certificate: string; readonly key: string }

export type Fleet = {
  readonly authority: string
  readonly api: string
  readonly enrolment: string
  readonly token: string
}

/** An agent that says what it is told to say: for measuring a coordinator, not a machine. */
export class SimulatedAgent {
  readonly #connection: Connection
  readonly #stream: Stream
  readonly #heartbeats = new Map<number, () => void>()
  readonly identity: Identity
  readonly #loss: Promise<string>
  #beat = 0

  private constructor(connection: Connection, stream: Stream, identity: Identity, obedience: Obedience | null) {
    this.#connection = connection
    this.#stream = stream
    this.identity = identity
    this.#loss = new Promise((resolve) => stream.once('error', (error: Error) => resolve(error.message)))
    stream.on('data', (message: SessionResponse__Output) => {
      if (obedience !== null) this.#obey(obedience, message)
      if (message.message !== 'heartbeat') return
      this.#heartbeats.get(message.heartbeat ?? 0)?.()
      this.#heartbeats.delete(message.heartbeat ?? 0)
    })
    stream.on('error', () => stream.cancel())
  }

  /** @param isObedient its machine does at once what is wanted, and says so. */
  static async join(
    { authority, api, enrolment, token }: Fleet,
    number: number,
    isObedient = false,
  ): Promise<SimulatedAgent> {
    const keys = await generateKey()
    const enrolling = new Connection(enrolment, { authorities: authority })
    const hardware = { serial: `simulated-${number}`, mac_addresses: [] }
    const request = { token, certificate_request: await certificateRequest(keys), hardware, hostname: `sim-${number}` }
    const enrolled = await enrolling.call(services.EnrolmentService.Enrol, request)
    enrolling.close()
    if (!enrolled.ok) throw new Error(enrolled.error.message)
    const identity = { certificate: enrolled.value.certificate, key: await keyToPem(keys.privateKey) }
    const connection = new Connection(api, { authorities: authority, identity })
    const stream = connection.open(services.AgentService.Session)
    const agent = new SimulatedAgent(connection, stream, identity, isObedient ? new Obedience() : null)
    stream.write({ hello: helloOf(number) })
    await agent.settled()
    return agent
  }

  #obey(obedience: Obedience, { welcome, desired }: SessionResponse__Output): void {
    const wanted = desired ?? welcome?.desired ?? null
    if (wanted !== null) for (const report of obedience.answers(wanted)) this.#stream.write({ report })
  }

  /** A session under an identity that is there already, at whatever server. */
  static async connect(api: string, authority: string, identity: Identity): Promise<SimulatedAgent> {
    const connection = new Connection(api, { authorities: authority, identity })
    const agent = new SimulatedAgent(connection, connection.open(services.AgentService.Session), identity, null)
    await agent.settled()
    return agent
  }

  /** Writes, and waits where the coordinator does not keep up. */
  async write(message: SessionRequest): Promise<void> {
    if (!this.#stream.write(message)) await new Promise((resolve) => this.#stream.once('drain', resolve))
  }

  /** Answered once everything that was written before has been taken in. */
  async settled(): Promise<void> {
    this.#beat += 1
    const beat = this.#beat
    const answered = new Promise<void>((resolve) => this.#heartbeats.set(beat, resolve))
    await this.write({ heartbeat: beat })
    await answered
  }

  /** Why the coordinator ended the session, once it has. */
  lost(): Promise<string> {
    return this.#loss
  }

  close(): void {
    this.#stream.cancel()
    this.#connection.close()
  }
}

function helloOf(number: number): NonNullable<SessionRequest['hello']> {
  return {
    protocol: 1,
    agent_version: 'simulated',
    boot_id: 'simulated',
    peer_address: '127.0.0.1',
    inventory: {
      hardware: { serial: `simulated-${number}` },
      processor: { model: 'simulated', sockets: 1, cores: 1, threads: 1 },
      memory_bytes: 1024 ** 3,
      hostname: `sim-${number}`,
      architecture: 'x64',
      digest: 'simulated',
    },
    report: { state: 1 },
  }
}

import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { MessageSink } from '../../shared/grpc/stream.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import type { DesiredState } from '../../shared/model/run.ts'
import type { Sample } from '../../shared/model/telemetry.ts'
import type { Milliseconds } from '../../shared/model/time.ts'
import { encodeCommandSpec } from '../../shared/wire/command.ts'
import { encodeDesired } from '../../shared/wire/desired.ts'
import type { SessionRequest__Output } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import type { SessionResponse } from '../../shared/wire/gen/types/billet/v1/SessionResponse.ts'
import type { CommandRecord } from '../core/records.ts'

export type SessionStream = ServerDuplexStream<SessionRequest__Output, SessionResponse>

/** Orders that may wait for an agent that does not read; with one more the session ends, and begins anew. */
const OUTBOX_MAX = 1024

/**
 * The sending half of one agent's session. Nothing goes out before the welcome. What is wanted of the machine is
 * always sent whole, so of several such messages that wait only the newest is sent; everything else waits in a
 * bounded queue.
 */
export class AgentSession {
  readonly machine: MachineId
  readonly #stream: MessageSink<SessionResponse>
  readonly #overflow: () => void
  #outbox: SessionResponse[] = []
  readonly #ordered = new Set<CommandId>()
  #desired: SessionResponse | undefined
  #lastDesired = ''
  #lease: Milliseconds | null = null
  #welcomed = false
  #blocked = false
  #ended = false
  #samplesDropped = 0
  /** The machine's last sample, which the next changes count from. */
  lastSample: Sample | null = null

  constructor(machine: MachineId, stream: MessageSink<SessionResponse>, overflow: () => void) {
    this.machine = machine
    this.#stream = stream
    this.#overflow = overflow
    stream.on('drain', () => {
      this.#blocked = false
      this.#flush()
    })
  }

  /** Of what runs on the machine, where that has one. */
  get lease(): Milliseconds | null {
    return this.#lease
  }

  /** Samples of this session that did not fit their schema. */
  get samplesDropped(): number {
    return this.#samplesDropped
  }

  dropSample(): void {
    this.#samplesDropped += 1
  }

  /** Sends what is wanted, unless it is what was sent last. */
  desire(desired: DesiredState): void {
    const text = fingerprint(desired)
    if (this.#ended || text === this.#lastDesired) return
    this.#lastDesired = text
    this.#lease = desired.assignment?.lease ?? null
    this.#desired = { desired: encodeDesired(desired) }
    this.#flush()
  }

  /** Goes out first. It carries what is wanted, and replaces whatever was to be sent of that before. */
  welcome(message: SessionResponse, desired: DesiredState): void {
    if (this.#ended) return
    this.#lastDesired = fingerprint(desired)
    this.#lease = desired.assignment?.lease ?? null
    this.#desired = undefined
    this.#outbox.unshift(message)
    this.#welcomed = true
    this.#flush()
  }

  send(message: SessionResponse): void {
    if (this.#ended) return
    if (this.#outbox.length >= OUTBOX_MAX) {
      this.#overflow()
      return
    }
    this.#outbox.push(message)
    this.#flush()
  }

  /** Whether a command was ordered in this session. */
  hasOrdered(command: CommandId): boolean {
    return this.#ordered.has(command)
  }

  orderCommand({ id, spec }: CommandRecord): void {
    if (this.#ordered.has(id)) return
    this.#ordered.add(id)
    this.send({ command: { command: `commands/${id}`, spec: encodeCommandSpec(spec) } })
  }

  cancelCommand(command: CommandId): void {
    this.send({ cancel_command: `commands/${command}` })
  }

  acknowledgeCommand(command: CommandId): void {
    this.#ordered.delete(command)
    this.send({ acknowledge_command: `commands/${command}` })
  }

  end(): void {
    this.#ended = true
    this.#outbox = []
    this.#desired = undefined
  }

  #flush(): void {
    while (this.#welcomed && !this.#ended && !this.#blocked) {
      const message = this.#outbox.shift() ?? this.#takeDesired()
      if (message === undefined) return
      this.#blocked = !this.#stream.write(message)
    }
  }

  #takeDesired(): SessionResponse | undefined {
    const message = this.#desired
    this.#desired = undefined
    return message
  }
}

/** A task never changes within an epoch, so it need not be compared. */
function fingerprint({ term, epoch, goal, validation, assignment, upgrade }: DesiredState): string {
  const { placement = '', generation = 0 } = assignment ?? {}
  return `${term} ${epoch} ${goal} ${validation} ${placement} ${generation} ${upgrade?.signature ?? ''}`
}

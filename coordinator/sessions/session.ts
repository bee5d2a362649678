import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import type { DesiredState } from '../../shared/model/run.ts'
import { encodeDesired } from '../../shared/wire/desired.ts'
import type { SessionRequest__Output } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import type { SessionResponse } from '../../shared/wire/gen/types/billet/v1/SessionResponse.ts'

export type SessionStream = ServerDuplexStream<SessionRequest__Output, SessionResponse>

/** Orders that may wait for an agent that does not read; with one more the session ends, and begins anew. */
const OUTBOX_MAX = 1024

/**
 * The sending half of one agent's session. What is wanted of the machine is always sent whole, so of several such
 * messages that wait only the newest is sent; everything else waits in a bounded queue.
 */
export class AgentSession {
  readonly machine: MachineId
  readonly #stream: SessionStream
  readonly #overflow: () => void
  readonly #outbox: SessionResponse[] = []
  #desired: SessionResponse | undefined
  #lastDesired = ''
  #blocked = false
  #ended = false

  constructor(machine: MachineId, stream: SessionStream, overflow: () => void) {
    this.machine = machine
    this.#stream = stream
    this.#overflow = overflow
    stream.on('drain', () => {
      this.#blocked = false
      this.#flush()
    })
  }

  /** Sends what is wanted, unless it is what was sent last. */
  desire(desired: DesiredState): void {
    const text = fingerprint(desired)
    if (text === this.#lastDesired) return
    this.#lastDesired = text
    this.#desired = { desired: encodeDesired(desired) }
    this.#flush()
  }

  /** The welcome carries what is wanted, so it counts as sent. */
  welcome(message: SessionResponse, desired: DesiredState): void {
    this.#lastDesired = fingerprint(desired)
    this.send(message)
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

  cancelCommand(command: CommandId): void {
    this.send({ cancel_command: `commands/${command}` })
  }

  acknowledgeCommand(command: CommandId): void {
    this.send({ acknowledge_command: `commands/${command}` })
  }

  end(): void {
    this.#ended = true
    this.#outbox.length = 0
  }

  #flush(): void {
    while (!this.#ended && !this.#blocked) {
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
function fingerprint({ term, epoch, goal, validation, assignment }: DesiredState): string {
  return `${term} ${epoch} ${goal} ${validation} ${assignment?.placement ?? ''}`
}

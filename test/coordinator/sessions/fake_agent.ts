import type { ClientDuplexStream } from '@grpc/grpc-js'
import { type ClientTls, Connection } from '../../../shared/grpc/client.ts'
import { messages } from '../../../shared/grpc/stream.ts'
import type { BilletError } from '../../../shared/model/errors.ts'
import { parseCommandId } from '../../../shared/model/ids.ts'
import type { DesiredState, MachineReport } from '../../../shared/model/run.ts'
import { instant } from '../../../shared/model/time.ts'
import { encodeProgress } from '../../../shared/wire/command.ts'
import { decodeDesired } from '../../../shared/wire/desired.ts'
import type { LogOrder__Output } from '../../../shared/wire/gen/types/billet/v1/LogOrder.ts'
import type { SessionRequest } from '../../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import type { SessionResponse__Output } from '../../../shared/wire/gen/types/billet/v1/SessionResponse.ts'
import { encodeInventory } from '../../../shared/wire/inventory.ts'
import { services } from '../../../shared/wire/load.ts'
import { encodeReport } from '../../../shared/wire/report.ts'
import { inventory, must, passed, report } from '../../fixtures.ts'

export type Heard = SessionResponse__Output
export type HeardKind = NonNullable<Heard['message']>

/** Called with every message that comes, before anyone waits for it. */
export type Script = (agent: FakeAgent, message: Heard) => void

type Hello = { readonly report?: Partial<MachineReport>; readonly protocol?: number; readonly serial?: string }

/** One session as an agent has it: says what it is told to say, and keeps what it hears. */
export class FakeAgent {
  readonly heard: Heard[] = []
  /** How the session ended: null where the coordinator simply closed it. */
  readonly end: Promise<BilletError | null>
  readonly #connection: Connection
  readonly #stream: ClientDuplexStream<SessionRequest, Heard>
  readonly #script: Script
  readonly #next = new Map<HeardKind, number>()
  #waiting: (() => void)[] = []
  #isOver = false
  #beats = 0

  /** Opens the session and says nothing yet. */
  constructor(address: string, tls: ClientTls, script: Script = () => {}) {
    this.#connection = new Connection(address, tls)
    this.#script = script
    this.#stream = this.#connection.open(services.AgentService.Session)
    this.end = this.#listen()
  }

  hello({ report: told = {}, protocol = 1, serial = 'SN1' }: Hello = {}): void {
    const os = { distro: 'Debian', kernel: '6.1', hostname: serial }
    this.say({
      hello: {
        protocol,
        agent_version: '0.1.0',
        boot_id: 'boot',
        peer_address: '127.0.0.1',
        inventory: encodeInventory(inventory({ os }), 'digest'),
        report: encodeReport(report(told)),
      },
    })
  }

  report(told: Partial<MachineReport>): void {
    this.say({ report: encodeReport(report(told)) })
  }

  say(message: SessionRequest): void {
    this.#stream.write(message)
  }

  /** The next message of a kind that was not taken yet, as soon as it is there. */
  async take(kind: HeardKind): Promise<Heard> {
    for (;;) {
      const from = this.#next.get(kind) ?? 0
      const found = this.heard.findIndex((message, index) => index >= from && message.message === kind)
      const message = this.heard[found]
      if (message !== undefined) {
        this.#next.set(kind, found + 1)
        return message
      }
      if (this.#isOver) throw new Error(`the session ended before a ${kind} came: ${JSON.stringify(await this.end)}`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Once all that was said before is taken in, and all that was ordered because of it is here. */
  async settled(): Promise<void> {
    this.#beats += 1
    const beat = this.#beats
    this.say({ heartbeat: beat })
    while ((await this.take('heartbeat')).heartbeat !== beat);
  }

  count(kind: HeardKind): number {
    return this.heard.filter(({ message }) => message === kind).length
  }

  close(): void {
    this.#stream.cancel()
    this.#connection.close()
  }

  async #listen(): Promise<BilletError | null> {
    let error: BilletError | null = null
    for await (const message of messages<Heard>(this.#stream, () => {})) {
      if (message.ok) {
        this.heard.push(message.value)
        this.#script(this, message.value)
      } else {
        error = message.error
      }
      for (const resume of this.#waiting.splice(0)) resume()
    }
    this.#isOver = true
    for (const resume of this.#waiting.splice(0)) resume()
    return error
  }
}

const AT = instant(1_700_000_000_000)

/** Does at once whatever is ordered: tasks exit with 0, commands say their own name, logs hold one line. */
export const obedient: Script = (agent, message) => {
  const wanted = message.message === 'welcome' ? message.welcome?.desired : message.desired
  if (wanted !== undefined && wanted !== null) obey(agent, must(decoded(wanted)))
  if (message.command !== undefined && message.command !== null) runCommand(agent, message.command.command)
  if (message.log !== undefined && message.log !== null) sendLog(agent, message.log)
}

function decoded(wire: Parameters<typeof decodeDesired>[1]) {
  return { ok: true, value: decodeDesired('desired', wire) } as const
}

function obey(agent: FakeAgent, { epoch, goal, assignment, validation, term }: DesiredState): void {
  const about = { epoch, term, placement: assignment?.placement ?? null }
  switch (goal) {
    case 'prepare':
      return agent.report({ ...about, state: 'prepared' })
    case 'run':
      agent.report({ ...about, state: 'running', startedAt: AT })
      return agent.report({
        ...about,
        state: 'clean',
        startedAt: AT,
        outcome: { kind: 'exited', code: 0, at: AT, reason: '' },
        handBack: { epoch, clean: true, steps: [], at: AT },
      })
    case 'idle':
      return agent.report({
        ...about,
        state: 'idle',
        handBack: { epoch, clean: true, steps: [], at: AT },
        validation: validation === 0 ? null : passed(validation),
      })
  }
}

function runCommand(agent: FakeAgent, name: string): void {
  const ended = { state: 'exited', reason: '', exitCode: 0, stdoutDroppedBytes: 0, stderrDroppedBytes: 0 } as const
  must(parseCommandId(name.slice('commands/'.length)))
  agent.say({ command_chunk: { command: name, stream: 1, data: Buffer.from(name), offset: 0 } })
  agent.say({ command: { command: name, run: encodeProgress({ ...ended, startedAt: AT, endedAt: AT }) } })
}

function sendLog(agent: FakeAgent, { reader }: LogOrder__Output): void {
  agent.say({ log_chunk: { reader, stream: 1, data: Buffer.from('a line\n'), offset: 0 } })
  agent.say({ log_chunk: { reader, end: true } })
}

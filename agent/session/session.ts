import type { ClientDuplexStream } from '@grpc/grpc-js'
import type { Connection } from '../../shared/grpc/client.ts'
import { messages } from '../../shared/grpc/stream.ts'
import type { Logger } from '../../shared/log.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { type CommandId, type Term, parseCommandId } from '../../shared/model/ids.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import { assertNever } from '../../shared/model/result.ts'
import type { UpgradeOrder } from '../../shared/model/run.ts'
import { type Clock, type Milliseconds, hours, milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import { agentServices } from '../../shared/wire/agent_services.ts'
import { decode, durationOf, instantOf, resource } from '../../shared/wire/check.ts'
import { decodeCommandSpec } from '../../shared/wire/command.ts'
import { decodeDesired } from '../../shared/wire/desired.ts'
import type { CommandOrder__Output } from '../../shared/wire/gen/types/billet/v1/CommandOrder.ts'
import type { DesiredState__Output } from '../../shared/wire/gen/types/billet/v1/DesiredState.ts'
import type { HealthPlan__Output } from '../../shared/wire/gen/types/billet/v1/HealthPlan.ts'
import type { SamplingPlan__Output } from '../../shared/wire/gen/types/billet/v1/SamplingPlan.ts'
import type { SessionRequest } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import type { SessionResponse__Output } from '../../shared/wire/gen/types/billet/v1/SessionResponse.ts'
import type { Welcome__Output } from '../../shared/wire/gen/types/billet/v1/Welcome.ts'
import { type HealthPlan, decodeHealthPlan } from '../../shared/wire/health.ts'
import { encodeInventory } from '../../shared/wire/inventory.ts'
import { encodeReport } from '../../shared/wire/report.ts'
import type { Agent, KnownInventory, Logs } from '../ports.ts'
import type { CommandOrders } from './commands.ts'
import { Lease } from './lease.ts'
import { LogReaders } from './log_readers.ts'
import { Outbox } from './outbox.ts'

export const PROTOCOL = 1
const WELCOME_MS = 15_000
const LEASE = seconds(45)
const SAMPLING = seconds(10)

export type SessionOptions = {
  readonly agent: Agent
  readonly commands: CommandOrders
  readonly logs: Logs
  readonly clock: Clock
  /** Leases run by it: it counts suspended time too. */
  readonly sinceBoot: () => Milliseconds
  readonly log: Logger
  readonly agentVersion: string
  readonly bootId: string
  /** This machine's address for others, as seen on the way to a coordinator. */
  readonly peerAddress: (coordinator: string) => Promise<string>
  readonly inventory: () => KnownInventory
  readonly onSampling: (interval: Milliseconds) => void
  /** What the kernel told in this boot. */
  readonly kernelEvents: () => readonly KernelEvent[]
  readonly onHealthPlan: (plan: HealthPlan) => void
  readonly onClockAhead: (milliseconds: number) => void
  /** A coordinator has welcomed this agent. */
  readonly onWelcome: () => void
  readonly onUpgrade: (order: UpgradeOrder | null) => void
}

type Stream = ClientDuplexStream<SessionRequest, SessionResponse__Output>

/** One session, from the hello to its end. */
export class Session {
  readonly #options: SessionOptions
  readonly #stream: Stream
  readonly #over = new AbortController()
  readonly #helloAt: Milliseconds
  #welcomed: { readonly outbox: Outbox; readonly readers: LogReaders; readonly lease: Lease } | null = null
  #beats: { readonly timer: NodeJS.Timeout; readonly period: number } | null = null
  /** Of the newest order of this session. */
  #term: Term | null = null
  #failure: BilletError | null = null

  constructor(options: SessionOptions, connection: Connection, peerAddress: string) {
    this.#options = options
    this.#stream = connection.open(agentServices.AgentService.Session)
    const { agent, sinceBoot, agentVersion, bootId } = options
    const { inventory, digest } = options.inventory()
    this.#helloAt = sinceBoot()
    this.#stream.write({
      hello: {
        protocol: PROTOCOL,
        agent_version: agentVersion,
        boot_id: bootId,
        inventory: encodeInventory(inventory, digest),
        report: encodeReport(agent.report()),
        peer_address: peerAddress,
      },
    })
  }

  /** Where to send while there was a welcome and no end. */
  get outbox(): Outbox | null {
    return this.#over.signal.aborted ? null : (this.#welcomed?.outbox ?? null)
  }

  /** Resolves when it is over, with why; null where the coordinator or the signal simply ended it. */
  async run(signal: AbortSignal): Promise<BilletError | null> {
    const cancel = (): void => this.#stream.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    const patience = setTimeout(() => {
      this.#fail(billetError('deadline_exceeded', `No welcome came within ${WELCOME_MS / 1000} s.`))
    }, WELCOME_MS)
    try {
      for await (const message of messages<SessionResponse__Output>(this.#stream, cancel)) {
        if (!message.ok) {
          this.#failure ??= signal.aborted ? null : message.error
          break
        }
        if (message.value.message === 'welcome') clearTimeout(patience)
        this.#take(message.value)
      }
      return this.#failure
    } finally {
      clearTimeout(patience)
      signal.removeEventListener('abort', cancel)
      this.#close()
    }
  }

  get wasWelcomed(): boolean {
    return this.#welcomed !== null
  }

  #close(): void {
    this.#over.abort()
    if (this.#beats !== null) clearInterval(this.#beats.timer)
    if (this.#welcomed === null) return
    this.#options.commands.detach()
    this.#welcomed.outbox.close()
  }

  #fail(error: BilletError): void {
    this.#failure ??= error
    this.#stream.cancel()
  }

  #take(message: SessionResponse__Output): void {
    const { message: kind } = message
    if (kind === 'welcome') return this.#welcome(message.welcome ?? null)
    const welcomed = this.#welcomed
    // The welcome carries all that is wanted, and what else was ordered is ordered again after it.
    if (welcomed === null) return this.#options.log.debug({ kind }, 'an order before the welcome was passed over')
    switch (kind) {
      case 'desired':
        return this.#order(message.desired ?? null)
      case 'sampling':
        return this.#sampling(message.sampling ?? null)
      case 'health':
        return this.#health(message.health ?? null)
      case 'command':
        return this.#command(message.command ?? null)
      case 'cancel_command':
        return this.#ofCommand(message.cancel_command, (id) => this.#options.commands.cancel(id))
      case 'acknowledge_command':
        return this.#ofCommand(message.acknowledge_command, (id) => void this.#options.commands.acknowledge(id))
      case 'log':
        return message.log === null || message.log === undefined ? undefined : welcomed.readers.order(message.log)
      case 'log_grant':
        return welcomed.readers.grant(message.log_grant?.reader ?? 0, message.log_grant?.bytes ?? 0)
      case 'log_cancel':
        return welcomed.readers.cancel(message.log_cancel ?? 0)
      case 'heartbeat':
        return this.#renewed(welcomed.lease.answered(message.heartbeat ?? 0))
      case undefined:
        // A kind of order that this agent does not know: a newer coordinator lives with that.
        return this.#options.log.debug({}, 'an order of an unknown kind was passed over')
      default:
        return assertNever(kind)
    }
  }

  #welcome(welcome: Welcome__Output | null): void {
    const { agent, logs, log, commands, clock } = this.#options
    const terms = decode(() => ({
      lease: durationOf('welcome.lease', welcome?.lease ?? null, LEASE, hours(24)),
      time: instantOf('welcome.time', welcome?.time ?? null),
    }))
    if (!terms.ok) return this.#fail(terms.error)
    if (this.#welcomed !== null) return
    const outbox = new Outbox(this.#stream)
    const readers = new LogReaders({ agent, logs, outbox, log, signal: this.#over.signal })
    const lease = new Lease(terms.value.lease, this.#helloAt)
    this.#welcomed = { outbox, readers, lease }
    this.#options.onClockAhead(clock.now() - terms.value.time)
    this.#options.onWelcome()
    commands.attach(outbox)
    // What happened since the hello was said.
    outbox.report(agent.report())
    outbox.kernelEvents(this.#options.kernelEvents())
    this.#sampling(welcome?.sampling ?? null)
    this.#order(welcome?.desired ?? null, this.#helloAt)
    if (this.#beats === null) this.#pace(lease.length)
  }

  /** Three renewals within the shortest lease that anything goes by. */
  #pace(shortest: Milliseconds): void {
    const welcomed = this.#welcomed
    const period = Math.max(1000, shortest / 3)
    if (welcomed === null || this.#beats?.period === period) return
    const { outbox, lease } = welcomed
    // What was renewed last was paced for a longer lease.
    const isShorter = this.#beats !== null && period < this.#beats.period
    if (this.#beats !== null) clearInterval(this.#beats.timer)
    this.#beats = { timer: setInterval(() => this.#beat(outbox, lease), period), period }
    if (isShorter) this.#beat(outbox, lease)
  }

  #renewed(sentAt: Milliseconds | null): void {
    if (sentAt !== null && this.#term !== null) this.#options.agent.renewed(sentAt, this.#term)
  }

  #beat(outbox: Outbox, lease: Lease): void {
    const now = this.#options.sinceBoot()
    if (lease.hasEnded(now)) {
      this.#fail(billetError('unavailable', 'The coordinator answered no heartbeat for a whole lease.'))
    } else {
      outbox.heartbeat(lease.ask(now))
    }
  }

  /** An order that cannot be read is passed over: the machine is better seen than away. */
  #order(wire: DesiredState__Output | null, helloAt: Milliseconds | null = null): void {
    const desired = decode(() => decodeDesired('desired', wire))
    if (!desired.ok) return this.#options.log.error({ reason: desired.error.message }, 'an order cannot be read')
    this.#term = desired.value.term
    const length = this.#welcomed?.lease.length ?? LEASE
    const lease = desired.value.assignment?.lease ?? length
    this.#pace(lease < length ? lease : length)
    this.#options.agent.order(desired.value)
    // A welcome answers the hello. After its order: what an older one wanted may be given to another machine by now.
    this.#renewed(helloAt)
    this.#options.onUpgrade(desired.value.upgrade)
  }

  #sampling(wire: SamplingPlan__Output | null): void {
    const interval = decode(() => durationOf('sampling.interval', wire?.interval ?? null, SAMPLING, minutes(60)))
    if (interval.ok) this.#options.onSampling(milliseconds(Math.max(100, interval.value)))
    if (this.#welcomed !== null) this.#welcomed.outbox.takesChanges = wire?.changes ?? false
  }

  #health(wire: HealthPlan__Output | null): void {
    const plan = decode(() => decodeHealthPlan('health', wire))
    if (plan.ok) this.#options.onHealthPlan(plan.value)
    else this.#options.log.error({ reason: plan.error.message }, 'rules of health cannot be read; the old ones stay')
  }

  #command(wire: CommandOrder__Output | null): void {
    const order = decode(() => ({
      id: resource('command.command', 'commands', wire?.command ?? '', parseCommandId),
      spec: decodeCommandSpec('command.spec', wire?.spec ?? null),
    }))
    if (order.ok) this.#options.commands.order(order.value.id, order.value.spec)
    else this.#options.log.error({ reason: order.error.message }, 'a command cannot be read')
  }

  #ofCommand(name: string | undefined, act: (id: CommandId) => void): void {
    const id = decode(() => resource('command', 'commands', name ?? '', parseCommandId))
    if (id.ok) act(id.value)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { type ClientTls, Connection } from '../../shared/grpc/client.ts'
import type { BilletError } from '../../shared/model/errors.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import type { MachineReport } from '../../shared/model/run.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { type Milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import { encodeInventory } from '../../shared/wire/inventory.ts'
import type { KnownInventory } from '../ports.ts'
import { Backoff } from './backoff.ts'
import { Session, type SessionOptions } from './session.ts'

export type LinkOptions = SessionOptions & {
  /** Coordinators as "host:port"; the next is tried when one cannot be reached. */
  readonly addresses: readonly string[]
  /** Asked for anew with each connection, since certificates are renewed. */
  readonly tls: () => ClientTls
  readonly backoffBase: Milliseconds
  readonly backoffCap: Milliseconds
  readonly random: () => number
}

/** A session that lasted so long was a good one: the next failure is the first again. */
const STABLE = seconds(30)
/** Two machines with one identity would end each other's sessions for ever; slowly, they can be found. */
const SUPERSEDED = minutes(5)

/** Keeps a session with the coordinator for as long as it is let. */
export class SessionLink {
  readonly #options: LinkOptions
  #session: Session | null = null
  #renew = new AbortController()

  constructor(options: LinkOptions) {
    this.#options = options
  }

  report(report: MachineReport): void {
    this.#session?.outbox?.report(report)
  }

  sample(schema: SampleSchema, sample: Sample): void {
    this.#session?.outbox?.sample(schema, sample)
  }

  kernelEvents(events: readonly KernelEvent[]): void {
    this.#session?.outbox?.kernelEvents(events)
  }

  inventory({ inventory, digest }: KnownInventory): void {
    this.#session?.outbox?.inventory({ inventory: encodeInventory(inventory, digest) })
  }

  get isConnected(): boolean {
    return (this.#session?.outbox ?? null) !== null
  }

  /** Ends the session, so that the next one begins with the new certificate. */
  reconnect(): void {
    this.#renew.abort()
  }

  /** Resolves when the signal fires and the last session is closed. */
  async run(signal: AbortSignal): Promise<void> {
    const { backoffBase: base, backoffCap: cap, random, clock } = this.#options
    const backoff = new Backoff({ base, cap, random })
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const { addresses } = this.#options
      const address = addresses[attempt % addresses.length]
      if (address === undefined) throw new Error('no coordinator to connect to')
      const begun = clock.monotonic()
      this.#renew = new AbortController()
      const end = await this.#connect(address, AbortSignal.any([signal, this.#renew.signal]))
      if (signal.aborted) return
      if (this.#renew.signal.aborted) continue
      const isStable = clock.monotonic() - begun >= STABLE
      if (end.welcomed && isStable) backoff.reset()
      // A coordinator that had us is asked first again; one that did not, after the others.
      if (end.welcomed) attempt -= 1
      const wait = this.#wait(end.error, backoff)
      this.#tell(address, end, wait)
      await sleep(wait, undefined, { signal }).catch(() => undefined)
    }
  }

  async #connect(address: string, signal: AbortSignal) {
    const peerAddress = await this.#options.peerAddress(address)
    const connection = new Connection(address, this.#options.tls())
    const session = new Session(this.#options, connection, peerAddress)
    this.#session = session
    try {
      const error = await session.run(signal)
      return { error, welcomed: session.wasWelcomed }
    } finally {
      this.#session = null
      connection.close()
    }
  }

  #wait(error: BilletError | null, backoff: Backoff): Milliseconds {
    const wait = backoff.next()
    return error?.kind === 'session_superseded' && wait < SUPERSEDED ? SUPERSEDED : wait
  }

  #tell(address: string, end: { readonly error: BilletError | null; readonly welcomed: boolean }, wait: number): void {
    const { log } = this.#options
    const fields = { coordinator: address, reason: end.error?.message ?? 'ended', wait_ms: Math.round(wait) }
    if (end.error?.kind === 'session_superseded') {
      log.error(fields, 'another machine uses the identity of this one: was its disk copied?')
    } else if (end.welcomed) {
      log.info(fields, 'session ended')
    } else {
      log.warn(fields, 'no session with the coordinator')
    }
  }
}

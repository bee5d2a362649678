import type { MessageSink } from '../../shared/grpc/stream.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import type { MachineReport } from '../../shared/model/run.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import type { SessionRequest } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import { encodeKernelEvent } from '../../shared/wire/kernel_event.ts'
import { encodeReport } from '../../shared/wire/report.ts'
import { encodeChanges, encodeSample, encodeSchema } from '../../shared/wire/telemetry.ts'

/** A coordinator that lost its copy of the last sample is given a whole one after so many changes at most. */
const CHANGES_MAX = 127

/**
 * The sending half of a session. What says a whole state is kept once, and its newest wins; output waits at its
 * source until there is room. So a coordinator that reads slowly costs the machine nothing.
 */
export class Outbox {
  readonly #sink: MessageSink<SessionRequest>
  #blocked = false
  #closed = false
  #report: MachineReport | null = null
  #inventory: SessionRequest | null = null
  #heartbeat: number | null = null
  #kernelEvents: readonly KernelEvent[] | null = null
  #sample: { readonly schema: SampleSchema; readonly sample: Sample } | null = null
  #schemaSent: number | null = null
  /** The coordinator's copy of the last sample, and how many changes were sent since a whole one. */
  #sent: { readonly schemaId: number; readonly values: Float64Array; changes: number } | null = null
  /** Whether the coordinator takes changes in place of whole samples. */
  takesChanges = false
  /** Newest state of each command, by its name. */
  readonly #commands = new Map<string, SessionRequest>()
  readonly #waiting: ((room: boolean) => void)[] = []

  constructor(sink: MessageSink<SessionRequest>) {
    this.#sink = sink
    sink.on('drain', () => {
      this.#blocked = false
      this.#flush()
    })
  }

  report(report: MachineReport): void {
    this.#report = report
    this.#flush()
  }

  inventory(message: SessionRequest): void {
    this.#inventory = message
    this.#flush()
  }

  command(name: string, message: SessionRequest): void {
    this.#commands.set(name, message)
    this.#flush()
  }

  kernelEvents(events: readonly KernelEvent[]): void {
    this.#kernelEvents = events
    this.#flush()
  }

  heartbeat(number: number): void {
    this.#heartbeat = number
    this.#flush()
  }

  /** A sample that could not go before the next one came is dropped. */
  sample(schema: SampleSchema, sample: Sample): void {
    this.#sample = { schema, sample }
    this.#flush()
  }

  /** Sends a piece of output when there is room for it; false where the session ended first. */
  async output(message: SessionRequest): Promise<boolean> {
    while (this.#blocked && !this.#closed) {
      await new Promise<boolean>((resolve) => this.#waiting.push(resolve))
    }
    if (this.#closed) return false
    this.#write(message)
    this.#flush()
    return true
  }

  close(): void {
    this.#closed = true
    for (const wake of this.#waiting.splice(0)) wake(false)
  }

  #write(message: SessionRequest): void {
    this.#blocked = !this.#sink.write(message)
  }

  #flush(): void {
    while (!this.#blocked && !this.#closed) {
      const message = this.#next()
      if (message === null) break
      this.#write(message)
    }
    if (this.#blocked || this.#closed) return
    // One at a time, so that states that changed meanwhile go before the next piece.
    this.#waiting.shift()?.(true)
  }

  #next(): SessionRequest | null {
    if (this.#report !== null) {
      const report = encodeReport(this.#report)
      this.#report = null
      return { report }
    }
    if (this.#heartbeat !== null) {
      const heartbeat = this.#heartbeat
      this.#heartbeat = null
      return { heartbeat }
    }
    for (const [name, message] of this.#commands) {
      this.#commands.delete(name)
      return message
    }
    if (this.#inventory !== null) {
      const message = this.#inventory
      this.#inventory = null
      return message
    }
    if (this.#kernelEvents !== null) {
      const events = this.#kernelEvents.map(encodeKernelEvent)
      this.#kernelEvents = null
      return { kernel_events: { events } }
    }
    return this.#nextSample()
  }

  #nextSample(): SessionRequest | null {
    if (this.#sample === null) return null
    const { schema, sample } = this.#sample
    if (schema.id !== this.#schemaSent) {
      this.#schemaSent = schema.id
      return { schema: encodeSchema(schema) }
    }
    this.#sample = null
    const sent = this.#sent
    const isWhole = !this.takesChanges || sent?.schemaId !== sample.schemaId || sent.changes >= CHANGES_MAX
    const message = isWhole ? { sample: encodeSample(sample) } : { changes: encodeChanges(sample, sent.values) }
    this.#sent = { schemaId: sample.schemaId, values: sample.values, changes: isWhole ? 0 : sent.changes + 1 }
    return message
  }
}

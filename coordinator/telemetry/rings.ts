import type { MachineId } from '../../shared/model/ids.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import type { Instant } from '../../shared/model/time.ts'
import { type MachineSamples, SampleRing } from './ring.ts'

export type TelemetryItem =
  | { readonly kind: 'schema'; readonly machine: MachineId; readonly schema: SampleSchema }
  | { readonly kind: 'sample'; readonly machine: MachineId; readonly sample: Sample; readonly missed: number }

export type TelemetrySpan = {
  readonly from: Instant | null
  readonly to: Instant | null
  readonly limit: number
}

export type RingsOptions = {
  /** Samples kept per machine. */
  readonly samplesPerMachine: number
  /** Told when the first subscriber of a machine comes and when the last one leaves. */
  readonly onDemand: (machine: MachineId, watched: boolean) => void
}

type Kept = { ring: SampleRing; before: SampleRing | undefined }

/** Recent samples of every machine, in memory alone: telemetry never touches the fleet's state. */
export class TelemetryRings {
  readonly #options: RingsOptions
  readonly #machines = new Map<MachineId, Kept>()
  readonly #subscribers = new Map<MachineId, Set<Subscriber>>()
  #dropped = 0

  constructor(options: RingsOptions) {
    this.#options = options
  }

  /** Samples that came with a wrong number of values, or before their schema. */
  get dropped(): number {
    return this.#dropped
  }

  schema(machine: MachineId, schema: SampleSchema): void {
    const kept = this.#machines.get(machine)
    this.#machines.set(machine, {
      ring: new SampleRing(schema, this.#options.samplesPerMachine),
      before: kept?.ring,
    })
  }

  sample(machine: MachineId, sample: Sample): boolean {
    const kept = this.#machines.get(machine)
    if (kept === undefined || kept.ring.schema.id !== sample.schemaId || !kept.ring.add(sample)) {
      this.#dropped += 1
      return false
    }
    for (const subscriber of this.#subscribers.get(machine) ?? []) subscriber.offer(machine, kept.ring.schema, sample)
    return true
  }

  /** A machine that left the fleet leaves no samples behind. */
  forget(machine: MachineId): void {
    this.#machines.delete(machine)
  }

  latest(machines: readonly MachineId[]): readonly MachineSamples[] {
    return machines.flatMap((machine) => {
      const ring = this.#machines.get(machine)?.ring
      return ring === undefined || ring.written === 0 ? [] : { machine, schema: ring.schema, samples: ring.newest(1) }
    })
  }

  range(machine: MachineId, { from, to, limit }: TelemetrySpan): readonly MachineSamples[] {
    const kept = this.#machines.get(machine)
    if (kept === undefined) return []
    const found: MachineSamples[] = []
    let left = limit
    for (const ring of [kept.ring, kept.before]) {
      if (ring === undefined || left === 0) continue
      const samples = ring.between(from ?? 0, to ?? Number.POSITIVE_INFINITY, left)
      left -= samples.length
      if (samples.length > 0) found.unshift({ machine, schema: ring.schema, samples })
    }
    return found
  }

  isWatched(machine: MachineId): boolean {
    return this.#subscribers.has(machine)
  }

  async *subscribe(
    machines: readonly MachineId[],
    signal: AbortSignal,
  ): AsyncGenerator<TelemetryItem, void, undefined> {
    const subscriber = new Subscriber()
    const wanted = new Set(machines)
    for (const machine of wanted) this.#join(machine, subscriber)
    signal.addEventListener('abort', subscriber.wake)
    try {
      while (!signal.aborted) {
        const items = subscriber.take()
        yield* items
        if (items.length === 0) await subscriber.next()
      }
    } finally {
      signal.removeEventListener('abort', subscriber.wake)
      for (const machine of wanted) this.#leave(machine, subscriber)
    }
  }

  #join(machine: MachineId, subscriber: Subscriber): void {
    const others = this.#subscribers.get(machine) ?? new Set()
    this.#subscribers.set(machine, others.add(subscriber))
    if (others.size === 1) this.#options.onDemand(machine, true)
  }

  #leave(machine: MachineId, subscriber: Subscriber): void {
    const others = this.#subscribers.get(machine)
    others?.delete(subscriber)
    if (others?.size !== 0) return
    this.#subscribers.delete(machine)
    this.#options.onDemand(machine, false)
  }
}

type Offered = { schema: SampleSchema; sample: Sample; missed: number }

/** One reader: of each machine it holds the newest sample alone, and how many it did not get to see. */
class Subscriber {
  readonly #offered = new Map<MachineId, Offered>()
  readonly #schemas = new Map<MachineId, SampleSchema>()
  #woken: (() => void) | undefined

  readonly wake = (): void => {
    this.#woken?.()
    this.#woken = undefined
  }

  offer(machine: MachineId, schema: SampleSchema, sample: Sample): void {
    const waiting = this.#offered.get(machine)
    this.#offered.set(machine, { schema, sample, missed: waiting === undefined ? 0 : waiting.missed + 1 })
    this.wake()
  }

  take(): readonly TelemetryItem[] {
    const items: TelemetryItem[] = []
    for (const [machine, { schema, sample, missed }] of this.#offered) {
      if (this.#schemas.get(machine) !== schema) items.push({ kind: 'schema', machine, schema })
      this.#schemas.set(machine, schema)
      items.push({ kind: 'sample', machine, sample, missed })
    }
    this.#offered.clear()
    return items
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#woken = resolve
    })
  }
}

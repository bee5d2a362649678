import type { MachineId, PlacementId } from '../../shared/model/ids.ts'
import type { Metric, Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { type Instant, type Milliseconds, seconds } from '../../shared/model/time.ts'
import { Subscription } from '../../shared/subscription.ts'
import { MetricPool } from './metric_pool.ts'
import { type MachineSamples, SampleRing, rowBytes, sameMetrics } from './ring.ts'

export type TelemetryItem =
  | { readonly kind: 'schema'; readonly machine: MachineId; readonly schema: SampleSchema }
  | { readonly kind: 'sample'; readonly machine: MachineId; readonly sample: Sample; readonly missed: number }

export type TelemetrySpan = {
  readonly from: Instant | null
  readonly to: Instant | null
  readonly limit: number
}

export type RingsOptions = {
  /** Samples kept per machine; fewer where `bytesMax` does not hold so many. */
  readonly samplesPerMachine: number
  /** For the samples of all machines together, each having an equal share; 1 GiB where nothing is said. */
  readonly bytesMax?: number
  /** Told when the first subscriber of a machine comes, and some time after the last one left. */
  readonly onDemand: (machine: MachineId, watched: boolean) => void
  /** The placement that holds a machine now; null where none does. */
  readonly holderOf?: (machine: MachineId) => PlacementId | null
  /** Told every sample that is kept, with the placement that holds the machine. */
  readonly onSample?: OnSample
  /** How long a machine counts as watched after its last subscriber; 5 s where nothing is said. */
  readonly linger?: Milliseconds
}

const BYTES_MAX = 1024 ** 3
const LINGER = seconds(5)
/** However many machines there are, each keeps so many samples. */
const ROWS_LEAST = 2
/** Schemas of one machine whose samples are kept, the one in use among them. */
const SCHEMAS_KEPT = 4

/**
 * A machine that is looked at, and by whom: with a placement, for its tenant, who sees what came since the placement
 * holds the machine; with null, for somebody who sees everything.
 */
export type Sight = { readonly machine: MachineId; readonly holder: PlacementId | null }

/** A machine's rings, and the number of the first sample in them that may be seen. */
export type Seen = {
  readonly rings: readonly SampleRing[]
  readonly since: number
  /** Number of the first sample that came since somebody, or nobody, holds the machine as now. */
  readonly heldSince: number
}

type OnSample = (machine: MachineId, holder: PlacementId | null, metrics: readonly Metric[], sample: Sample) => void

type Kept = {
  /** The one in use last. */
  readonly rings: SampleRing[]
  holder: PlacementId | null
  /** Number of the first sample that came since the holder holds the machine. */
  heldSince: number
}
type Watched = { readonly subscribers: Set<Subscriber>; lingering: NodeJS.Timeout | undefined }

/** Recent samples of every machine, in memory alone: telemetry never touches the fleet's state. */
export class TelemetryRings {
  readonly #samplesPerMachine: number
  readonly #bytesMax: number
  readonly #linger: Milliseconds
  readonly #onDemand: RingsOptions['onDemand']
  readonly #holderOf: (machine: MachineId) => PlacementId | null
  readonly #onSample: OnSample
  readonly #pool = new MetricPool()
  readonly #machines = new Map<MachineId, Kept>()
  readonly #watched = new Map<MachineId, Watched>()
  #dropped = 0
  #taken = 0
  #fittedTo = 0

  constructor({ samplesPerMachine, onDemand, bytesMax = BYTES_MAX, linger = LINGER, ...more }: RingsOptions) {
    this.#holderOf = more.holderOf ?? (() => null)
    this.#onSample = more.onSample ?? (() => {})
    this.#samplesPerMachine = samplesPerMachine
    this.#bytesMax = bytesMax
    this.#linger = linger
    this.#onDemand = onDemand
  }

  /** Samples that did not fit their schema, held an infinite number, or came before any schema. */
  get dropped(): number {
    return this.#dropped
  }

  /** Samples that were kept, all that there ever were. */
  get taken(): number {
    return this.#taken
  }

  /** What all samples take now. */
  get bytes(): number {
    let bytes = 0
    for (const { rings } of this.#machines.values()) for (const ring of rings) bytes += ring.bytes
    return bytes
  }

  /** What the next samples of a machine mean. Metrics that did not change go on where they were. */
  schema(machine: MachineId, told: SampleSchema): void {
    const kept = this.#machines.get(machine) ?? { rings: [], holder: this.#holderOf(machine), heldSince: 0 }
    this.#machines.set(machine, kept)
    const ring = kept.rings.at(-1)
    const schema = { id: told.id, metrics: this.#pool.share(told.metrics) }
    if (ring !== undefined && sameMetrics(ring.schema, schema)) {
      ring.rename(schema)
    } else {
      if (ring?.length === 0) kept.rings.pop()
      kept.rings.push(new SampleRing(schema, ring?.sequence))
    }
    if (kept.rings.length > SCHEMAS_KEPT) kept.rings.shift()
    this.#fit()
  }

  /** False where the sample was dropped. */
  sample(machine: MachineId, sample: Sample): boolean {
    const kept = this.#machines.get(machine)
    const ring = kept?.rings.at(-1)
    if (kept === undefined || ring === undefined || !fits(ring.schema, sample)) {
      this.#dropped += 1
      return false
    }
    const rowsMax = this.#rowsMax(ring.schema)
    ring.add(sample, rowsMax)
    this.#taken += 1
    this.#onSample(machine, kept.holder, ring.metrics, sample)
    if (kept.rings.length > 1) this.#shed(kept, rowsMax)
    const watched = this.#watched.get(machine)
    if (watched !== undefined) {
      for (const subscriber of watched.subscribers) subscriber.offer(machine, ring.schema, sample)
    }
    return true
  }

  /** A machine that left the fleet leaves no samples behind. */
  forget(machine: MachineId): void {
    this.#machines.delete(machine)
  }

  /** Somebody else may hold the machine from now on: what was measured before is not the new holder's to see. */
  holderChanged(machine: MachineId): void {
    const kept = this.#machines.get(machine)
    const holder = this.#holderOf(machine)
    if (kept === undefined || kept.holder === holder) return
    kept.holder = holder
    kept.heldSince = kept.rings.at(-1)?.sequence ?? 0
  }

  /** Undefined where nothing of the machine may be seen, or there is nothing. */
  seen({ machine, holder }: Sight): Seen | undefined {
    const kept = this.#machines.get(machine)
    if (kept === undefined || (holder !== null && kept.holder !== holder)) return undefined
    return { rings: kept.rings, since: holder === null ? 0 : kept.heldSince, heldSince: kept.heldSince }
  }

  latest(sights: readonly Sight[]): readonly MachineSamples[] {
    return sights.flatMap((sight) => {
      const seen = this.seen(sight)
      const ring = seen?.rings.findLast(({ length }) => length > 0)
      const samples = ring?.newest(1, seen?.since) ?? []
      return ring === undefined || samples.length === 0 ? [] : { machine: sight.machine, schema: ring.schema, samples }
    })
  }

  range(sight: Sight, { from, to, limit }: TelemetrySpan): readonly MachineSamples[] {
    const found: MachineSamples[] = []
    const seen = this.seen(sight)
    let left = limit
    for (const ring of seen?.rings.toReversed() ?? []) {
      const samples = ring.between(from ?? 0, to ?? Number.POSITIVE_INFINITY, left, seen?.since)
      left -= samples.length
      if (samples.length > 0) found.unshift({ machine: sight.machine, schema: ring.schema, samples })
    }
    return found
  }

  /** Machines of which there is a sample, in no stated order. */
  machines(): readonly MachineId[] {
    return [...this.#machines.keys()]
  }

  /** Machines that somebody watches. */
  get watched(): number {
    return this.#watched.size
  }

  isWatched(machine: MachineId): boolean {
    return this.#watched.has(machine)
  }

  /** A sight with a holder gives samples for as long as that one holds the machine, and nothing after. */
  subscribe(sights: readonly Sight[], signal: AbortSignal): Subscription<TelemetryItem> {
    const wanted = new Set(signal.aborted ? [] : sights.map(({ machine }) => machine))
    const holders = new Map(sights.map(({ machine, holder }) => [machine, holder]))
    const subscriber = new Subscriber((machine) => {
      return this.seen({ machine, holder: holders.get(machine) ?? null }) !== undefined
    })
    const subscription = new Subscription({
      take: () => (signal.aborted ? undefined : subscriber.take()),
      leave: () => {
        for (const machine of wanted) this.#leave(machine, subscriber)
      },
      signal,
    })
    subscriber.onOffer = () => subscription.wake()
    for (const machine of wanted) this.#join(machine, subscriber)
    return subscription
  }

  #join(machine: MachineId, subscriber: Subscriber): void {
    const watched = this.#watched.get(machine)
    if (watched !== undefined) {
      clearTimeout(watched.lingering)
      watched.subscribers.add(subscriber)
      return
    }
    this.#watched.set(machine, { subscribers: new Set([subscriber]), lingering: undefined })
    this.#onDemand(machine, true)
  }

  /** Whoever looks again soon finds the machine as it was: each change of the beat costs the machine a message. */
  #leave(machine: MachineId, subscriber: Subscriber): void {
    const watched = this.#watched.get(machine)
    watched?.subscribers.delete(subscriber)
    if (watched?.subscribers.size !== 0) return
    clearTimeout(watched.lingering)
    watched.lingering = setTimeout(() => {
      this.#watched.delete(machine)
      this.#onDemand(machine, false)
    }, this.#linger)
    watched.lingering.unref()
  }

  #share(): number {
    return this.#bytesMax / Math.max(1, this.#machines.size)
  }

  #rowsMax(schema: SampleSchema): number {
    const rows = Math.floor(this.#share() / rowBytes(schema))
    return Math.max(ROWS_LEAST, Math.min(this.#samplesPerMachine, rows))
  }

  /** The more machines there are, the smaller is each one's share; all are fitted once there are a tenth more. */
  #fit(): void {
    if (this.#machines.size <= this.#fittedTo * 1.1) return
    this.#fittedTo = this.#machines.size
    for (const kept of this.#machines.values()) {
      const ring = kept.rings.at(-1)
      if (ring === undefined) continue
      const rowsMax = this.#rowsMax(ring.schema)
      ring.limit(rowsMax)
      this.#shed(kept, rowsMax)
    }
  }

  /** Samples of older schemas make room for newer ones, and go before there is a gap between the two. */
  #shed({ rings }: Kept, rowsMax: number): void {
    const share = this.#share()
    let bytes = 0
    for (const ring of rings) bytes += ring.bytes
    if ((rings.at(-1)?.length ?? 0) >= rowsMax) rings.splice(0, rings.length - 1)
    while (rings.length > 1 && bytes > share) bytes -= rings.shift()?.bytes ?? 0
  }
}

function fits(schema: SampleSchema, { schemaId, values }: Sample): boolean {
  if (schemaId !== schema.id || values.length !== schema.metrics.length) return false
  // NaN says that a number could not be read; an infinite one is a mistake.
  for (const value of values) if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return false
  return true
}

type Offered = { schema: SampleSchema; sample: Sample; missed: number }

/** One reader: of each machine it holds the newest sample alone, and how many it did not get to see. */
class Subscriber {
  readonly #offered = new Map<MachineId, Offered>()
  readonly #schemas = new Map<MachineId, SampleSchema>()
  readonly #sees: (machine: MachineId) => boolean
  onOffer = (): void => {}

  constructor(sees: (machine: MachineId) => boolean) {
    this.#sees = sees
  }

  offer(machine: MachineId, schema: SampleSchema, sample: Sample): void {
    if (!this.#sees(machine)) return
    const waiting = this.#offered.get(machine)
    this.#offered.set(machine, { schema, sample, missed: waiting === undefined ? 0 : waiting.missed + 1 })
    this.onOffer()
  }

  /** One item: a sample stays until its schema was taken, and so gives way to a newer one for as long as it can. */
  take(): TelemetryItem | undefined {
    for (const [machine, { schema, sample, missed }] of this.#offered) {
      if (!this.#sees(machine)) {
        this.#offered.delete(machine)
        continue
      }
      if (this.#schemas.get(machine) !== schema) {
        this.#schemas.set(machine, schema)
        return { kind: 'schema', machine, schema }
      }
      this.#offered.delete(machine)
      return { kind: 'sample', machine, sample, missed }
    }
    return undefined
  }
}

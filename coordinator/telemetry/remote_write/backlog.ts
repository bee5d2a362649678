import { isLike } from '../../../shared/model/expression/values.ts'
import type { MachineId } from '../../../shared/model/ids.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import type { QueriedMachine } from '../../../shared/model/telemetry_query.ts'
import { machineLabels, ownLabels } from '../exposition/machine_labels.ts'
import { isMetricName } from '../exposition/text.ts'
import type { SampleRing } from '../ring.ts'
import type { TelemetryRings } from '../rings.ts'
import type { WriteRequestWriter } from './write_request.ts'

export type BacklogOptions = {
  readonly rings: Pick<TelemetryRings, 'machines' | 'seen'>
  readonly machine: (id: MachineId) => QueriedMachine | undefined
  readonly names: readonly string[]
  readonly levels: readonly string[]
}

/**
 * What is still to be sent. The rings themselves are the queue: only a place in each machine's samples is kept here,
 * so what waits is bounded by them, and what the rings let go of before it was sent is counted as dropped.
 */
export class Backlog {
  readonly #options: BacklogOptions
  /** Number of the next sample of each machine. */
  readonly #next = new Map<MachineId, number>()
  readonly #wanted = new Map<string, boolean>()
  #dropped = 0

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  /** Samples of machines that were let go of before they were sent. */
  get dropped(): number {
    return this.#dropped
  }

  /** Samples of machines that wait. */
  get waiting(): number {
    let waiting = 0
    for (const id of this.#options.rings.machines()) {
      const newest = this.#options.rings.seen({ machine: id, holder: null })?.rings.at(-1)?.sequence ?? 0
      waiting += Math.max(0, newest - (this.#next.get(id) ?? 0))
    }
    return waiting
  }

  /** Writes what waits, machine by machine, and gives way after each few samples of one. */
  *write(writer: WriteRequestWriter): Generator<undefined> {
    const all = this.#options.rings.machines()
    const known = new Set(all)
    for (const id of this.#next.keys()) if (!known.has(id)) this.#next.delete(id)
    for (const id of all) while (this.#writeNext(writer, id)) yield
  }

  /**
   * Writes the next few samples of a machine; false where there are none. All is looked up anew: while a receiver that
   * cannot be reached holds the last few back, rings go on, and machines change hands.
   */
  #writeNext(writer: WriteRequestWriter, id: MachineId): boolean {
    const machine = this.#options.machine(id)
    const seen = this.#options.rings.seen({ machine: id, holder: null })
    if (machine === undefined || seen === undefined) return false
    const next = this.#letGo(id, seen.rings)
    const ring = seen.rings.find(({ sequence }) => sequence > next)
    if (ring === undefined) return false
    const from = ring.indexOf(next)
    const to = Math.min(ring.length, from + Math.max(1, Math.floor(VALUES_EACH / Math.max(1, ring.metrics.length))))
    // What was measured before the machine was held is not its holder's.
    const split = Math.min(to, Math.max(from, ring.indexOf(seen.heldSince)))
    this.#writeRows(writer, { ...machine, tenant: null }, ring, from, split)
    this.#writeRows(writer, machine, ring, split, to)
    this.#next.set(id, ring.sequence - ring.length + to)
    return true
  }

  /** What the rings hold no more is dropped. With nothing sent yet, it is of before this sender began. */
  #letGo(id: MachineId, [first]: readonly SampleRing[]): number {
    const from = this.#next.get(id)
    const oldest = first === undefined ? 0 : first.sequence - first.length
    if (from !== undefined) this.#dropped += Math.max(0, oldest - from)
    const next = Math.max(oldest, from ?? 0)
    this.#next.set(id, next)
    return next
  }

  #writeRows(writer: WriteRequestWriter, machine: QueriedMachine, ring: SampleRing, from: number, to: number): void {
    if (from >= to) return
    const { levels } = this.#options
    const common = Object.entries(machineLabels(machine, levels))
    for (const [column, metric] of ring.metrics.entries()) {
      if (!this.#isWanted(metric)) continue
      const samples: { at: number; value: number }[] = []
      for (let row = from; row < to; row += 1) {
        const value = ring.valueOf(row, column)
        if (!Number.isNaN(value)) samples.push({ at: ring.timeOf(row), value })
      }
      if (samples.length === 0) continue
      const labels = [['__name__', metric.name] as const, ...common, ...ownLabels(metric.labels, levels)]
      writer.add({ labels: labels.filter(([, value]) => value !== ''), samples })
    }
  }

  #isWanted({ name }: Metric): boolean {
    const known = this.#wanted.get(name)
    if (known !== undefined) return known
    const isWanted = isMetricName(name) && this.#options.names.some((pattern) => isLike(name, pattern))
    if (this.#wanted.size > NAMES_MAX) this.#wanted.clear()
    this.#wanted.set(name, isWanted)
    return isWanted
  }
}

const NAMES_MAX = 10_000
/** Values of one machine that are written in one go. */
const VALUES_EACH = 1000

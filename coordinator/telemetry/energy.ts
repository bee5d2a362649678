import type { MachineId, PlacementId } from '../../shared/model/ids.ts'
import type { Metric, Sample } from '../../shared/model/telemetry.ts'
import { type Milliseconds, minutes } from '../../shared/model/time.ts'

/** A GPU that does not count its energy tells its power at least. */
const GPU_COUNTER = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION'
const GPU_POWER = 'DCGM_FI_DEV_POWER_USAGE'
/** Counters of energy, and what one of their units is in joules. */
const COUNTERS: Readonly<Record<string, number>> = {
  node_rapl_package_joules_total: 1,
  node_rapl_dram_joules_total: 1,
  [GPU_COUNTER]: 0.001,
}
/** Between two samples further apart than this nothing is known of the power. */
const APART: Milliseconds = minutes(5)
/** More than any machine takes: a number that is amiss must not spoil an account. */
const WATTS_MAX = 100_000

type Columns = {
  readonly counters: readonly { readonly column: number; readonly joules: number }[]
  readonly power: readonly number[]
}

type Last = {
  readonly holder: PlacementId
  readonly metrics: readonly Metric[]
  readonly sample: Sample
}

/** What a machine took since it was asked last. */
export type Metered = { readonly joules: number; readonly seconds: number }

/** Makes energy of the samples of machines that somebody holds. What lies between two samples is its holder's. */
export class EnergyMeter {
  readonly #columns = new WeakMap<readonly Metric[], Columns>()
  readonly #last = new Map<MachineId, Last>()
  readonly #metered = new Map<MachineId, Map<PlacementId, Metered>>()

  take(machine: MachineId, holder: PlacementId | null, metrics: readonly Metric[], sample: Sample): void {
    const last = this.#last.get(machine)
    if (holder === null) {
      if (last !== undefined) this.#last.delete(machine)
      return
    }
    this.#last.set(machine, { holder, metrics, sample })
    // With the first sample of a holder, and with other metrics, it begins anew.
    if (last === undefined || last.holder !== holder || last.metrics !== metrics) return
    const seconds = (sample.at - last.sample.at) / 1000
    const joules = this.#joules(this.#columnsOf(metrics), last.sample.values, sample.values, seconds)
    if (joules === null || seconds <= 0 || joules > WATTS_MAX * seconds) return
    const all = this.#metered.get(machine) ?? new Map<PlacementId, Metered>()
    const before = all.get(holder) ?? { joules: 0, seconds: 0 }
    all.set(holder, { joules: before.joules + joules, seconds: before.seconds + seconds })
    this.#metered.set(machine, all)
  }

  /** All that was metered, and forgets it. */
  drain(): readonly (Metered & { readonly machine: MachineId; readonly holder: PlacementId })[] {
    const drained = [...this.#metered].flatMap(([machine, all]) =>
      Array.from(all, ([holder, metered]) => ({ machine, holder, ...metered })),
    )
    this.#metered.clear()
    return drained
  }

  forget(machine: MachineId): void {
    this.#last.delete(machine)
  }

  /** Null where nothing tells of energy, or what does could not be read. */
  #joules({ counters, power }: Columns, from: Float64Array, to: Float64Array, seconds: number): number | null {
    let sum = 0
    let isKnown = false
    for (const { column, joules } of counters) {
      const grown = (to[column] ?? Number.NaN) - (from[column] ?? Number.NaN)
      // One that fell began anew, somewhere in between.
      if (grown > 0) sum += grown * joules
      if (!Number.isNaN(grown)) isKnown = true
    }
    for (const column of seconds * 1000 > APART ? [] : power) {
      const watts = ((to[column] ?? Number.NaN) + (from[column] ?? Number.NaN)) / 2
      if (watts > 0) sum += watts * seconds
      if (!Number.isNaN(watts)) isKnown = true
    }
    return isKnown ? sum : null
  }

  #columnsOf(metrics: readonly Metric[]): Columns {
    const known = this.#columns.get(metrics)
    if (known !== undefined) return known
    const counted = new Set(metrics.flatMap(({ name, labels }) => (name === GPU_COUNTER ? [labels['UUID']] : [])))
    const columns: Columns = {
      counters: metrics.flatMap(({ name }, column) => {
        const joules = COUNTERS[name]
        return joules === undefined ? [] : [{ column, joules }]
      }),
      power: metrics.flatMap(({ name, labels }, column) =>
        name === GPU_POWER && !counted.has(labels['UUID']) ? [column] : [],
      ),
    }
    this.#columns.set(metrics, columns)
    return columns
  }
}

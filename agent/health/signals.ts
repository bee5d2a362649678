import type { Metric, Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import type { Reading } from './evaluate.ts'

/** What the agent knows of itself and its machine, and is no telemetry. */
export type OwnFacts = {
  /** The last error of writing below the state directory; null where all is well. */
  readonly writeFailure: string | null
  /** How many the machine has on record; null where nobody has counted. */
  readonly gpusExpected: number | null
  /** The machine's clock minus the coordinator's, in milliseconds; null before the first comparison. */
  readonly clockAheadMs: number | null
  readonly isRoot: boolean
  /** Why there is no cgroup v2 for tasks; null where there is one. */
  readonly cgroupFailure: string | null
}

const NAMES = [
  'billet_state_write_failed',
  'billet_gpus_missing',
  'billet_gpus_extra',
  'billet_clock_apart_seconds',
  'billet_agent_unprivileged',
  'billet_cgroup_missing',
] as const

const PCIE_SHORT = 'billet_gpu_pcie_generations_short'

/** Names of the figures that are no telemetry. */
export const signalNames: readonly string[] = [...NAMES, PCIE_SHORT]

const OWN: readonly Metric[] = NAMES.map((name) => ({ name, unit: '', labels: {}, kind: 'gauge' }))

const yes = (holds: boolean): number => (holds ? 1 : 0)

/** Rows of one GPU's use, and of the generation of its PCIe link, now and at best. */
type PcieRows = { readonly use: number; readonly now: number; readonly best: number; readonly metric: Metric }

/** Below this use, in percent, a device may have slowed its link down to save power. */
const BUSY = 10

/** Adds what the agent knows of itself, or makes of several figures, to what its sampler has read. */
export class Signals {
  #telemetry: SampleSchema | null = null
  #schema: SampleSchema = { id: 0, metrics: OWN }
  /** Rows of the metrics of each GPU. */
  #gpus: readonly (readonly number[])[] = []
  #pcie: readonly PcieRows[] = []

  reading(schema: SampleSchema, sample: Sample, own: OwnFacts): Reading {
    if (schema !== this.#telemetry) {
      this.#telemetry = schema
      this.#gpus = rowsOfGpus(schema)
      this.#pcie = pcieOf(schema)
      this.#schema = { id: schema.id, metrics: [...schema.metrics, ...OWN, ...this.#pcie.map(({ metric }) => metric)] }
    }
    const seen = this.#gpus.filter((rows) => rows.some((row) => !Number.isNaN(sample.values[row]))).length
    const { writeFailure, gpusExpected, clockAheadMs, isRoot, cgroupFailure } = own
    const apart = clockAheadMs === null ? Number.NaN : Math.abs(clockAheadMs) / 1000
    const short = gpusExpected === null ? Number.NaN : gpusExpected - seen
    const values = new Float64Array(this.#schema.metrics.length)
    values.set(sample.values)
    values.set(
      [
        yes(writeFailure !== null),
        Math.max(0, short),
        Math.max(0, -short),
        apart,
        yes(!isRoot),
        yes(cgroupFailure !== null),
        ...this.#pcie.map((rows) => generationsShort(rows, sample.values)),
      ],
      sample.values.length,
    )
    const counted = `${seen} of ${gpusExpected ?? 0} GPUs answer`
    const details = new Map<string, string>([
      ['billet_state_write_failed', writeFailure ?? ''],
      ['billet_gpus_missing', counted],
      ['billet_gpus_extra', `${seen} GPUs answer, and ${gpusExpected ?? 0} are on record`],
      ['billet_clock_apart_seconds', `${Math.round(apart)} s ${(clockAheadMs ?? 0) < 0 ? 'behind' : 'ahead of'}`],
      ['billet_cgroup_missing', cgroupFailure ?? ''],
    ])
    return { schema: this.#schema, sample: { ...sample, values }, details }
  }
}

/** A device answers where any of its figures is there, however it is named. */
function rowsOfGpus({ metrics }: SampleSchema): readonly (readonly number[])[] {
  const rows = new Map<string, number[]>()
  metrics.forEach(({ name, labels }, index) => {
    const device = name.startsWith('DCGM_') ? labels.UUID : name.startsWith('gpu_') ? labels.gpu_id : undefined
    if (device !== undefined) rows.set(device, [...(rows.get(device) ?? []), index])
  })
  return [...rows.values()]
}

function pcieOf({ metrics }: SampleSchema): readonly PcieRows[] {
  const rowOf = (name: string, uuid: string): number =>
    metrics.findIndex((metric) => metric.name === name && metric.labels.UUID === uuid)
  return metrics.flatMap(({ name, labels }, best) => {
    if (name !== 'DCGM_FI_DEV_PCIE_MAX_LINK_GEN' || labels.UUID === undefined) return []
    const use = rowOf('DCGM_FI_DEV_GPU_UTIL', labels.UUID)
    const now = rowOf('DCGM_FI_DEV_PCIE_LINK_GEN', labels.UUID)
    return [{ use, now, best, metric: { name: PCIE_SHORT, unit: '', labels, kind: 'gauge' } }]
  })
}

function generationsShort({ use, now, best }: PcieRows, values: Float64Array): number {
  if (!((values[use] ?? 0) >= BUSY)) return Number.NaN
  return (values[best] ?? Number.NaN) - (values[now] ?? Number.NaN)
}

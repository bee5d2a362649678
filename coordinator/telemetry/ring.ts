import type { MachineId } from '../../shared/model/ids.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { instant } from '../../shared/model/time.ts'

/** Samples of one machine under one schema. */
export type MachineSamples = {
  readonly machine: MachineId
  readonly schema: SampleSchema
  readonly samples: readonly Sample[]
}

/**
 * The newest samples of one machine under one schema, as rows of one array: a sample costs its numbers and eight
 * bytes more, and none is ever moved.
 */
export class SampleRing {
  readonly schema: SampleSchema
  readonly #rows: Float64Array
  readonly #times: Float64Array
  readonly #width: number
  readonly #capacity: number
  #written = 0

  constructor(schema: SampleSchema, capacity: number) {
    this.schema = schema
    this.#width = schema.metrics.length
    this.#capacity = capacity
    this.#rows = new Float64Array(this.#width * capacity)
    this.#times = new Float64Array(capacity)
  }

  /** False where the sample has another number of values than its schema. */
  add(sample: Sample): boolean {
    if (sample.values.length !== this.#width) return false
    const row = this.#written % this.#capacity
    this.#rows.set(sample.values, row * this.#width)
    this.#times[row] = sample.at
    this.#written += 1
    return true
  }

  get written(): number {
    return this.#written
  }

  /** The newest `count`, oldest first. */
  newest(count: number): readonly Sample[] {
    const kept = Math.min(this.#written, this.#capacity, count)
    return Array.from({ length: kept }, (_, index) => this.#sample((this.#written - kept + index) % this.#capacity))
  }

  /** The newest `limit` of from <= time < to, oldest first. */
  between(from: number, to: number, limit: number): readonly Sample[] {
    const within = this.newest(this.#capacity).filter(({ at }) => at >= from && at < to)
    return within.slice(-limit)
  }

  #sample(row: number): Sample {
    const values = this.#rows.slice(row * this.#width, (row + 1) * this.#width)
    return { schemaId: this.schema.id, at: instant(this.#times[row] ?? 0), values }
  }
}

import type { MachineId } from '../../shared/model/ids.ts'
import type { Metric, Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { instant } from '../../shared/model/time.ts'

/** Samples of one machine under one schema. */
export type MachineSamples = {
  readonly machine: MachineId
  readonly schema: SampleSchema
  readonly samples: readonly Sample[]
}

/** What one sample of a schema takes: its numbers, and its time. */
export function rowBytes({ metrics }: SampleSchema): number {
  return (metrics.length + 1) * Float64Array.BYTES_PER_ELEMENT
}

/** A machine that said what it measures, and has measured nothing yet, costs next to nothing. */
const ROWS_FIRST = 8

/**
 * The newest samples of one machine under one schema, as rows of one array: a sample costs its numbers and eight
 * bytes more. The array doubles until it holds as many rows as it may, and then overwrites the oldest.
 */
export class SampleRing {
  #schema: SampleSchema
  readonly #width: number
  #rows: Float64Array
  #capacity = 0
  /** Rows that hold a sample, the oldest of them at `#start`. */
  #length = 0
  #start = 0
  /** How many samples of the machine came before the next one. */
  #sequence: number

  constructor(schema: SampleSchema, sequence = 0) {
    this.#schema = schema
    this.#sequence = sequence
    this.#width = schema.metrics.length + 1
    this.#rows = new Float64Array(0)
  }

  get schema(): SampleSchema {
    return this.#schema
  }

  get length(): number {
    return this.#length
  }

  get metrics(): readonly Metric[] {
    return this.#schema.metrics
  }

  /** How many samples of the machine came up to now. */
  get sequence(): number {
    return this.#sequence
  }

  /** Place of the first sample that has at least this number among all of the machine. */
  indexOf(sequence: number): number {
    return Math.max(0, Math.min(this.#length, this.#length - (this.#sequence - sequence)))
  }

  timeOf(index: number): number {
    return this.#rows[this.#offset(index)] ?? Number.NaN
  }

  valueOf(index: number, column: number): number {
    return this.#rows[this.#offset(index) + 1 + column] ?? Number.NaN
  }

  get bytes(): number {
    return this.#rows.byteLength
  }

  /** The same metrics under another identifier, as after a reconnect. */
  rename(schema: SampleSchema): void {
    this.#schema = schema
  }

  /** Adds a sample whose values are as many as the schema's metrics, and keeps at most `rowsMax`. */
  add(sample: Sample, rowsMax: number): void {
    if (this.#capacity > rowsMax) this.#resize(rowsMax)
    else if (this.#length === this.#capacity && this.#capacity < rowsMax) {
      this.#resize(Math.min(rowsMax, Math.max(ROWS_FIRST, this.#capacity * 2)))
    }
    const row = (this.#start + this.#length) % this.#capacity
    this.#rows[row * this.#width] = sample.at
    this.#rows.set(sample.values, row * this.#width + 1)
    this.#sequence += 1
    if (this.#length < this.#capacity) this.#length += 1
    else this.#start = (this.#start + 1) % this.#capacity
  }

  /** Keeps at most the newest `rowsMax`. */
  limit(rowsMax: number): void {
    if (this.#capacity > rowsMax) this.#resize(rowsMax)
  }

  /** The newest, oldest first: `count` of them, from the sample with this number on. */
  newest(count: number, since = 0): readonly Sample[] {
    const kept = Math.min(this.#length - this.indexOf(since), count)
    return Array.from({ length: kept }, (_, index) => this.#sample(this.#length - kept + index))
  }

  /** The newest `limit` of from <= time < to, oldest first, from the sample with this number on. */
  between(from: number, to: number, limit: number, since = 0): readonly Sample[] {
    const found: Sample[] = []
    const first = this.indexOf(since)
    // From the newest back: what is too old for the limit is not even copied.
    for (let index = this.#length - 1; index >= first && found.length < limit; index -= 1) {
      const at = this.#rows[this.#offset(index)] ?? 0
      if (at >= from && at < to) found.push(this.#sample(index))
    }
    return found.toReversed()
  }

  #offset(index: number): number {
    return ((this.#start + index) % this.#capacity) * this.#width
  }

  #sample(index: number): Sample {
    const offset = this.#offset(index)
    const values = this.#rows.slice(offset + 1, offset + this.#width)
    return { schemaId: this.#schema.id, at: instant(this.#rows[offset] ?? 0), values }
  }

  #resize(capacity: number): void {
    const rows = new Float64Array(capacity * this.#width)
    const kept = Math.min(this.#length, capacity)
    for (let index = 0; index < kept; index += 1) {
      const offset = this.#offset(this.#length - kept + index)
      rows.set(this.#rows.subarray(offset, offset + this.#width), index * this.#width)
    }
    this.#rows = rows
    this.#capacity = capacity
    this.#length = kept
    this.#start = 0
  }
}

export function sameMetrics(one: SampleSchema, other: SampleSchema): boolean {
  if (one.metrics.length !== other.metrics.length) return false
  return one.metrics.every((metric, index) => {
    const twin = other.metrics[index]
    return metric === twin || JSON.stringify(metric) === JSON.stringify(twin)
  })
}

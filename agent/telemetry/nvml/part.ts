import type { Pace, Quantity } from './questions.ts'

export type Row = Quantity & {
  /** What tells it from the device's other numbers of this name. */
  readonly labels?: Readonly<Record<string, string>>
}

/** A few numbers about one device that are read together. */
export interface Part {
  readonly pace: Pace
  /** What the numbers mean, in order; another array when that changes. */
  readonly rows: readonly Row[]
  /** Writes the numbers from `offset` on, and NaN for those that cannot be had now; answers with a code. */
  read(values: Float64Array, offset: number): number
}

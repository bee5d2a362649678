import type { Erasure, Fenced } from '../../shared/model/run.ts'

/** What one step of a hand-back came to. */
export type Outcome = {
  readonly passed: boolean
  readonly detail: string
  readonly erased?: Erasure
  readonly fenced?: Fenced
}

export const passed = (detail: string): Outcome => ({ passed: true, detail })
export const failed = (detail: string): Outcome => ({ passed: false, detail })

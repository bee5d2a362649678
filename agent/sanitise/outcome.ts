import type { Erasure } from '../../shared/model/run.ts'

/** What one step of a hand-back came to. */
export type Outcome = { readonly passed: boolean; readonly detail: string; readonly erased?: Erasure }

export const passed = (detail: string): Outcome => ({ passed: true, detail })
export const failed = (detail: string): Outcome => ({ passed: false, detail })

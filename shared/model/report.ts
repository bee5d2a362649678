import type { Epoch } from './ids.ts'

/** One step of a report, with what proved it or what went wrong. */
export type StepReport = {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly durationMs: number
}

/** What was done to make a machine clean after the placement of `epoch`; `ok` only when every step was proved. */
export type SanitiseReport = { readonly epoch: Epoch; readonly steps: readonly StepReport[]; readonly ok: boolean }

export type CheckReport = { readonly name: string; readonly ok: boolean; readonly detail: string }
/** Whether a machine is fit to be placed on, as far as its runtime can tell. */
export type ValidationReport = { readonly checks: readonly CheckReport[]; readonly ok: boolean }

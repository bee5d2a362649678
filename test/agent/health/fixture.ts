import { HealthEvaluator } from '../../../agent/health/evaluate.ts'
import { type OwnFacts, Signals } from '../../../agent/health/signals.ts'
import type { Condition, HealthRule } from '../../../shared/model/health.ts'
import { shippedRules } from '../../../shared/model/health_rules/shipped.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import { type Instant, instant } from '../../../shared/model/time.ts'

const START = 1_700_000_000_000
export const at = (secondsLater: number): Instant => instant(START + secondsLater * 1000)

/** Name, labels and value of what was measured. */
export type Row = readonly [string, Readonly<Record<string, string>>, number]

const WELL: OwnFacts = {
  writeFailure: null,
  gpusExpected: null,
  clockAheadMs: 0,
  isRoot: true,
  cgroupFailure: null,
}

/** A machine that is looked at, reading by reading. */
export class Patient {
  readonly #evaluator: HealthEvaluator
  readonly #signals = new Signals()
  #schema: { readonly id: number; readonly metrics: readonly Metric[] } = { id: 0, metrics: [] }
  conditions: readonly Condition[] = []

  constructor(rules: readonly HealthRule[] = shippedRules) {
    this.#evaluator = new HealthEvaluator(rules)
  }

  /** What stands after a reading so many seconds after the start. */
  look(seconds: number, rows: readonly Row[], own: Partial<OwnFacts> = {}): readonly string[] {
    const metrics = rows.map(([name, labels]): Metric => ({ name, unit: '', labels, kind: 'gauge' }))
    if (JSON.stringify(metrics) !== JSON.stringify(this.#schema.metrics)) {
      this.#schema = { id: this.#schema.id + 1, metrics }
    }
    const values = Float64Array.from(rows, ([, , value]) => value)
    const sample = { schemaId: this.#schema.id, at: at(seconds), values }
    const reading = this.#signals.reading(this.#schema, sample, { ...WELL, ...own })
    this.conditions = this.#evaluator.observe(reading, at(seconds))
    return this.conditions.map(({ id }) => id)
  }
}

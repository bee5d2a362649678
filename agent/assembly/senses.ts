import type { Condition, HealthRule } from '../../shared/model/health.ts'
import { rulesWith } from '../../shared/model/health_rules/shipped.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import type { Clock, Instant } from '../../shared/model/time.ts'
import { HealthEvaluator } from '../health/evaluate.ts'
import { Signals } from '../health/signals.ts'
import type { Senses } from '../ports.ts'
import type { Sampler } from '../telemetry/sampler.ts'
import type { Host } from './host.ts'

export type LocalSensesOptions = {
  readonly sampler: Sampler
  readonly clock: Clock
  readonly host: Host
  /** The last error of writing a task's output, and null where it can be written. */
  readonly writeFailure: () => string | null
}

/** The machine's figures, and what the rules of health say of them. */
export class LocalSenses implements Senses {
  readonly #with: LocalSensesOptions
  readonly #signals = new Signals()
  #rules: readonly HealthRule[] = rulesWith([])
  #health = new HealthEvaluator(this.#rules)
  #gpusExpected: number | null = null
  #clockAheadMs: number | null = null

  constructor(options: LocalSensesOptions) {
    this.#with = options
  }

  schema(): SampleSchema {
    return this.#with.sampler.schema()
  }

  sample(now: Instant): Sample {
    return this.#with.sampler.sample(now)
  }

  conditions(sample: Sample): readonly Condition[] {
    const { host, writeFailure, clock } = this.#with
    const own = {
      writeFailure: writeFailure(),
      gpusExpected: this.#gpusExpected,
      clockAheadMs: this.#clockAheadMs,
      isRoot: host.facts.root,
      cgroupFailure: host.cgroup.kind === 'absent' ? host.cgroup.reason : null,
    }
    return this.#health.observe(this.#signals.reading(this.schema(), sample, own), clock.now())
  }

  clockAhead(milliseconds: number): void {
    this.#clockAheadMs = milliseconds
  }

  /** What this site changes and adds, and how many GPUs the machine has on record; null where nobody has counted. */
  healthPlan(site: readonly HealthRule[], gpusExpected: number | null): void {
    this.#gpusExpected = gpusExpected
    const rules = rulesWith(site)
    // With every session it comes again: what was found under the same rules stands on.
    if (JSON.stringify(rules) === JSON.stringify(this.#rules)) return
    this.#rules = rules
    this.#health = new HealthEvaluator(rules)
  }
}

import type { Condition } from '../../shared/model/health.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import type { Clock, Instant } from '../../shared/model/time.ts'
import { type HealthState, evaluate, noHealth } from '../health/evaluate.ts'
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
  #health: HealthState = noHealth
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
    const facts = {
      schema: this.schema(),
      sample,
      stateDirectory: host.facts.paths.state,
      writeFailure: writeFailure(),
      gpusExpected: null,
      clockAheadMs: this.#clockAheadMs,
      isRoot: host.facts.root,
      cgroupFailure: host.cgroup.kind === 'absent' ? host.cgroup.reason : null,
    }
    this.#health = evaluate(this.#health, facts, clock.now())
    return this.#health.conditions
  }

  clockAhead(milliseconds: number): void {
    this.#clockAheadMs = milliseconds
  }
}

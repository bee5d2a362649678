import type { Metric } from '../../shared/model/telemetry.ts'

/** Metrics that are known at most; with one more, the pool begins anew. */
const METRICS_MAX = 65_536

/**
 * Machines that are alike measure alike: what they say of it is kept once. Of a metric that is a machine's own, such as
 * a GPU's by its UUID, labels and name are shared.
 */
export class MetricPool {
  readonly #metrics = new Map<string, Metric>()
  readonly #names = new Map<string, string>()
  readonly #labels = new Map<string, Metric['labels']>()

  share(metrics: readonly Metric[]): readonly Metric[] {
    return metrics.map((metric) => this.#share(metric))
  }

  #share({ name, unit, labels, kind }: Metric): Metric {
    const labelKey = JSON.stringify(labels)
    const key = JSON.stringify([name, unit, kind, labelKey])
    const known = this.#metrics.get(key)
    if (known !== undefined) return known
    const metric = {
      name: kept(this.#names, name, name),
      unit: kept(this.#names, unit, unit),
      labels: kept(this.#labels, labelKey, labels),
      kind,
    }
    return kept(this.#metrics, key, metric)
  }
}

function kept<Value>(pool: Map<string, Value>, key: string, value: Value): Value {
  const known = pool.get(key)
  if (known !== undefined) return known
  if (pool.size >= METRICS_MAX) pool.clear()
  pool.set(key, value)
  return value
}

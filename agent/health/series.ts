import type { HealthRule } from '../../shared/model/health.ts'
import type { Metric, SampleSchema } from '../../shared/model/telemetry.ts'

/** Where a rule finds one device's number in the samples of a schema. */
export type Series = {
  /** Tells the device from others under the rule. */
  readonly key: string
  /** For people: "gpu 3", or empty where the machine has but one. */
  readonly device: string
  readonly index: number
  /** Of what the number is divided by; null where it is taken as it is. */
  readonly ofIndex: number | null
}

/** Which series each rule looks at, in the order of the rules. */
export function seriesOf(rules: readonly HealthRule[], { metrics }: SampleSchema): readonly (readonly Series[])[] {
  const byName = new Map<string, number[]>()
  metrics.forEach(({ name }, index) => {
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [index])
    else known.push(index)
  })
  return rules.map((rule) => {
    const patterns = Object.entries(rule.labels).map(([label, text]) => [label, patternOf(text)] as const)
    const found: Series[] = []
    for (const index of byName.get(rule.metric) ?? []) {
      const metric = metrics[index]
      if (metric === undefined || !patterns.every(([label, one]) => one(metric.labels[label] ?? ''))) continue
      const ofIndex = rule.of === '' ? null : twin(metric, byName.get(rule.of) ?? [], metrics)
      if (ofIndex === undefined) continue
      found.push({ key: JSON.stringify(metric.labels), device: deviceOf(metric.labels), index, ofIndex })
    }
    return found
  })
}

function twin(metric: Metric, candidates: readonly number[], metrics: readonly Metric[]): number | undefined {
  const labels = JSON.stringify(metric.labels)
  return candidates.find((index) => JSON.stringify(metrics[index]?.labels) === labels)
}

/** Whether a label's value is as a rule says. */
function patternOf(text: string): (value: string) => boolean {
  const isNegated = text.startsWith('!')
  const parts = (isNegated ? text.slice(1) : text).split('|')
  const escaped = parts.map((part) => part.replaceAll(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '.*'))
  const pattern = new RegExp(`^(?:${escaped.join('|')})$`, 's')
  return (value) => pattern.test(value) !== isNegated
}

/** What says nothing more of a device than its number or its name do. */
const UNSAID: ReadonlySet<string> = new Set([
  'modelName',
  'card_model',
  'attribute_id',
  'attribute_value_type',
  'temperature_type',
])

function deviceOf(labels: Readonly<Record<string, string>>): string {
  const said = Object.entries(labels).filter(([label, value]) => !UNSAID.has(label) && value !== '')
  return said.map(([label, value]) => `${label} ${value}`).join(', ')
}

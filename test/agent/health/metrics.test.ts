import test from 'ava'
import { signalNames } from '../../../agent/health/signals.ts'
import { KERNEL_EVENTS } from '../../../agent/telemetry/kernel_patterns.ts'
import { shippedRules } from '../../../shared/model/health_rules/shipped.ts'
import { metricCatalogue } from '../../../shared/model/metrics/catalogue.ts'

test('every metric that a rule looks at is one that agents tell of', (t) => {
  const known = new Map(metricCatalogue.map((metric) => [metric.name, metric]))
  for (const { id, metric, of, labels } of shippedRules) {
    if (signalNames.includes(metric)) continue
    t.true(known.has(metric), `${id}: ${metric}`)
    t.true(of === '' || known.has(of), `${id}: ${of}`)
    for (const label of Object.keys(labels)) t.true(known.get(metric)?.labels.includes(label), `${id}: ${label}`)
  }
})

test('every event of the kernel that a rule looks at is one that its log is read for', (t) => {
  const events = shippedRules.flatMap(({ labels }) => labels.event?.split('|') ?? [])
  t.true(events.length > 10)
  for (const event of events) t.true(KERNEL_EVENTS.includes(event), event)
})

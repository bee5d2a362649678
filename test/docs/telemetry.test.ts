import test from 'ava'
import { KERNEL_EVENTS } from '../../agent/telemetry/kernel_patterns.ts'
import { metricCatalogue } from '../../shared/model/metrics/catalogue.ts'
import { isMade, item, table } from './made.ts'

test('the page on telemetry lists every metric', (t) => {
  const rows = metricCatalogue.map(({ name, kind, unit, labels, source, round, help }) => [
    `\`${name}\``,
    labels.join(', '),
    unit === '' ? kind : `${kind}, ${unit}`,
    source,
    round,
    help,
  ])
  const lines = table(['metric', 'labels', 'kind, unit', 'source', 'round', 'what it is'], rows)
  isMade(t, { path: 'docs/telemetry.md', name: 'metrics', lines })
})

test('the page on telemetry lists every event of the kernel’s log', (t) => {
  const words = KERNEL_EVENTS.map((event) => `\`${event}\``).join(', ')
  isMade(t, { path: 'docs/telemetry.md', name: 'kernel events', lines: item(`Events: ${words}.`) })
})

test('each metric is described once, and counters are called totals', (t) => {
  const names = metricCatalogue.map(({ name }) => name)
  t.deepEqual(names.length, new Set(names).size)
  for (const { name, kind, help } of metricCatalogue) {
    t.true(help.length > 0 && help.length < 90, name)
    // Those have names of other makers.
    if (/^(?:DCGM|node_vmstat|smartctl_device)_/.test(name)) continue
    t.is(name.endsWith('_total'), kind === 'counter', name)
  }
})

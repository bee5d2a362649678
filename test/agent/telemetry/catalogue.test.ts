import test from 'ava'
import { openSampler } from '../../../agent/telemetry/sampler.ts'
import { metricCatalogue } from '../../../shared/model/metrics/catalogue.ts'
import { manualClock, server, tree } from '../../fixtures/proc/tree.ts'

test('every metric that is told is in the catalogue, as it is there', async (t) => {
  const { proc, sys, kernelLog } = tree(t, server(2))
  const sampler = openSampler({ clock: manualClock(), proc, sys, kernelLog, directories: ['/'] })
  t.teardown(() => sampler.close())
  await sampler.settled()
  sampler.sample(manualClock().now())
  const described = new Map(metricCatalogue.map((metric) => [metric.name, metric]))
  for (const { name, kind, unit, labels } of sampler.schema().metrics) {
    const found = described.get(name)
    t.truthy(found, name)
    t.is(found?.kind, kind, name)
    t.is(found?.unit, unit, name)
    for (const label of Object.keys(labels)) t.true(found?.labels.includes(label), `${name} ${label}`)
  }
})

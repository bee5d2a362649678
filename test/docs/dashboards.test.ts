import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import * as v from 'valibot'
import { ownMetrics } from '../../coordinator/telemetry/exposition/own_catalogue.ts'
import { metricCatalogue } from '../../shared/model/metrics/catalogue.ts'
import { directory } from '../cli/fixture.ts'
import { hasProgram, onlyWhere } from '../conditional.ts'
import { isMade, table } from './made.ts'

const DASHBOARD = v.object({
  uid: v.string(),
  title: v.string(),
  templating: v.object({
    list: v.array(v.object({ name: v.string(), query: v.union([v.string(), v.object({ query: v.string() })]) })),
  }),
  panels: v.array(
    v.object({
      id: v.number(),
      title: v.string(),
      gridPos: v.object({ x: v.number(), y: v.number(), w: v.number(), h: v.number() }),
      targets: v.array(v.object({ refId: v.string(), expr: v.string(), legendFormat: v.string() })),
    }),
  ),
})

const folder = join(import.meta.dirname, '..', '..', 'deploy', 'grafana')
const dashboards = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, ...v.parse(DASHBOARD, JSON.parse(readFileSync(join(folder, name), 'utf8'))) }))

const own = Object.entries(ownMetrics)
const histograms = own.flatMap(([name, { kind }]) =>
  kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [],
)
const known = new Set([...metricCatalogue.map(({ name }) => name), ...own.map(([name]) => name), ...histograms])

/** What stands where PromQL has the name of a metric: none of it is a function, a label or a keyword. */
function metricsOf(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '{}')
    .replaceAll(/\b(?:by|without|on|ignoring) *\([^)]*\)/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*(?! *\()\b(?! *\()/g)].map(([name]) => name).filter((name) => name !== 'e6')
}

test('dashboards show metrics that there are, and nothing lies on anything else', (t) => {
  t.deepEqual(
    dashboards.map(({ name }) => name),
    ['coordinator.json', 'fleet.json', 'gpu.json', 'machine.json'],
  )
  t.is(new Set(dashboards.map(({ uid }) => uid)).size, dashboards.length)
  for (const { name, panels, templating } of dashboards) {
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    for (const { query } of templating.list) {
      const text = typeof query === 'string' ? query : query.query
      const [, metric] = /^label_values\(([^,{]+)/.exec(text) ?? []
      if (metric !== undefined) expressions.push(metric)
    }
    for (const expression of expressions) {
      const metrics = metricsOf(expression)
      t.true(metrics.length > 0, expression)
      for (const metric of metrics) t.true(known.has(metric), `${name}: ${metric} in ${expression}`)
    }
    t.is(new Set(panels.map(({ id }) => id)).size, panels.length, name)
    const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)
    t.is(new Set(places).size, places.length, name)
  }
})

const withPromtool = onlyWhere(test, hasProgram('promtool'), 'promtool')

withPromtool('promtool can read every expression of a dashboard', (t) => {
  const rules = dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ targets }) =>
      targets.map(({ expr }, index) => ({ record: `billet:rule:${index}`, expr, labels: { of: expr } })),
    ),
  )
  const path = join(directory(t), 'rules.yml')
  writeFileSync(path, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }))
  const { stdout, stderr, status } = spawnSync('promtool', ['check', 'rules', '--lint=none', path], {
    encoding: 'utf8',
  })
  t.is(status, 0, `${stdout}${stderr}`)
})

test('the page on monitoring has every metric of the coordinator', (t) => {
  const rows = own.map(([name, { kind, unit, labels, help }]) => [
    `\`${name}\``,
    labels.join(', '),
    unit === '' ? kind : `${kind}, ${unit}`,
    help,
  ])
  const lines = table(['metric', 'labels', 'kind, unit', 'what it is'], rows)
  isMade(t, { path: 'docs/monitoring.md', name: 'own-metrics', lines })
})

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, get as getPlain } from 'node:http'
import { type RequestOptions, get as getSecure } from 'node:https'
import { join } from 'node:path'
import test from 'ava'
import { accessOf } from '../../../coordinator/telemetry/exposition/access.ts'
import { ownMetrics } from '../../../coordinator/telemetry/exposition/own_catalogue.ts'
import { parseContextFile } from '../../../shared/context_file.ts'
import { metricCatalogue } from '../../../shared/model/metrics/catalogue.ts'
import { services } from '../../../shared/wire/load.ts'
import { Connection } from '../../../shared/grpc/client.ts'
import { Fleet, directory } from '../../cli/fixture.ts'
import { hasProgram, onlyWhere } from '../../conditional.ts'
import { must, tenant } from '../../fixtures.ts'
import type { FakeAgent } from '../sessions/fake_agent.ts'
import { running } from '../../cli/scripts.ts'

type Scraped = { readonly status: number; readonly type: string; readonly text: string }

function scraped(response: IncomingMessage): Promise<Scraped> {
  return new Promise((resolve, reject) => {
    let text = ''
    response.setEncoding('utf8').on('data', (data: string) => (text += data))
    response.once('error', reject)
    const type = response.headers['content-type'] ?? ''
    response.once('end', () => resolve({ status: response.statusCode ?? 0, type, text }))
  })
}

async function scrape(fleet: Fleet, path: string, tls?: RequestOptions): Promise<Scraped> {
  const [listener] = fleet.coordinator.metrics
  if (listener === undefined) throw new Error('nothing is scraped')
  const where = { host: '127.0.0.1', port: listener.port, path, agent: false }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = tls === undefined ? getPlain(where, resolve) : getSecure({ ...where, ...tls }, resolve)
    asked.once('error', reject)
  })
  return scraped(response)
}

/** Says every metric that an agent can say, with a value of its own. */
async function measure(agent: FakeAgent, value: number): Promise<void> {
  const metrics = metricCatalogue.map(({ name, unit, kind, labels }) => {
    const own = Object.fromEntries(labels.map((label) => [label, `a "${label}"\\\n`]))
    return { name, unit, kind: kind === 'gauge' ? 1 : 2, labels: own } as const
  })
  agent.say({ schema: { id: 1, metrics: [...metrics, { name: 'not a name', kind: 1 as const }] } })
  const time = { seconds: Math.floor(Date.now() / 1000), nanos: 0 }
  const values = [...metrics.map((_, index) => (index === 0 ? Number.NaN : value)), 1]
  agent.say({ sample: { schema_id: 1, time, values } })
  await agent.settled()
}

const withPromtool = onlyWhere(test, hasProgram('promtool'), 'promtool')

/** What promtool finds amiss. Names that DCGM, node_exporter and smartctl_exporter gave are theirs. */
function checked(text: string): readonly string[] {
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  return `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line !== '' && !/^(?:DCGM_|node_|smartctl_|billet_gpu_\w+ label names)/.test(line))
}

const LOCAL = { metricsListen: '127.0.0.1:0' }

test('the coordinator tells of itself and of its machines', async (t) => {
  const fleet = await Fleet.open(t, { ...LOCAL, bootListen: '127.0.0.1:0', metricsSeriesMax: '400' })
  await measure(await fleet.machine('one'), 1.5)
  await measure(await fleet.machine('two'), 2)
  const own = await scrape(fleet, '/metrics')
  t.is(own.status, 200)
  t.is(own.type, 'text/plain; version=0.0.4; charset=utf-8')
  t.regex(own.text, /^billet_machines\{state="available",connection="connected"\} 2$/m)
  t.regex(own.text, /^billet_sessions 2$/m)
  t.regex(own.text, /^billet_samples_total 2$/m)
  for (const table of ['machines', 'certificates', 'usages', 'reservations', 'cluster'])
    t.regex(own.text, new RegExp(`^billet_records\\{table="${table}"\\} \\d+$`, 'm'))
  t.regex(own.text, /^# TYPE billet_store_commit_seconds histogram$/m)
  t.regex(own.text, /^# UNIT billet_samples_memory_bytes bytes$/m)
  const [, count = ''] = /^billet_store_commit_seconds_count (\d+)$/m.exec(own.text) ?? []
  t.true(Number(count) > 2)
  t.true(own.text.includes(`billet_store_commit_seconds_bucket{le="+Inf"} ${count}\n`))
  for (const name of Object.keys(ownMetrics)) {
    if (['billet_machines_held', 'billet_workloads_queued'].includes(name) || /remote_write/.test(name)) continue
    t.true(own.text.includes(`\n# TYPE ${name} `), name)
  }
  const load = await scrape(fleet, '/metrics/machines?metric=node_load1')
  const lines = load.text.split('\n')
  t.deepEqual(lines.slice(0, 2), ['# HELP node_load1 load, over one minute', '# TYPE node_load1 gauge'])
  t.regex(lines[2] ?? '', /^node_load1\{machine="mch-[^"]+",hostname="one",hardware_class="x64[^"]*",tenant=""\} 1\.5$/)
  t.is(lines.length, 5)
  const both = await scrape(fleet, '/metrics/machines?machine=two&metric=node_load*&metric=node_procs_*')
  t.deepEqual(
    both.text.split('\n').flatMap((line) => /^(\w+)\{.*\} 2$/.exec(line)?.[1] ?? []),
    ['node_procs_running', 'node_procs_blocked', 'node_load1', 'node_load5', 'node_load15'],
  )
  const filtered = await scrape(
    fleet,
    `/metrics/machines?machines=${encodeURIComponent('hostname = one')}&metric=node_l*`,
  )
  t.false(filtered.text.includes('hostname="two"'))
  t.true(filtered.text.includes('hostname="one"'))
  const targets: unknown = JSON.parse((await scrape(fleet, '/metrics/targets?target=here:9100')).text)
  t.like(targets, [
    { targets: ['here:9100'], labels: { __metrics_path__: '/metrics/machines', hostname: 'one' } },
    { targets: ['here:9100'], labels: { hostname: 'two', tenant: '' } },
  ])
  const status = async (path: string) => (await scrape(fleet, path)).status
  t.is(await status('/'), 404)
  t.is(await status('//'), 400)
  t.is(await status('/metrics/machines?machines=x+=='), 400)
  t.is(await status('/metrics/machines?metrics=x'), 400)
  t.is(await status('/metrics/targets'), 400)
})

test('what is more than one answer may have is refused, and says how to ask for less', async (t) => {
  const fleet = await Fleet.open(t, { ...LOCAL, metricsSeriesMax: '3', metricsNames: 'node_load*, node_procs_running' })
  await measure(await fleet.machine('one'), 1)
  const { status, text } = await scrape(fleet, '/metrics/machines')
  t.deepEqual(
    [status, text],
    [413, 'That is more than 3 series; choose fewer with metric=NAME*, machine=ID or machines=EXPRESSION.\n'],
  )
  t.regex((await scrape(fleet, '/metrics/machines?metric=node_load*')).text, /node_load15\{/)
  t.is(
    (await scrape(fleet, '/metrics/machines?metric=node_memory*')).text,
    '',
    'what is not handed on cannot be asked for',
  )
})

withPromtool('promtool finds nothing amiss', async (t) => {
  const fleet = await Fleet.open(t, LOCAL)
  await measure(await fleet.machine('one', running), 1)
  await measure(await fleet.machine('two'), 2e21)
  await fleet.run('run', '--tenant', 'red', '-d', '--', 'x')
  await fleet.run('run', '--tenant', 'red', '-d', '-n', '9', '--', 'x')
  t.deepEqual(checked((await scrape(fleet, '/metrics')).text), [])
  const { text } = await scrape(fleet, '/metrics/machines')
  t.true(text.length > 10_000)
  t.deepEqual(checked(text), [])
})

test('without TLS only the loopback is listened on; a token and a certificate open the rest', async (t) => {
  await t.throwsAsync(Fleet.open(t, { metricsListen: '0.0.0.0:0' }), {
    message: /metrics_listen: 0.0.0.0 can be reached/,
  })
  await t.throwsAsync(Fleet.open(t, { ...LOCAL, metricsAccess: 'token' }), {
    message: /metrics_token_file: expected a file/,
  })
  const token = 'a-token-that-nobody-guesses'
  const file = join(directory(t), 'token')
  writeFileSync(file, `${token}\n`, { mode: 0o644 })
  t.regex(JSON.stringify(accessOf('token', file, 'c')), /can be read by others/)
  writeFileSync(`${file}.own`, `${token}\n`, { mode: 0o600 })
  const fleet = await Fleet.open(t, { ...LOCAL, metricsAccess: 'token', metricsTokenFile: `${file}.own` })
  const { ca } = fleet.context()
  const tls = { ca, servername: 'coordinator.billet' }
  const as = (given: string) => scrape(fleet, '/metrics', { ...tls, headers: { authorization: `Bearer ${given}` } })
  t.is((await as(token)).status, 200)
  t.is((await as(`${token}x`)).status, 401)
  t.is((await scrape(fleet, '/metrics', tls)).status, 401)
  await t.throwsAsync(scrape(fleet, '/metrics'), undefined, 'no plain HTTP')
})

test('by certificate a tenant sees the machines that it holds, and nobody without one comes in', async (t) => {
  const fleet = await Fleet.open(t, { ...LOCAL, metricsAccess: 'certificate' })
  const agents = [await fleet.machine('one', running), await fleet.machine('two', running)]
  for (const agent of agents) await measure(agent, 1)
  const { address, ca, certificate, key } = fleet.context()
  const servername = 'coordinator.billet'
  const admin = { ca, cert: certificate, key, servername }
  t.is((await scrape(fleet, '/metrics', admin)).status, 200)
  t.regex((await scrape(fleet, '/metrics/machines?metric=node_load1', admin)).text, /hostname="one"[^]*hostname="two"/)
  await t.throwsAsync(scrape(fleet, '/metrics', { ca, servername }), undefined, 'no certificate')
  const file = join(directory(t), 'red.json')
  await fleet.coordinator.authority.tenantContext(file, address, tenant('red'))
  const red = must(parseContextFile(readFileSync(file, 'utf8'))).contexts['red']
  const asRed = { ca, cert: red?.certificate, key: red?.key, servername }
  t.is((await scrape(fleet, '/metrics', asRed)).status, 403)
  t.is((await scrape(fleet, '/metrics/machines', asRed)).text, '')
  const connection = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => connection.close())
  must(await connection.call(services.WorkloadService.SubmitWorkload, { tenant: 'red', spec: { machine_count: 1 } }))
  t.is((await scrape(fleet, '/metrics/machines', asRed)).text, '', 'what was measured before is not the tenant’s')
  for (const agent of agents) await measure(agent, 7)
  const { text } = await scrape(fleet, '/metrics/machines?metric=node_load1', asRed)
  t.regex(text, /tenant="red"\} 7\n$/)
  t.is(text.split('\n').length, 4)
})

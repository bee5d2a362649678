import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type Coordinator, startCoordinator } from '../../../coordinator/main.ts'
import { COORDINATOR_PREFIX, coordinatorOptions } from '../../../coordinator/options.ts'
import { systemClock } from '../../../shared/clock.ts'
import { resolveOptions } from '../../../shared/config.ts'
import { parseContextFile } from '../../../shared/context_file.ts'
import { Connection } from '../../../shared/grpc/client.ts'
import { silentLogger } from '../../../shared/log.ts'
import { services } from '../../../shared/wire/load.ts'
import { Fleet, directory } from '../../cli/fixture.ts'
import { running } from '../../cli/scripts.ts'
import { must, tenant } from '../../fixtures.ts'
import type { FakeAgent } from '../sessions/fake_agent.ts'

const { UsageService } = services

function connect(t: ExecutionContext, file: string, address?: string): Connection {
  const file_ = must(parseContextFile(readFileSync(file, 'utf8')))
  const context = file_.contexts[file_.current]
  if (context === undefined) throw new Error('there is no such context')
  const { ca, certificate, key } = context
  const connection = new Connection(address ?? context.address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => connection.close())
  return connection
}

/** A processor that has taken so many joules, at seconds before now. */
async function meter(agent: FakeAgent, ...readings: readonly (readonly [ago: number, joules: number])[]) {
  agent.say({ schema: { id: 1, metrics: [{ name: 'node_rapl_package_joules_total', kind: 2 }] } })
  for (const [ago, joules] of readings) {
    const time = { seconds: Math.floor(Date.now() / 1000) - ago, nanos: 0 }
    agent.say({ sample: { schema_id: 1, time, values: [joules] } })
  }
  await agent.settled()
}

async function startAgain(t: ExecutionContext, dataDir: string): Promise<Coordinator> {
  const flags = { dataDir, listen: '127.0.0.1:0', enrolListen: '127.0.0.1:0' }
  const sources = { prefix: COORDINATOR_PREFIX, file: { path: '', required: false }, environment: {}, flags }
  const options = must(resolveOptions(coordinatorOptions, sources))
  const again = must(await startCoordinator(options, { clock: systemClock, log: silentLogger }))
  t.teardown(() => again.stop())
  return again
}

test('usage is told to users and to the tenant whose it is, and a start of the coordinator loses none', async (t) => {
  const fleet = await Fleet.open(t)
  const agents = [await fleet.machine('one', running), await fleet.machine('two', running)]
  for (const name of ['red', 'blue']) t.is((await fleet.run('run', '--tenant', name, '-d', '--', 'x')).code, 0)
  for (const agent of agents) await meter(agent, [60, 1000], [30, 4000], [0, 8200])
  const admin = connect(t, fleet.contextFile)
  const { usage } = must(await admin.call(UsageService.GetUsage, {}))
  t.deepEqual(
    usage.map((entry) => entry.tenant),
    ['tenants/blue', 'tenants/red'],
  )
  t.true(usage.every(({ machine_hours: hours, gpu_hours: gpus }) => hours > 0 && hours < 0.1 && gpus === 0))

  const file = join(directory(t), 'red.json')
  await fleet.coordinator.authority.tenantContext(file, `127.0.0.1:${fleet.coordinator.api.port}`, tenant('red'))
  const red = connect(t, file)
  const own = must(await red.call(UsageService.GetUsage, {})).usage
  t.deepEqual(
    own.map((entry) => entry.tenant),
    ['tenants/red'],
  )
  const others = await red.call(UsageService.GetUsage, { tenant: 'tenants/blue' })
  t.is(others.ok ? 'answered' : others.error.kind, 'permission_denied')

  const today = new Date().toISOString().slice(0, 10)
  const of = async (asked: object) => must(await admin.call(UsageService.GetUsage, asked)).usage.length
  t.is(await of({ tenant: 'tenants/red', daily: true }), 1)
  t.is(await of({ end_date: '2020-01-01' }), 0)
  t.is(await of({ start_date: today }), 2)
  const field = async (asked: object) => {
    const answer = await admin.call(UsageService.GetUsage, asked)
    return answer.ok ? 'answered' : answer.error.field
  }
  t.is(await field({ start_date: 'monday' }), 'start_date')
  t.is(await field({ start_date: '2026-02-02', end_date: '2026-02-01' }), 'end_date')
  t.is(await field({ tenant: 'red' }), 'tenant')

  await fleet.coordinator.stop()
  const again = await startAgain(t, join(fleet.contextFile, '..'))
  const after = must(
    await connect(t, fleet.contextFile, `127.0.0.1:${again.api.port}`).call(UsageService.GetUsage, {}),
  ).usage
  t.deepEqual(
    after.map(({ tenant: name, energy_joules: joules }) => [name, joules]),
    [
      ['tenants/blue', 7200],
      ['tenants/red', 7200],
    ],
  )
  for (const [index, { machine_hours: hours }] of after.entries()) t.true(hours >= (usage[index]?.machine_hours ?? 1))
  t.true(after.every(({ metered_machine_hours: metered }) => Math.abs(metered - 60 / 3600) < 1e-9))
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { parseContextFile } from '../../../shared/context_file.ts'
import { Connection } from '../../../shared/grpc/client.ts'
import { decodeDesired } from '../../../shared/wire/desired.ts'
import { OverTime } from '../../../shared/wire/gen/types/billet/v1/OverTime.ts'
import { Combine } from '../../../shared/wire/gen/types/billet/v1/Combine.ts'
import { services } from '../../../shared/wire/load.ts'
import { Fleet, directory } from '../../cli/fixture.ts'
import type { FakeAgent, Script } from '../sessions/fake_agent.ts'
import type { PlacementId } from '../../../shared/model/ids.ts'
import { instant } from '../../../shared/model/time.ts'
import { must, tenant } from '../../fixtures.ts'

const { MachineService, TelemetryService, TenantService, WorkloadService } = services

function connect(t: ExecutionContext, file: string, name: string): Connection {
  const context = must(parseContextFile(readFileSync(file, 'utf8'))).contexts[name]
  if (context === undefined) throw new Error(`no context ${name}`)
  const { address, ca, certificate, key } = context
  const connection = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => connection.close())
  return connection
}

/** Tasks run until they are told to stop; machines are clean at once. */
function patient(): Script {
  let placement: PlacementId | null = null
  return (agent, message) => {
    const wanted = message.message === 'welcome' ? message.welcome?.desired : message.desired
    if (wanted === undefined || wanted === null) return
    const { epoch, goal, assignment, validation, term } = decodeDesired('desired', wanted)
    placement = assignment?.placement ?? placement
    const about = { epoch, term, placement }
    const at = instant(Date.now())
    if (goal === 'prepare') return agent.report({ ...about, state: 'prepared' })
    if (goal === 'run') return agent.report({ ...about, state: 'running', startedAt: at })
    const checked = validation === 0 ? null : { validation, passed: true, checks: [] }
    const clean = { handBack: { epoch, clean: true, steps: [], at }, validation: checked }
    if (placement === null) return agent.report({ ...about, ...clean, state: 'idle' })
    const outcome = { kind: 'exited', code: 143, at, reason: '' } as const
    return agent.report({ ...about, ...clean, state: 'clean', startedAt: at, outcome })
  }
}

const METRICS = [
  { name: 'node_load1', unit: '', kind: 1, labels: {} },
  { name: 'node_cpu_seconds_total', unit: 'seconds', kind: 2, labels: { mode: 'user' } },
  { name: 'node_cpu_seconds_total', unit: 'seconds', kind: 2, labels: { mode: 'idle' } },
] as const

/** Samples at these seconds before now. */
async function measure(agent: FakeAgent, ...samples: readonly (readonly [ago: number, ...values: number[]])[]) {
  agent.say({ schema: { id: 1, metrics: [...METRICS] } })
  for (const [ago, ...values] of samples) {
    const seconds = Math.floor(Date.now() / 1000) - ago
    agent.say({ sample: { schema_id: 1, time: { seconds, nanos: 0 }, values } })
  }
  await agent.settled()
}

type Measured = { readonly fleet: Fleet; readonly admin: Connection; readonly agents: readonly FakeAgent[] }

async function measured(t: ExecutionContext): Promise<Measured> {
  const fleet = await Fleet.open(t)
  const admin = connect(t, fleet.contextFile, 'admin')
  const agents: FakeAgent[] = []
  for (const [index, name] of ['one', 'two', 'three'].entries()) {
    const agent = await fleet.machine(name, patient())
    await measure(agent, [20, 1 + index, 10, 5], [10, 2 + index, 20, 5], [0, 3 + index, 40, 5])
    agents.push(agent)
  }
  return { fleet, admin, agents }
}

async function machineNames(admin: Connection): Promise<ReadonlyMap<string, string>> {
  const { machines } = must(await admin.call(MachineService.ListMachines, {}))
  return new Map(machines.map(({ hostname, name }) => [hostname, name]))
}

/** Watches until the machine is this tenant's, or nobody's. */
async function untilTenant(admin: Connection, name: string, wanted: string): Promise<void> {
  const ending = new AbortController()
  for await (const change of admin.stream(MachineService.WatchMachines, {}, { signal: ending.signal })) {
    const { machine } = must(change)
    if (machine?.name !== name || machine.tenant !== wanted) continue
    ending.abort()
    return
  }
}

test('a query is answered over the API, and what is wrong with one is told by field', async (t) => {
  const { admin } = await measured(t)
  const rack = { set: { rack: 'r1' }, request_id: 'label-1' }
  const names = await machineNames(admin)
  must(await admin.call(MachineService.LabelMachine, { name: names.get('one') ?? '', ...rack }))
  const loads = must(await admin.call(TelemetryService.Query, { selector: 'node_load1', top: 2 }))
  t.deepEqual(
    loads.series.map(({ labels, values }) => [labels['hostname'], ...values]),
    [
      ['three', 5],
      ['two', 4],
    ],
  )
  t.like(loads, { machine_count: 3, machine_count_with_data: 3 })
  const rate = must(
    await admin.call(TelemetryService.Query, {
      selector: 'node_cpu_seconds_total{mode="user"}',
      over_time: OverTime.OVER_TIME_RATE,
      combine: Combine.COMBINE_SUM,
      group_by: ['label.rack', 'metric.mode'],
    }),
  )
  t.deepEqual(
    rate.series.map(({ labels, values }) => [labels['label.rack'], labels['metric.mode'], ...values]),
    [
      ['', 'user', 3],
      ['r1', 'user', 1.5],
    ],
  )
  const chosen = { selector: 'node_load1', machines: 'label.rack = r1', step: { seconds: 10, nanos: 0 } }
  const steps = must(await admin.call(TelemetryService.Query, { ...chosen, span: { seconds: 60, nanos: 0 } }))
  t.is(steps.machine_count, 1)
  t.is(steps.series[0]?.values.length, 6)
  t.deepEqual(steps.step, { seconds: 10, nanos: 0 })
  const field = async (asked: object) => {
    const answer = await admin.call(TelemetryService.Query, { selector: 'up', ...asked })
    return answer.ok ? 'answered' : `${answer.error.kind} ${answer.error.field ?? ''}`
  }
  t.is(await field({ selector: 'up{' }), 'invalid_argument selector')
  t.is(await field({ machines: 'label.rack ==' }), 'invalid_argument machines')
  t.is(await field({ group_by: ['rack'], combine: 1 }), 'invalid_argument group_by[0]')
  t.is(await field({ group_by: ['class'] }), 'invalid_argument combine')
  t.is(await field({ combine: Combine.COMBINE_QUANTILE, quantile: 1.5 }), 'invalid_argument quantile')
  t.is(await field({ over_time: 9 }), 'invalid_argument over_time')
  t.is(await field({ lowest: true }), 'invalid_argument top')
  t.is(await field({ top: -1 }), 'invalid_argument top')
  t.is(await field({ step: { seconds: 0, nanos: 1 } }), 'invalid_argument step')
  t.is(await field({ span: { seconds: 86_400, nanos: 0 }, step: { seconds: 1, nanos: 0 } }), 'invalid_argument step')
})

test('a tenant sees what its machines measure while it holds them, and nothing else', async (t) => {
  const { fleet, admin, agents } = await measured(t)
  const file = join(directory(t), 'red.json')
  await fleet.coordinator.authority.tenantContext(file, `127.0.0.1:${fleet.coordinator.api.port}`, tenant('red'))
  const red = connect(t, file, 'red')
  const names = await machineNames(admin)
  const everyone = { machines: [...names.values()] }
  const query = async () => must(await red.call(TelemetryService.Query, { selector: 'node_load1' })).series
  const latest = async () => must(await red.call(TelemetryService.GetLatest, everyone)).telemetry
  t.deepEqual(await query(), [])
  t.deepEqual(await latest(), [])

  const spec = { machine_count: 1, constraints: { machines: [names.get('two') ?? ''] } }
  const submitted = must(await admin.call(WorkloadService.SubmitWorkload, { tenant: 'red', spec }))
  const held = agents[1]
  if (held === undefined) throw new Error('no second machine')
  await untilTenant(admin, names.get('two') ?? '', 'red')
  t.deepEqual(await query(), [], 'what was measured before is not the tenant’s')
  t.deepEqual(await latest(), [])
  const machine = names.get('two') ?? ''
  t.deepEqual(must(await red.call(TelemetryService.QueryRange, { machine })).telemetry, [])

  const heard: number[] = []
  const ending = new AbortController()
  const stream = red.stream(TelemetryService.StreamTelemetry, everyone, { signal: ending.signal })
  const reading = (async () => {
    for await (const event of stream) {
      if (event.ok) heard.push(...(event.value.sample?.values.slice(0, 1) ?? []))
      if (heard.length > 0) ending.abort()
    }
  })()
  // Its machines, and no others, sample every second while it watches.
  await held.take('sampling')
  for (const [index, agent] of agents.entries()) await measure(agent, [0, 70 + index, 50, 5])
  await reading
  t.deepEqual(heard, [71])
  t.is(agents[0]?.count('sampling'), 0)
  t.deepEqual(
    (await query()).map(({ labels, values }) => [labels['hostname'], ...values]),
    [['two', 71]],
  )
  t.deepEqual(
    (await latest()).map((one) => [one.machine, one.samples.length, one.samples[0]?.values[0]]),
    [[machine, 1, 71]],
  )
  const range = must(await red.call(TelemetryService.QueryRange, { machine })).telemetry
  t.deepEqual(
    range.flatMap(({ samples }) => samples.map(({ values }) => values[0])),
    [71],
  )

  must(await admin.call(WorkloadService.CancelWorkload, { name: submitted.workload?.name ?? '', reason: 'over' }))
  await untilTenant(admin, machine, '')
  t.deepEqual(await query(), [], 'it is no more the tenant’s')
  t.deepEqual(await latest(), [])
  t.deepEqual(must(await red.call(TelemetryService.QueryRange, { machine })).telemetry, [])
})

test('a tenant may ask for telemetry and for nothing else', async (t) => {
  const fleet = await Fleet.open(t)
  const file = join(directory(t), 'red.json')
  await fleet.coordinator.authority.tenantContext(file, `127.0.0.1:${fleet.coordinator.api.port}`, tenant('red'))
  const red = connect(t, file, 'red')
  const listed = await red.call(MachineService.ListMachines, {})
  t.is(listed.ok ? 'answered' : listed.error.kind, 'permission_denied')
  const submitted = await red.call(WorkloadService.SubmitWorkload, { tenant: 'red', spec: { machine_count: 1 } })
  t.is(submitted.ok ? 'answered' : submitted.error.kind, 'permission_denied')
  const raise = { name: 'tenants/red', share: 9, max_priority: { unlimited: true } }
  const raised = await red.call(TenantService.UpdateTenant, raise)
  t.is(raised.ok ? 'answered' : raised.error.kind, 'permission_denied', 'its own limits neither')
  must(await red.call(TelemetryService.Query, { selector: 'up' }))
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { Connection } from '../../../shared/grpc/client.ts'
import { services } from '../../../shared/wire/load.ts'
import { Fleet, directory } from '../../cli/fixture.ts'
import { must } from '../../fixtures.ts'

const { FleetService, TenantService, WorkloadService } = services

const CLASSES = `
[[class]]
name = "batch"
priority = -10
comment = "what may wait"
[[class]]
name = "usual"
priority = 10
default = true
[[class]]
name = "urgent"
priority = 100
preempts = true
`

/** A user's connection to a coordinator whose option names a file with this in it. */
async function open(t: ExecutionContext, text = CLASSES, data = join(directory(t), 'data')) {
  const path = join(directory(t), 'classes.toml')
  writeFileSync(path, text)
  const fleet = await Fleet.open(t, { priorityClasses: path, dataDir: data })
  const { ca, certificate, key } = fleet.context()
  const admin = new Connection(`127.0.0.1:${fleet.coordinator.api.port}`, {
    authorities: ca,
    identity: { certificate, key },
  })
  t.teardown(() => admin.close())
  const submit = async (spec: object, tenant = 'red') =>
    admin.call(WorkloadService.SubmitWorkload, { tenant, spec: { machine_count: 1, ...spec } })
  const shown = async (spec: object, tenant?: string) => {
    const answer = await submit(spec, tenant)
    if (!answer.ok) return `${answer.error.kind} ${answer.error.field ?? ''}`
    const { priority, priority_class, preemption } = answer.value.workload?.spec ?? {}
    return [priority, priority_class, preemption?.preempts]
  }
  const limit = (max_priority: object, tenant = 'red') =>
    admin.call(TenantService.UpdateTenant, { name: `tenants/${tenant}`, max_priority })
  return { fleet, admin, submit, shown, limit }
}

test('classes are listed, and looked up when a workload is submitted', async (t) => {
  const { admin, submit, shown } = await open(t)
  const { classes } = must(await admin.call(FleetService.ListPriorityClasses, {}))
  t.deepEqual(
    classes.map((one) => [one.name, one.priority, one.default, one.preempts, one.comment]),
    [
      ['urgent', 100, false, true, ''],
      ['usual', 10, true, false, ''],
      ['batch', -10, false, false, 'what may wait'],
    ],
  )
  t.deepEqual(await shown({ priority_class: 'batch' }), [-10, 'batch', false])
  t.deepEqual(await shown({ priority_class: 'urgent' }), [100, 'urgent', true], 'it preempts as its class does')
  t.deepEqual(await shown({ priority_class: 'urgent', priority: 100 }), [100, 'urgent', true], 'both agree')
  const polite = { preempts: false, preemptible: true }
  t.deepEqual(await shown({ priority_class: 'urgent', preemption: polite }), [100, 'urgent', false], 'it says so')
  t.deepEqual(await shown({}), [10, 'usual', false], 'the default')
  t.deepEqual(await shown({ priority: 7 }), [7, '', false], 'a number')
  t.deepEqual(await shown({ priority_class: 'none' }), [0, '', false], 'none at all')
  t.deepEqual(await shown({ priority_class: 'none', priority: 3 }), [3, '', false])
  t.is(await shown({ priority_class: 'urgent', priority: 99 }), 'invalid_argument spec.priority')
  t.is(await shown({ priority_class: 'Urgent' }), 'invalid_argument spec.priority_class')
  const unknown = await submit({ priority_class: 'urgency' })
  t.is(
    unknown.ok ? '' : unknown.error.message,
    'spec.priority_class: expected one of urgent, usual, batch, got "urgency".',
  )
})

test('without classes a number is a number, and a name is refused', async (t) => {
  const { admin, submit, shown } = await open(t, 'class = []')
  t.deepEqual(must(await admin.call(FleetService.ListPriorityClasses, {})).classes, [])
  t.deepEqual(await shown({}), [0, '', false])
  t.deepEqual(await shown({ priority: 1000 }), [1000, '', false])
  const named = await submit({ priority_class: 'urgent' })
  t.regex(named.ok ? '' : named.error.message, /expected no class, for this fleet has none, got "urgent"/)
})

test('what waits keeps the number that its class had, and so does a limit', async (t) => {
  const data = join(directory(t), 'data')
  const before = await open(t, CLASSES, data)
  const { workload } = must(await before.submit({ priority_class: 'urgent' }))
  must(await before.limit({ priority_class: 'usual' }))
  before.admin.close()
  await before.fleet.coordinator.stop()
  const { admin, shown } = await open(t, CLASSES.replace('100', '500').replace('= 10\n', '= 20\n'), data)
  const name = workload?.name ?? ''
  const { spec } = must(await admin.call(WorkloadService.GetWorkload, { name })).workload ?? {}
  t.like(spec, { priority: 100, priority_class: 'urgent' })
  t.deepEqual(await shown({ priority_class: 'urgent' }, 'blue'), [500, 'urgent', true])
  const { tenant } = must(await admin.call(TenantService.GetTenant, { name: 'tenants/red' }))
  t.like(tenant?.max_priority, { priority: 10, priority_class: 'usual' })
  t.is(await shown({}), 'priority_above_limit spec.priority_class', 'the default is above it now')
})

test('a tenant asks for no more than its highest priority, which is set, kept and taken away', async (t) => {
  const { admin, submit, shown, limit } = await open(t)
  const told = async () => must(await admin.call(TenantService.GetTenant, { name: 'tenants/red' })).tenant?.max_priority
  must(await limit({ priority_class: 'usual' }))
  t.like(await told(), { priority: 10, priority_class: 'usual', unlimited: false })
  must(await admin.call(TenantService.UpdateTenant, { name: 'tenants/red', share: 2 }))
  t.like(await told(), { priority: 10, priority_class: 'usual' }, 'what is not named stays as it was')
  t.deepEqual(await shown({ priority: 10 }), [10, '', false])
  t.deepEqual(await shown({ priority_class: 'urgent' }, 'blue'), [100, 'urgent', true], 'another has none')
  const refused = await submit({ priority_class: 'urgent' })
  if (refused.ok) return t.fail()
  t.is(
    refused.error.message,
    'spec.priority_class: tenant red may ask for no higher priority than 10, that of class usual, and this is 100, ' +
      'of class urgent. Ask for less, or have an operator raise the limit of the tenant.',
  )
  t.like(refused.error, {
    kind: 'priority_above_limit',
    metadata: { field: 'spec.priority_class', tenant: 'red', priority: '100', max_priority: '10' },
  })
  t.is(await shown({ priority: 11 }), 'priority_above_limit spec.priority')
  const planned = await admin.call(WorkloadService.PlanWorkload, {
    tenant: 'red',
    spec: { machine_count: 1, priority: 11 },
  })
  t.is(planned.ok ? '' : planned.error.kind, 'priority_above_limit')
  must(await limit({ priority: -5 }))
  t.is(await shown({}), 'priority_above_limit spec.priority_class', 'the default is no way around it')
  t.deepEqual(await shown({ priority_class: 'batch' }), [-10, 'batch', false])
  must(await limit({ unlimited: true }))
  t.is(await told(), null)
  t.deepEqual(await shown({ priority: 1000 }), [1000, '', false])
  t.is(must(await admin.call(WorkloadService.ListWorkloads, { filter: { tenant: 'red' } })).workloads.length, 3)
})

test('what is wrong in a limit is refused by field, and changes nothing', async (t) => {
  const { admin, limit } = await open(t)
  const field = async (max_priority: object) => {
    const answer = await limit(max_priority)
    return answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.field ?? ''}`
  }
  t.is(await field({ priority: 1001 }), 'invalid_argument max_priority.priority')
  t.is(await field({ priority_class: 'urgency' }), 'invalid_argument max_priority.priority_class')
  t.is(await field({ priority_class: 'none' }), 'invalid_argument max_priority.priority_class')
  t.is(await field({ priority_class: '7' }), 'invalid_argument max_priority.priority_class')
  t.is(await field({ priority_class: 'urgent', priority: 99 }), 'invalid_argument max_priority.priority')
  t.is(await field({ unlimited: true, priority: 1 }), 'invalid_argument max_priority.priority')
  t.is(await field({ unlimited: true, priority_class: 'urgent' }), 'invalid_argument max_priority.priority_class')
  t.deepEqual(must(await admin.call(TenantService.ListTenants, {})).tenants, [])
})

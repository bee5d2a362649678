import { join } from 'node:path'
import test from 'ava'
import { hours, later } from '../../../shared/model/time.ts'
import { tenantResource, waitingCounts } from '../../../coordinator/api/tenants.ts'
import { services } from '../../../shared/wire/load.ts'
import { CoreHarness, must, tenant } from '../../fixtures.ts'
import { open } from './open.ts'

const { TenantService, WorkloadService } = services

test('a tenant is there from its first workload, and is told with what waits', async (t) => {
  const admin = await open(t)
  const none = await admin.call(TenantService.GetTenant, { name: 'tenants/red' })
  t.is(none.ok ? '' : `${none.error.kind} ${none.error.message}`, 'tenant_not_found There is no tenants/red.')
  for (const _ of [1, 2]) {
    must(await admin.call(WorkloadService.SubmitWorkload, { tenant: 'red', spec: { machine_count: 3 } }))
  }
  const { tenant: red } = must(await admin.call(TenantService.GetTenant, { name: 'tenants/red' }))
  t.like(red, { name: 'tenants/red', share: 1, quotas: [], used_machine_hours: 0, waiting_workloads: 2 })
  t.deepEqual(red?.held_machines, {})
  t.true((red?.revision ?? 0) > 0)
})

test('share and quotas are set one by one, and what is not named stays as it was', async (t) => {
  const admin = await open(t)
  const name = 'tenants/red'
  const update = async (asked: object) => must(await admin.call(TenantService.UpdateTenant, { name, ...asked })).tenant
  const quotas = [
    { hardware_class: '', limit: 8 },
    { hardware_class: 'large', limit: 0 },
  ]
  t.like(await update({ share: 2.5 }), { name, share: 2.5, quotas: [] })
  t.like(await update({ quotas: { quotas } }), { share: 2.5, quotas })
  t.like(await update({ share: 1_000_000 }), { share: 1_000_000, quotas })
  t.like(await update({ quotas: { quotas: quotas.slice(1) } }), { quotas: quotas.slice(1) }, 'in place of the others')
  t.like(await update({ quotas: {} }), { share: 1_000_000, quotas: [] })
  const { tenant: read } = must(await admin.call(TenantService.GetTenant, { name }))
  t.like(read, { share: 1_000_000, quotas: [] })
})

test('what is wrong in an update is refused by field, and changes nothing', async (t) => {
  const admin = await open(t)
  const field = async (asked: object, name = 'tenants/red') => {
    const answer = await admin.call(TenantService.UpdateTenant, { name, ...asked })
    return answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.field ?? ''}`
  }
  const quotas = (...all: readonly (readonly [string, number])[]) => ({
    quotas: { quotas: all.map(([hardware_class, limit]) => ({ hardware_class, limit })) },
  })
  t.is(await field({}), 'invalid_argument share', 'neither')
  for (const share of [-1, 1_000_001, Number.NaN, Infinity]) {
    t.is(await field({ share }), 'invalid_argument share', `${share}`)
  }
  t.is(await field(quotas(['', -1])), 'invalid_argument quotas.quotas[0].limit')
  t.is(await field(quotas(['', 1], ['x', 1_000_001])), 'invalid_argument quotas.quotas[1].limit')
  t.is(await field(quotas(['x', 1], ['x', 2])), 'invalid_argument quotas.quotas[1].hardware_class')
  t.is(await field(quotas(['x'.repeat(201), 1])), 'invalid_argument quotas.quotas[0].hardware_class')
  const many = Array.from({ length: 65 }, (_, index) => [`c${index}`, 1] as const)
  t.is(await field(quotas(...many)), 'invalid_argument quotas.quotas')
  t.is(await field(quotas(...many.slice(1))), 'accepted')
  t.is(await field({ share: 1 }, 'red'), 'invalid_argument name')
  t.is(await field({ share: 1 }, 'tenants/Not A Name'), 'invalid_argument name')
  t.is(await field({ share: 1, request_id: '\n' }), 'invalid_argument request_id')
  const { tenants } = must(await admin.call(TenantService.ListTenants, {}))
  t.deepEqual(
    tenants.map(({ name, share, quotas: all }) => [name, share, all.length]),
    [['tenants/red', 1, 64]],
  )
})

test('guarantees are set with a limit or none, and more than there is is accepted with a warning', async (t) => {
  const admin = await open(t)
  const set = (name: string, ...quotas: object[]) =>
    admin.call(TenantService.UpdateTenant, { name: `tenants/${name}`, quotas: { quotas } })
  const refused = await set('red', { limit: 2, guaranteed: 3 })
  t.is(refused.ok ? '' : refused.error.field, 'quotas.quotas[0].guaranteed')
  const both = await set('red', { limit: 2, unlimited: true })
  t.is(both.ok ? '' : both.error.field, 'quotas.quotas[0].limit')
  const { tenant: red } = must(await set('red', { unlimited: true, guaranteed: 3 }))
  t.like(red, {
    borrowed_machines: 0,
    warnings: ['3 machines of the fleet are guaranteed to all tenants together, and it has 0.'],
  })
  t.deepEqual(red?.quotas, [{ hardware_class: '', limit: 0, guaranteed: 3, unlimited: true }])
  const { tenant: blue } = must(await set('blue', { hardware_class: 'large', limit: 9, guaranteed: 4 }))
  t.deepEqual(blue?.warnings, [
    '4 machines of class large are guaranteed to all tenants together, and it has 0.',
    '7 machines of the fleet are guaranteed to all tenants together, and it has 0.',
  ])
})

test('tenants are listed in the order of their names, page by page', async (t) => {
  const admin = await open(t)
  const names = ['ash', 'beech', 'cedar', 'elm', 'fir'].map((name) => join('tenants', name))
  for (const name of names.toReversed()) must(await admin.call(TenantService.UpdateTenant, { name, share: 2 }))
  const listed: string[] = []
  let page_token = ''
  do {
    const page = must(await admin.call(TenantService.ListTenants, { page_size: 2, page_token }))
    t.true(page.tenants.length <= 2 && page.revision > 0)
    listed.push(...page.tenants.map(({ name }) => name))
    page_token = page.next_page_token
  } while (page_token !== '')
  t.deepEqual(listed, names)
  for (const [asked, field] of [
    [{ page_size: 1001 }, 'page_size'],
    [{ page_token: 'bm9uc2Vuc2U' }, 'page_token'],
  ] as const) {
    const refused = await admin.call(TenantService.ListTenants, asked)
    t.is(refused.ok ? '' : refused.error.field, field)
  }
})

test('what is held counts in machine-hours also before that is written down, and what was used fades', (t) => {
  const core = new CoreHarness()
  core.available('one')
  core.available('two')
  core.submit('red', { machineCount: 2 })
  core.submit('red')
  core.place()
  const known = () => {
    const versioned = core.state.table('tenants').get('red')
    if (versioned === undefined) throw new Error('no tenant')
    return versioned
  }
  const read = (at = core.now) => tenantResource(core.state, known(), at, waitingCounts(core.state))
  t.like(read(), { used_machine_hours: 0, waiting_workloads: 1 })
  t.deepEqual(Object.values(read().held_machines ?? {}), [2])
  core.must({ kind: 'tick' })
  t.is(read(later(core.now, hours(3))).used_machine_hours, 6)
  const { halfLife } = core.state.cluster().sharing
  core.now = later(core.now, halfLife)
  core.must({ kind: 'tick' })
  t.is(read().used_machine_hours, 2 * 24 * 7)
  const { record, revision } = known()
  const idle = { record: { ...record, name: tenant('blue') }, revision }
  const aWeekLater = tenantResource(core.state, idle, later(core.now, halfLife), new Map())
  t.is(aWeekLater.used_machine_hours, 24 * 7)
})

import test from 'ava'
import type { TenantName, WorkloadId } from '../../../shared/model/ids.ts'
import { type Quota, SHARING } from '../../../shared/model/tenant.ts'
import { hours, instant, later, milliseconds } from '../../../shared/model/time.ts'
import { ANY_MACHINE } from '../../../shared/model/workload.ts'
import { CoreHarness, TERM_BEGAN, spec, tenant, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }

function update(core: CoreHarness, name: string, share: number | null, quotas: readonly Quota[] | null): void {
  core.must({ kind: 'update_tenant', caller: admin, tenant: tenant(name), share, quotas })
}

const placedOf = (core: CoreHarness, workloads: readonly WorkloadId[]): number =>
  workloads.filter((workload) => core.workload(workload).state !== 'queued').length

const held = (core: CoreHarness, name: TenantName): number =>
  [...core.state.held(name).values()].reduce((sum, count) => sum + count, 0)

test('a tenant that came first with many does not get all: machines go round by what each holds', (t) => {
  const core = new CoreHarness()
  for (let machine = 0; machine < 6; machine += 1) core.available(`m${machine}`)
  const red = Array.from({ length: 10 }, () => core.submit('red'))
  const blue = Array.from({ length: 2 }, () => core.submit('blue'))
  core.place()
  t.is(placedOf(core, blue), 2)
  t.is(placedOf(core, red), 4)
})

test('who has twice the share may hold twice as much before another goes first', (t) => {
  const core = new CoreHarness()
  update(core, 'red', 2, null)
  for (let machine = 0; machine < 6; machine += 1) core.available(`m${machine}`)
  const red = Array.from({ length: 10 }, () => core.submit('red'))
  const blue = Array.from({ length: 10 }, () => core.submit('blue'))
  core.place()
  t.is(placedOf(core, red), 4)
  t.is(placedOf(core, blue), 2)
})

test('who used much goes behind, until that has faded; priority goes before all of it', (t) => {
  const core = new CoreHarness()
  const machine = core.available('m')
  const first = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  for (let hour = 0; hour < 10; hour += 1) {
    core.now = later(core.now, hours(1))
    core.must({ kind: 'tick' })
  }
  t.true((core.state.find('tenants', tenant('red'))?.usage.amount ?? 0) > 8, 'about ten machine-hours')
  const red = core.submit('red')
  const blue = core.submit('blue')
  core.exits(machine)
  t.is(core.workload(first).state, 'succeeded')
  core.place()
  t.is(core.workload(red).state, 'queued')
  t.not(core.workload(blue).state, 'queued')
  const urgent = core.submit('red', { priority: 1 })
  core.exits(machine)
  core.place()
  t.not(core.workload(urgent).state, 'queued')
})

test('a quota holds its tenant back and nobody else, and the reason says so', (t) => {
  const core = new CoreHarness()
  for (let machine = 0; machine < 4; machine += 1) core.available(`m${machine}`)
  update(core, 'red', null, [{ hardwareClass: '', limit: 2, guaranteed: 0 }])
  const red = Array.from({ length: 4 }, () => core.submit('red', { priority: 10 }))
  const blue = Array.from({ length: 2 }, () => core.submit('blue'))
  core.place()
  t.is(placedOf(core, red), 2)
  t.is(placedOf(core, blue), 2, 'nothing is kept for what its own quota holds back')
  t.is(held(core, tenant('red')), 2)
  const waiting = red.find((workload) => core.workload(workload).state === 'queued')
  t.not(waiting, undefined)
  if (waiting === undefined) return
  t.like(core.explain(waiting)[0], { reason: 'QUOTA_REACHED' })
  t.regex(core.explain(waiting)[0]?.message ?? '', /tenant red holds 2 of at most 2 machines/)
  update(core, 'red', null, [{ hardwareClass: '', limit: 3, guaranteed: 0 }])
  core.available('another')
  core.place()
  t.is(placedOf(core, red), 3)
})

test('a quota of one class leaves the others, and more than it allows is never placeable', (t) => {
  const core = new CoreHarness()
  const class_ = core.machine(core.available('a')).hardwareClass
  core.available('b')
  update(core, 'red', null, [{ hardwareClass: class_, limit: 1, guaranteed: 0 }])
  const pair = core.submit('red', { machineCount: 2, constraints: { ...ANY_MACHINE, hardwareClass: class_ } })
  const single = core.submit('red')
  core.place()
  t.is(core.workload(pair).state, 'queued')
  t.not(core.workload(single).state, 'queued')
  t.like(core.explain(pair)[0], { reason: 'QUOTA_REACHED' })
})

test('what would be over before the first in the queue can start runs before it; what would not, does not', (t) => {
  const core = new CoreHarness()
  const [one, two] = [core.available('a'), core.available('b')]
  const long = core.submit('red', { timeLimit: { limit: hours(10), warning: null } })
  core.place()
  const taken = core.machine(one).state === 'allocated' ? one : two
  core.says(taken, { state: 'running', startedAt: core.now })
  const gang = core.submit('red', { machineCount: 2, priority: 5 })
  core.place()
  t.is(core.workload(gang).state, 'queued')
  const endless = core.submit('blue')
  const tooLong = core.submit('blue', { timeLimit: { limit: hours(11), warning: null } })
  core.place()
  t.is(core.workload(endless).state, 'queued')
  t.is(core.workload(tooLong).state, 'queued')
  const brief = core.submit('blue', { timeLimit: { limit: hours(9), warning: null } })
  core.place()
  t.not(core.workload(brief).state, 'queued')
  t.is(core.workload(long).state, 'running')
})

test('whoever waits for several to end says for whom, and for machines once they have', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const all = [core.submit('red'), core.submit('red'), core.submit('red'), core.submit('red')] as const
  const last = core.submit('red', {
    dependencies: all.map((workload) => ({ workload, condition: 'succeeded' as const })),
  })
  const [one, two, three, four] = all
  const named = [one, two, three].map((workload) => `${workload} to have succeeded`).join(', ')
  t.is(core.workload(last).stateReason, `waits for ${named} and 1 more`)
  for (const workload of [one, two, three]) {
    core.place()
    t.not(core.workload(workload).state, 'queued')
    core.says(machine, { state: 'running', startedAt: core.now })
    core.exits(machine)
  }
  t.is(core.workload(last).stateReason, `waits for ${four} to have succeeded`)
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  core.exits(machine)
  t.is(core.workload(last).stateReason, 'waits for machines')
})

test('one that waits for a time, or for another to end, waits for that and holds nobody up', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const first = core.submit('red', { priority: 9, startAfter: later(core.now, hours(1)) })
  const second = core.submit('red')
  const after = core.submit('red', { priority: 9, dependencies: [{ workload: second, condition: 'succeeded' }] })
  const never = core.submit('red', { dependencies: [{ workload: second, condition: 'failed' }] })
  t.is(core.workload(after).stateReason, `waits for ${second} to have succeeded`)
  core.place()
  t.is(core.workload(first).state, 'queued')
  t.is(core.explain(first)[0]?.reason, 'NOT_BEFORE')
  t.regex(core.explain(after)[0]?.message ?? '', new RegExp(`waits for ${second} to have succeeded`))
  t.not(core.workload(second).state, 'queued')
  core.says(machine, { state: 'running', startedAt: core.now })
  core.exits(machine)
  core.place()
  t.is(core.workload(never).state, 'failed', 'what it waited for can never be')
  t.not(core.workload(after).state, 'queued')
  core.says(machine, { state: 'running', startedAt: core.now })
  core.now = instant(core.now + hours(2) + milliseconds(0))
  core.exits(machine)
  core.place()
  t.not(core.workload(first).state, 'queued')
})

test('a tenant may have so many waiting and no more; others are not held up by that', (t) => {
  const core = new CoreHarness()
  core.must({ ...TERM_BEGAN, topologyLevels: [], sharing: { ...SHARING, waitingMost: 3 } })
  for (let count = 0; count < 3; count += 1) core.submit('red')
  const refused = core.apply({
    kind: 'submit_workload',
    caller: admin,
    tenant: tenant('red'),
    displayName: '',
    spec: spec(),
    digest: '',
  })
  t.false(refused.ok)
  if (!refused.ok) t.like(refused.error, { kind: 'tenant_queue_full', metadata: { tenant: 'red', limit: '3' } })
  t.is(core.workload(core.submit('blue')).state, 'queued')
})

test('what a quota will never allow keeps nothing from others', (t) => {
  const core = new CoreHarness()
  for (const name of ['a', 'b', 'c']) core.available(name)
  core.submit('green')
  core.submit('green')
  core.place()
  update(core, 'red', null, [{ hardwareClass: '', limit: 2, guaranteed: 0 }])
  core.submit('red', { machineCount: 3, priority: 9 })
  const blue = core.submit('blue')
  core.place()
  t.not(core.workload(blue).state, 'queued')
})

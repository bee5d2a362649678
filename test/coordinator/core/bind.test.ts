import test from 'ava'
import { type MachineId, type WorkloadId, revision } from '../../../shared/model/ids.ts'
import { ANY_ARRANGEMENT, ANY_MACHINE } from '../../../shared/model/workload.ts'
import { CoreHarness, tenant, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }

const bind = (core: CoreHarness, workload: WorkloadId, machines: readonly MachineId[], seen = core.state.revision) =>
  core.apply({ kind: 'bind_workload', caller: admin, workload, machines, seen })

const refusal = (core: CoreHarness, ...bound: readonly [WorkloadId, readonly MachineId[]]): string => {
  const answer = bind(core, ...bound)
  return answer.ok ? 'accepted' : (answer.error.metadata['reason'] ?? answer.error.kind)
}

test('a workload of a scheduler outside is placed where that says, and by nobody else', (t) => {
  const core = new CoreHarness()
  const machines = [core.available('a'), core.available('b')]
  const own = core.submit('red', { machineCount: 2, scheduler: 'site' })
  core.place()
  t.is(core.workload(own).state, 'queued')
  t.regex(core.explain(own)[0]?.message ?? '', /for scheduler site to place/)
  t.true(bind(core, own, machines.toReversed()).ok)
  t.deepEqual(
    core.ranks(own).map(({ machine }) => machine),
    machines.toReversed(),
  )
})

test('a proposal holds as a whole or not at all, with the reason for each machine', (t) => {
  const core = new CoreHarness()
  const [a, b] = [core.available('a'), core.available('b')]
  const pair = core.submit('red', { machineCount: 2, scheduler: 'site' })
  const single = core.submit('red', { scheduler: 'site' })
  t.is(refusal(core, pair, [a]), 'WRONG_COUNT')
  t.is(refusal(core, pair, [a, a]), 'TWICE')
  t.true(bind(core, single, [a]).ok)
  const refused = bind(core, pair, [a, b])
  t.false(refused.ok)
  if (!refused.ok) t.like(refused.error.metadata, { reason: 'HELD_BY_TENANT', machines: `${a}=HELD_BY_TENANT` })
  t.is(core.machine(b).state, 'available')
  t.is(refusal(core, single, [b]), 'NOTHING_WANTED')
})

test('nobody is placed on what was not seen, nor what is not theirs, nor past a quota or an arrangement', (t) => {
  const core = new CoreHarness()
  const machines = [core.available('a'), core.available('b')]
  const before = core.state.revision
  const pack = { level: 'rack', required: true }
  const workload = core.submit('red', { machineCount: 2, scheduler: 'site' })
  const late = bind(core, workload, machines, before)
  t.false(late.ok)
  if (!late.ok) t.is(late.error.kind, 'version_conflict')
  const early = bind(core, workload, machines, revision(core.state.revision + 1))
  t.false(early.ok)
  if (!early.ok) t.is(early.error.kind, 'revision_future')
  const arrangement = { ...ANY_ARRANGEMENT, pack }
  const together = core.submit('red', { machineCount: 2, scheduler: 'site', arrangement })
  t.is(refusal(core, together, machines), 'ARRANGEMENT')
  const labelled = core.submit('red', { scheduler: 'site', constraints: { ...ANY_MACHINE, labels: { a: 'b' } } })
  t.is(refusal(core, labelled, machines.slice(0, 1)), 'LABEL_MISSING')
  const quotas = [{ hardwareClass: '', limit: 1, guaranteed: 0 }]
  core.must({ kind: 'update_tenant', caller: admin, tenant: tenant('red'), share: null, quotas })
  t.is(refusal(core, workload, machines), 'QUOTA')
  const plain = core.submit('blue', { machineCount: 3 })
  t.is(refusal(core, plain, machines), 'OWN_SCHEDULER')
})

test('of an elastic workload a scheduler outside binds the least first, and more while it runs', (t) => {
  const core = new CoreHarness()
  const [a, b, c, d] = [core.available('a'), core.available('b'), core.available('c'), core.available('d')]
  const own = core.submit('red', { machineCount: 3, least: 1, scheduler: 'site' })
  t.is(refusal(core, own, [a, b]), 'WRONG_COUNT')
  t.true(bind(core, own, [a]).ok)
  core.says(a, { state: 'prepared' })
  core.says(a, { state: 'running', startedAt: core.now })
  core.place()
  t.is(core.workload(own).placements.length, 1, 'nobody else lets it grow')
  t.is(refusal(core, own, [b, c, d]), 'NOTHING_WANTED')
  t.true(bind(core, own, [b, c]).ok)
  t.is(core.workload(own).placements.length, 3)
  t.is(refusal(core, own, [d]), 'NOTHING_WANTED')
})

import test from 'ava'
import { hasEnded } from '../../../shared/model/workload.ts'
import { decodeDesired } from '../../../shared/wire/desired.ts'
import { spec, tenant, must } from '../../fixtures.ts'
import { obedient } from './fake_agent.ts'
import { Rig, admin } from './fixture.ts'

test('a hello is answered with the lease, the beat and all that is wanted; the end makes it silent', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = rig.open(machine)
  agent.hello({ serial: 'node-7' })
  const { welcome } = await agent.take('welcome')
  t.is(welcome?.lease?.seconds, 45)
  t.is(welcome?.sampling?.interval?.seconds, 10)
  const desired = decodeDesired('desired', welcome?.desired ?? null)
  t.like(desired, { machine: machine.id, goal: 'idle', validation: 1 })
  t.true(Math.abs((welcome?.time?.seconds ?? 0) - Date.now() / 1000) < 60)
  agent.say({ heartbeat: 77 })
  t.is((await agent.take('heartbeat')).heartbeat, 77)
  t.like(rig.record(machine), { connection: 'connected', hostname: 'node-7', agentVersion: '0.1.0' })
  t.is(rig.hub.size, 1)
  agent.close()
  await rig.until(() => rig.record(machine).connection === 'silent')
  t.is(rig.hub.size, 0)
})

test('who does not begin with a hello that fits is refused by name', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const first = rig.open(machine)
  first.say({ heartbeat: 1 })
  t.like(await first.end, { kind: 'invalid_argument', metadata: { field: 'hello' } })
  const second = rig.open(machine)
  second.hello({ protocol: 9 })
  t.is((await second.end)?.kind, 'unsupported_version')
  const third = await rig.connect(machine)
  third.hello()
  t.is((await third.end)?.kind, 'invalid_argument')
  const fourth = await rig.connect(machine)
  fourth.say({ report: { epoch: -1, state: 1 } })
  t.like(await fourth.end, { kind: 'invalid_argument', metadata: { field: 'report.epoch' } })
  const fifth = await rig.connect(machine)
  fifth.say({})
  t.is((await fifth.end)?.kind, 'invalid_argument')
})

test('a newer session of the same machine ends the older one, and the machine stays connected', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const older = await rig.connect(machine)
  const newer = await rig.connect(machine)
  t.is((await older.end)?.kind, 'session_superseded')
  await newer.settled()
  t.is(rig.record(machine).connection, 'connected')
  t.is(rig.hub.size, 1)
})

test('a session that began under a void identity does not end the one of the new identity', async (t) => {
  const rig = await Rig.start(t)
  const before = await rig.machine('SAME')
  const stale = rig.open(before)
  const now = await rig.machine('SAME')
  t.is(now.id, before.id)
  const current = await rig.connect(now)
  stale.hello()
  t.is((await stale.end)?.kind, 'permission_denied')
  await current.settled()
  t.is(rig.record(now).connection, 'connected')
})

test('what is wanted is sent when it changes, and a workload runs to its end over a session', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine, obedient)
  await rig.until(() => rig.record(machine).state === 'available')
  const submitted = await rig.loop.submit({
    kind: 'submit_workload',
    caller: admin,
    tenant: tenant('a'),
    displayName: '',
    spec: spec(),
    digest: '',
  })
  const { id } = must(submitted).record
  const workload = () => rig.loop.read((view) => view.table('workloads').get(id)?.record)
  await rig.until(() => hasEnded(workload()?.state ?? 'queued') && rig.record(machine).state === 'available')
  t.like(workload(), { state: 'succeeded', exitCode: 0 })
  await agent.settled()
  const told = agent.heard.flatMap(({ desired }) => (desired === undefined || desired === null ? [] : desired))
  const distinct = new Set(told.map((one) => JSON.stringify(one)))
  t.is(distinct.size, told.length, 'nothing is said twice')
  const goals = told.map((one) => decodeDesired('desired', one).goal)
  t.deepEqual(goals.slice(0, 2), ['run', 'idle'])
})

test('retired machines lose their session', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine, obedient)
  await rig.until(() => rig.record(machine).state === 'available')
  must(await rig.loop.submit({ kind: 'retire_machine', caller: admin, machine: machine.id, force: false }))
  t.not(await agent.end, null)
  const again = rig.open(machine)
  again.hello()
  t.is((await again.end)?.kind, 'permission_denied')
})

test('while the store fails nobody is welcomed, and a leaving is told once it works again', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine)
  rig.disk.isFull = true
  agent.close()
  const refused = rig.open(machine)
  refused.hello()
  t.is((await refused.end)?.kind, 'store_unavailable')
  t.is(rig.record(machine).connection, 'connected', 'the fleet could not be told')
  rig.disk.isFull = false
  await rig.until(() => rig.record(machine).connection === 'silent')
  const back = await rig.connect(machine)
  await back.settled()
  t.is(rig.record(machine).connection, 'connected')
})

test('what a kernel told is kept as it was told last', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine)
  const time = { seconds: 1_700_000_000, nanos: 0 }
  const told = { event: 'xid', subject: '79', count: 1, first_time: time, last_time: time, message: 'NVRM: Xid' }
  agent.say({ kernel_events: { events: [told] } })
  agent.say({ kernel_events: { events: [told, { ...told, event: 'oom_kill', count: 3 }] } })
  await agent.settled()
  t.deepEqual(
    rig.kernelLogs.of(machine.id).map(({ event, count }) => [event, count]),
    [
      ['xid', 1],
      ['oom_kill', 3],
    ],
  )
})

test('a machine samples every second while somebody watches; samples that do not fit end no session', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine)
  const items = rig.rings.subscribe([{ machine: machine.id, holder: null }], new AbortController().signal)
  t.is((await agent.take('sampling')).sampling?.interval?.seconds, 1)
  const time = { seconds: 1_700_000_000, nanos: 0 }
  agent.say({ sample: { schema_id: 1, time, values: [1] } })
  agent.say({ schema: { id: 1, metrics: [{ name: 'up', kind: 1 }] } })
  agent.say({ sample: { schema_id: 1, time: { seconds: -5, nanos: 0 }, values: [1] } })
  agent.say({ sample: { schema_id: 1, time, values: [1, 2] } })
  agent.say({ sample: { schema_id: 1, time, values: [42] } })
  t.like((await items.next()).value, { kind: 'schema', schema: { id: 1 } })
  t.like((await items.next()).value, { kind: 'sample', missed: 0, sample: { values: Float64Array.of(42) } })
  agent.say({ changes: { schema_id: 1, time, changed: Buffer.of(1), values: [43] } })
  t.like((await items.next()).value, { kind: 'sample', sample: { values: Float64Array.of(43) } })
  agent.say({ changes: { schema_id: 1, time, changed: Buffer.of(0), values: [] } })
  t.like((await items.next()).value, { kind: 'sample', sample: { values: Float64Array.of(43) } })
  await agent.settled()
  t.is(rig.hub.session(machine.id)?.samplesDropped, 3)
  agent.say({ changes: { schema_id: 1, time, changed: Buffer.of(2), values: [44] } })
  await agent.settled()
  t.is(rig.hub.session(machine.id)?.samplesDropped, 4)
  await items.return()
  t.is((await agent.take('sampling')).sampling?.interval?.seconds, 10)
})

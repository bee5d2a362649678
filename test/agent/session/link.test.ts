import test from 'ava'
import { parseCommandId } from '../../../shared/model/ids.ts'
import { sinceBoot } from '../../../shared/clock.ts'
import { instant, milliseconds, seconds } from '../../../shared/model/time.ts'
import { encodeDesired } from '../../../shared/wire/desired.ts'
import { duration } from '../../../shared/wire/check.ts'
import { order, placementOf, take } from '../core/fixture.ts'
import { fakeCoordinator, idleReport, linked, until } from './fixture.ts'

const command = take(parseCommandId('cmd-0000000000000001'))
const name = `commands/${command}`

test('the hello says what the machine is; the welcome says what is wanted of it', async (t) => {
  const coordinator = await fakeCoordinator(t)
  const { agent, link, intervals } = linked(t, coordinator, [coordinator.address])
  const session = await coordinator.session(0)
  t.like(session.messages[0]?.hello, { protocol: 1, boot_id: 'boot', peer_address: '10.0.0.9', agent_version: 'test' })
  t.is(session.messages[0]?.hello?.inventory?.digest, 'digest')
  t.false(link.isConnected)
  session.welcome(order({ epoch: 3, goal: 'prepare' }))
  await until(() => agent.orders.length === 1)
  t.like(agent.orders[0], { epoch: 3, goal: 'prepare', assignment: { placement: placementOf(3) } })
  t.true(link.isConnected)
  session.send({ desired: { machine: 'machines/nonsense' } })
  session.send({ sampling: { interval: duration(milliseconds(1000)) } })
  await until(() => intervals.length === 2)
  t.deepEqual(intervals, [10_000, 1000])
  t.is(agent.orders.length, 1)
})

test('reports and samples go out, and after a lost session the whole truth goes again', async (t) => {
  const coordinator = await fakeCoordinator(t)
  const { agent, link } = linked(t, coordinator, [coordinator.address])
  const first = await coordinator.session(0)
  first.welcome()
  await first.hears('report')
  link.sample({ id: 7, metrics: [] }, { schemaId: 7, at: instant(1), values: Float64Array.of(1, 2) })
  const [sample] = await first.hears('sample')
  t.deepEqual(sample?.sample?.values, [1, 2])
  agent.current = { ...idleReport, state: 'clean' }
  first.end('unavailable')
  const second = await coordinator.session(1)
  t.is(second.messages[0]?.hello?.report?.state, 7)
  second.welcome()
  await second.hears('report')
  second.end()
  await coordinator.session(2)
  t.pass()
})

test('the next coordinator is tried when one cannot be reached', async (t) => {
  const coordinator = await fakeCoordinator(t)
  linked(t, coordinator, ['127.0.0.1:1', coordinator.address])
  await coordinator.session(0)
  t.pass()
})

test('a coordinator of another authority is not believed', async (t) => {
  const [meant, other] = [await fakeCoordinator(t), await fakeCoordinator(t)]
  linked(t, meant, [other.address, meant.address])
  await meant.session(0)
  t.is(other.sessions.length, 0)
})

test('a lease is renewed from when what was answered was sent, and after the order that came along', async (t) => {
  const coordinator = await fakeCoordinator(t)
  const before = sinceBoot()
  const { agent } = linked(t, coordinator, [coordinator.address])
  const session = await coordinator.session(0)
  const heardHello = sinceBoot()
  session.welcome(order({ epoch: 3, goal: 'run', lease: seconds(3), term: 7 }))
  await until(() => agent.renewals.length === 1)
  t.deepEqual(agent.heard, ['order', 'renewed'])
  const [hello] = agent.renewals
  t.is(hello?.term, 7)
  t.true((hello?.sentAt ?? 0) >= before && (hello?.sentAt ?? Infinity) <= heardHello)
  // Three times within the lease of what runs, where that is the shorter one.
  const [beat] = await session.hears('heartbeat')
  session.send({ heartbeat: beat?.heartbeat ?? 0 })
  await until(() => agent.renewals.length === 2)
  session.send({ heartbeat: 99 })
  session.send({ heartbeat: beat?.heartbeat ?? 0 })
  session.send({ desired: encodeDesired(order({ epoch: 3, goal: 'idle' })) })
  await until(() => agent.orders.length === 2)
  t.is(agent.renewals.length, 2)
})

test('a heartbeat goes three times in a lease, and a session without an answer ends', async (t) => {
  const coordinator = await fakeCoordinator(t)
  linked(t, coordinator, [coordinator.address])
  const session = await coordinator.session(0)
  session.welcome(undefined, milliseconds(2500))
  const [beat] = await session.hears('heartbeat')
  t.is(beat?.heartbeat, 1)
  await coordinator.session(1)
  t.true(session.of('heartbeat').length <= 3)
})

test('the result of a command is told in every session until it is acknowledged, and it runs once', async (t) => {
  const coordinator = await fakeCoordinator(t)
  const { commands } = linked(t, coordinator, [coordinator.address])
  commands.output = [new Uint8Array(70_000).fill(65), new Uint8Array(10).fill(66)]
  const first = await coordinator.session(0)
  first.welcome()
  first.send({ command: { command: name, spec: { argv: ['/bin/true'] } } })
  const reports = await first.hears('command', 2)
  t.deepEqual(
    reports.map((report) => [report.command?.command, report.command?.run?.state]),
    [
      [name, 2],
      [name, 3],
    ],
  )
  const chunks = first.of('command_chunk').map(({ command_chunk: chunk }) => [chunk?.offset, chunk?.data.length])
  t.deepEqual(chunks, [
    [0, 32_768],
    [32_768, 32_768],
    [65_536, 4464],
    [70_000, 10],
  ])
  first.end()
  const second = await coordinator.session(1)
  second.welcome()
  await second.hears('command')
  second.send({ acknowledge_command: name })
  await until(() => commands.results.size === 0)
  second.end()
  const third = await coordinator.session(2)
  third.welcome()
  await third.hears('report')
  t.is(third.of('command').length, 0)
  t.deepEqual(commands.runs, [command])
})

test('a reader of a log is sent no more than it has room for', async (t) => {
  const coordinator = await fakeCoordinator(t)
  const { logs } = linked(t, coordinator, [coordinator.address])
  logs.text = new Uint8Array(200_000).map((_byte, index) => index % 251)
  const session = await coordinator.session(0)
  session.welcome()
  const log = { reader: 5, placement: `placements/${placementOf(1)}`, window_bytes: 40_000 }
  session.send({ log: { ...log, tail_bytes: 150_000 } })
  await session.hears('log_chunk', 2)
  session.send({ heartbeat: 0 })
  t.is(session.of('log_chunk').length, 2)
  session.send({ log_grant: { reader: 5, bytes: 200_000 } })
  await until(() => session.of('log_chunk').some(({ log_chunk: chunk }) => chunk?.end === true))
  const chunks = session.of('log_chunk').map((message) => message.log_chunk)
  t.is(chunks[0]?.offset, 50_000)
  const bytes = Buffer.concat(chunks.map((chunk) => chunk?.data ?? Buffer.alloc(0)))
  t.deepEqual(bytes, Buffer.from(logs.text.subarray(50_000)))
})

test('a reader that follows reads on until nobody writes any more, or until it is cancelled', async (t) => {
  const coordinator = await fakeCoordinator(t)
  const { logs, agent } = linked(t, coordinator, [coordinator.address])
  agent.current = { ...idleReport, state: 'running', placement: placementOf(1) }
  const session = await coordinator.session(0)
  session.welcome()
  const log = { placement: `placements/${placementOf(1)}`, window_bytes: 100_000, follow: true }
  session.send({ log: { ...log, reader: 1 } })
  session.send({ log: { ...log, reader: 2 } })
  logs.text = new TextEncoder().encode('first ')
  await session.hears('log_chunk', 2)
  session.send({ log_cancel: 2 })
  logs.text = new TextEncoder().encode('first second')
  await session.hears('log_chunk', 3)
  agent.current = { ...idleReport, state: 'sanitising', placement: placementOf(1) }
  await until(() => session.of('log_chunk').some(({ log_chunk: chunk }) => chunk?.end === true))
  const ofOne = session.of('log_chunk').filter(({ log_chunk: chunk }) => chunk?.reader === 1)
  t.is(Buffer.concat(ofOne.map((message) => message.log_chunk?.data ?? Buffer.alloc(0))).toString(), 'first second')
})

test('a reader that follows may come before its placement', async (t) => {
  const coordinator = await fakeCoordinator(t)
  const { logs, agent } = linked(t, coordinator, [coordinator.address])
  logs.isThere = false
  const session = await coordinator.session(0)
  session.welcome()
  session.send({ log: { reader: 1, placement: `placements/${placementOf(1)}`, window_bytes: 100_000, follow: true } })
  await until(() => logs.looks > 0)
  agent.current = { ...idleReport, state: 'sanitising', placement: placementOf(1) }
  logs.text = new TextEncoder().encode('was quick')
  logs.isThere = true
  await until(() => session.of('log_chunk').some(({ log_chunk: chunk }) => chunk?.end === true))
  const chunks = session.of('log_chunk').map((message) => message.log_chunk)
  t.is(Buffer.concat(chunks.map((chunk) => chunk?.data ?? Buffer.alloc(0))).toString(), 'was quick')
  t.deepEqual(chunks.map((chunk) => chunk?.error).filter(Boolean), [])
})

test('an order for a log that is not there is answered with the reason', async (t) => {
  const coordinator = await fakeCoordinator(t)
  linked(t, coordinator, [coordinator.address])
  const session = await coordinator.session(0)
  session.welcome()
  session.send({ log: { reader: 9, placement: 'placements/elsewhere', window_bytes: 1 } })
  const [answer] = await session.hears('log_chunk')
  t.like(answer?.log_chunk, { reader: 9, end: true })
  t.regex(answer?.log_chunk?.error ?? '', /log\.placement/)
})

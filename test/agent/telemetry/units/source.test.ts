import { Buffer } from 'node:buffer'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { UnitsSource } from '../../../../agent/telemetry/units_source.ts'
import { minutes } from '../../../../shared/model/time.ts'
import { hasProgram, onlyWhere } from '../../../conditional.ts'
import { type Say, answerOf, bus, message } from '../../../fixtures/system/bus.ts'
import { manualClock, tree } from '../../../fixtures/proc/tree.ts'
import { until } from '../../runtime/fixture.ts'

type Unit = readonly [string, string]

/** A machine whose systemd has these units. */
function machine(t: ExecutionContext) {
  const run = `${tree(t, {}).root}/run`
  mkdirSync(`${run}/systemd/system`, { recursive: true })
  const clock = manualClock()
  const source = new UnitsSource({ clock, run })
  const read = async (): Promise<Readonly<Record<string, number>>> => {
    clock.advance(minutes(5))
    source.refresh()
    await source.settled()
    source.refresh()
    const names = source.metrics.map(({ name, labels }) => labels['name'] ?? name)
    return Object.fromEntries(names.map((name, index) => [name, source.values[index] ?? -1]))
  }
  return { clock, source, read, socket: `${run}/dbus/system_bus_socket` }
}

/** Answers once the question is there, the answer in pieces of so many bytes. */
const saying =
  (units: () => readonly Unit[], piece = 100_000): Say =>
  (socket, heard) => {
    if (!heard.includes('ListUnitsFiltered')) return
    const named = message('signal', 0, Buffer.alloc(0), 's')
    const hello = message('return', 1, Buffer.from('\u0005\0\0\0:1.42\0'), 's')
    const all = Buffer.concat([hello, named, answerOf(units())])
    for (let at = 0; at < all.length; at += piece) socket.write(all.subarray(at, at + piece))
  }

test('units that have failed are named and counted; one that works again is told of as such', async (t) => {
  const on = machine(t)
  let units: readonly Unit[] = [
    ['a.service', 'failed'],
    ['b.mount', 'failed'],
    ['c.service', 'active'],
  ]
  await bus(
    t,
    on.socket,
    saying(() => units, 7),
  )
  t.deepEqual(await on.read(), { node_systemd_units: 2, 'a.service': 1, 'b.mount': 1 })
  const { metrics } = on.source
  units = [['b.mount', 'failed']]
  t.deepEqual(await on.read(), { node_systemd_units: 1, 'a.service': 0, 'b.mount': 1 })
  t.is(on.source.metrics, metrics)
  units = []
  t.deepEqual(await on.read(), { node_systemd_units: 0, 'a.service': 0, 'b.mount': 0 })
  t.is(on.source.refresh(), null)
})

test('what is old goes missing, and is told again when systemd has answered', async (t) => {
  const on = machine(t)
  await bus(
    t,
    on.socket,
    saying(() => [['a.service', 'failed']]),
  )
  await on.read()
  on.clock.advance(minutes(15))
  on.source.refresh()
  t.deepEqual([...on.source.values], [Number.NaN, Number.NaN])
  await on.source.settled()
  on.source.refresh()
  t.deepEqual([...on.source.values], [1, 1])
})

test('however many have failed, some are named and all are counted', async (t) => {
  const on = machine(t)
  let units = Array.from({ length: 900 }, (_, index): Unit => [`unit-${index}.service`, 'failed'])
  await bus(
    t,
    on.socket,
    saying(() => units),
  )
  const told = await on.read()
  t.is(told['node_systemd_units'], 900)
  t.is(Object.keys(told).length, 33)
  // What works again makes room.
  units = [['new.service', 'failed'], ...units.slice(0, 20)]
  const later = await on.read()
  t.is(later['new.service'], 1)
  t.is(later['unit-3.service'], 1)
  t.is(Object.keys(later).length, 33)
})

test('a machine without systemd, or without a bus, tells nothing, and nothing is amiss', async (t) => {
  const on = machine(t)
  t.deepEqual(await on.read(), {})
  t.is(on.source.refresh(), null)
})

test('who asks says who they are, and asks one question', async (t) => {
  const on = machine(t)
  const heard: string[] = []
  await bus(t, on.socket, (socket, bytes) => {
    heard.push(bytes.toString('latin1'))
    saying(() => [])(socket, bytes)
  })
  t.deepEqual(await on.read(), { node_systemd_units: 0 })
  t.regex(heard.at(-1) ?? '', /Hello[\s\S]*org\.freedesktop\.systemd1[\s\S]*failed\0$/)
  t.true((process.geteuid?.() ?? 0) >= 0)
})

const refused = async (t: ExecutionContext, answer: Say, letIn?: string) => {
  const on = machine(t)
  await bus(t, on.socket, answer, letIn)
  const told = await on.read()
  t.true(Object.values(told).every((value) => Number.isNaN(value)))
  return on.source.refresh()
}

test('what goes wrong is said', async (t) => {
  const nothing: Say = () => undefined
  t.is(await refused(t, nothing, 'REJECTED EXTERNAL'), said('the bus does not let it in: REJECTED EXTERNAL'))
  t.is(await refused(t, nothing, 'x'.repeat(3000)), said('the bus does not let it in: '.concat('x'.repeat(200))))
  t.is(await refused(t, (socket) => socket.end()), said('the connection was closed'))
  t.is(await refused(t, (socket) => socket.write('B'.repeat(64))), said('no message of D-Bus'))
  const denied = message('error', 2, Buffer.alloc(0), 'org.freedesktop.DBus.Error.AccessDenied')
  t.is(await refused(t, (socket) => socket.write(denied)), said('org.freedesktop.DBus.Error.AccessDenied'))
  const long = Buffer.from(answerOf([]))
  long.writeUInt32LE(1e9, 4)
  t.regex((await refused(t, (socket) => socket.write(long))) ?? '', /a message of 1000000\d\d\d bytes/)
  const other = message('return', 2, Buffer.alloc(8), 's')
  t.is(await refused(t, (socket) => socket.write(other)), said('an answer of another form'))
})

const said = (why: string): string => `systemd does not tell of its units: ${why}`

const withBus = onlyWhere(test, hasProgram('dbus-daemon'), 'dbus-daemon')

withBus('a true bus lets it in and understands it', async (t) => {
  const on = machine(t)
  const directory = dirname(on.socket)
  mkdirSync(directory)
  const open = '<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/></policy>'
  const config = `<busconfig><listen>unix:path=${on.socket}</listen><auth>EXTERNAL</auth>${open}</busconfig>`
  writeFileSync(`${directory}/bus.conf`, config)
  const daemon = spawn('dbus-daemon', [`--config-file=${directory}/bus.conf`, '--nofork', '--nopidfile'])
  t.teardown(() => daemon.kill())
  await until(() => existsSync(on.socket))
  await on.read()
  // There is no systemd on it, and none is started for the question.
  t.is(on.source.refresh(), said('org.freedesktop.DBus.Error.NameHasNoOwner'))
})

test('a bus that says nothing is waited for some seconds', async (t) => {
  const begun = performance.now()
  t.is(await refused(t, () => undefined), said('no answer in time'))
  t.true(performance.now() - begun < 20_000)
})

import test from 'ava'
import { CommandOutputRelay, type CommandPiece } from '../../../coordinator/sessions/command_outputs.ts'
import type { CommandProgress, CommandState, OutputStream } from '../../../shared/model/command.ts'
import type { BilletError } from '../../../shared/model/errors.ts'
import { type CommandId, type MachineId, idSource } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import type { Result } from '../../../shared/model/result.ts'
import { encodeProgress } from '../../../shared/wire/command.ts'
import { must } from '../../fixtures.ts'
import { type FakeAgent, obedient } from './fake_agent.ts'
import { Rig, admin } from './fixture.ts'

function report(agent: FakeAgent, command: CommandId, state: CommandState): void {
  const progress: CommandProgress = {
    state,
    reason: '',
    exitCode: state === 'exited' ? 3 : null,
    stdoutDroppedBytes: 0,
    stderrDroppedBytes: 0,
    startedAt: null,
    endedAt: null,
  }
  agent.say({ command: { command: `commands/${command}`, run: encodeProgress(progress) } })
}

test('a command is ordered once on each machine, its output is followed, and its end is acknowledged', async (t) => {
  const rig = await Rig.start(t)
  const machines = [await rig.machine(), await rig.machine()]
  const agents = await Promise.all(machines.map((machine) => rig.connect(machine, obedient)))
  await rig.until(() => machines.every((machine) => rig.record(machine).state === 'available'))
  const command = await rig.order(...machines)
  const finished = new AbortController()
  const pieces = rig.outputs.follow(command, finished.signal)
  await rig.until(() => machines.every((machine) => rig.run(command, machine).state === 'exited'))
  finished.abort()
  const told = new Map<MachineId, string>()
  for await (const piece of pieces) told.set(must(piece).machine, Buffer.from(must(piece).data).toString())
  t.deepEqual([...told.keys()].toSorted(), machines.map(({ id }) => id).toSorted())
  t.deepEqual([...new Set(told.values())], [`commands/${command}`])
  for (const agent of agents) {
    t.is((await agent.take('acknowledge_command')).acknowledge_command, `commands/${command}`)
    t.is(agent.count('command'), 1)
  }
})

test('after a reconnect an order that never arrived is sent again, and one that was forgotten never is', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const before = await rig.connect(machine)
  const started = await rig.order(machine)
  const unheard = await rig.order(machine)
  const kept = await rig.order(machine)
  report(before, started, 'running')
  report(before, kept, 'running')
  await before.settled()
  const after = await rig.connect(machine, () => {}, { report: { commands: [kept] } })
  await rig.until(() => rig.run(started, machine).state === 'unknown')
  t.is((await after.take('command')).command?.command, `commands/${unheard}`)
  report(after, kept, 'exited')
  await after.settled()
  const acknowledged = after.heard.flatMap((heard) => heard.acknowledge_command ?? [])
  t.deepEqual(acknowledged, [`commands/${started}`, `commands/${kept}`])
  t.is(after.count('command'), 1)
  t.like(rig.run(kept, machine), { state: 'exited', exitCode: 3 })
})

test('a command that is over for the fleet is acknowledged to an agent that still holds it', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const before = await rig.connect(machine)
  const command = await rig.order(machine)
  report(before, command, 'exited')
  await before.take('acknowledge_command')
  const after = await rig.connect(machine, () => {}, { report: { commands: [command] } })
  t.is((await after.take('acknowledge_command')).acknowledge_command, `commands/${command}`)
})

test('a command that was cancelled while its machine was away is killed, or never started', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const before = await rig.connect(machine)
  const running = await rig.order(machine)
  const pending = await rig.order(machine)
  report(before, running, 'running')
  await before.settled()
  before.close()
  await rig.until(() => rig.record(machine).connection === 'silent')
  for (const command of [running, pending]) {
    must(await rig.loop.submit({ kind: 'cancel_command', caller: admin, command }))
  }
  const after = await rig.connect(machine, () => {}, { report: { commands: [running] } })
  await rig.until(() => rig.run(pending, machine).state === 'cancelled')
  await after.settled()
  t.is(after.count('command'), 0)
  const cancelled = after.heard.flatMap((heard) => heard.cancel_command ?? [])
  t.deepEqual(cancelled.toSorted(), [`commands/${running}`, `commands/${pending}`].toSorted())
})

test('a machine says nothing in the name of a command that it was not asked to run', async (t) => {
  const rig = await Rig.start(t)
  const asked = await rig.machine()
  const other = await rig.machine()
  const agent = await rig.connect(asked)
  const liar = await rig.connect(other)
  const command = await rig.order(asked)
  const finished = new AbortController()
  const pieces = rig.outputs.follow(command, finished.signal)
  const chunk = { command: `commands/${command}`, stream: 1, offset: 0 } as const
  liar.say({ command_chunk: { ...chunk, data: Buffer.from('a lie') } })
  await liar.settled()
  agent.say({ command_chunk: { ...chunk, data: Buffer.from('the truth') } })
  await agent.settled()
  finished.abort()
  const texts: string[] = []
  for await (const piece of pieces) texts.push(Buffer.from(must(piece).data).toString())
  t.deepEqual(texts, ['the truth'])
})

const generator = random(5)
const ids = idSource((length) => generator.bytes(length))
const machine = ids.machine()

function said(text: string, stream: OutputStream = 'stdout'): CommandPiece {
  return { machine, stream, data: Buffer.from(text) }
}

async function read(pieces: AsyncIterable<Result<CommandPiece, BilletError>>): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const one of pieces) texts.push(one.ok ? Buffer.from(one.value.data).toString() : one.error.kind)
  return texts
}

test('output that is sent again after a reconnect is told once, each stream for itself', async (t) => {
  const relay = new CommandOutputRelay()
  const command = ids.command()
  const finished = new AbortController()
  const pieces = relay.follow(command, finished.signal)
  relay.piece(command, said('abc'), 0)
  relay.piece(command, said('abc', 'stderr'), 0)
  relay.piece(command, said('abcdef'), 0)
  relay.piece(command, said('ef'), 4)
  relay.piece(command, said('gh'), 6)
  finished.abort()
  relay.piece(command, said('too late'), 8)
  t.deepEqual(await read(pieces), ['abc', 'abc', 'def', 'gh'])
  t.is(relay.interest(command, machine), 'none')
})

test('a reader that falls behind is cut off with a reason, and the others are not', async (t) => {
  const relay = new CommandOutputRelay({ readerBytesMax: 10, bytesMax: 25 })
  const command = ids.command()
  const finished = new AbortController()
  const slow = relay.follow(command, finished.signal)
  const quick = relay.follow(command, finished.signal)
  const seen: string[] = []
  for (const [offset, text] of ['12345', '67890', 'abcde'].entries()) {
    relay.piece(command, said(text), offset * 5)
    const next = await quick.next()
    if (next.done !== true) seen.push(Buffer.from(must(next.value).data).toString())
  }
  t.deepEqual(seen, ['12345', '67890', 'abcde'])
  t.deepEqual(await read(slow), ['12345', '67890', 'slow_reader'])
  t.is(relay.waitingBytes, 0)
})

test('all readers together are bounded, and one that leaves frees what waited for it', async (t) => {
  const relay = new CommandOutputRelay({ readerBytesMax: 10, bytesMax: 25 })
  const command = ids.command()
  const follow = () => relay.follow(command, new AbortController().signal)
  const [first, second, last] = [follow(), follow(), follow()]
  relay.piece(command, said('1234567890'), 0)
  t.is(relay.waitingBytes, 20)
  await first.return()
  t.is(relay.waitingBytes, 10)
  t.deepEqual(await read(last), ['slow_reader'])
  await second.return()
  t.is(relay.waitingBytes, 0)
})

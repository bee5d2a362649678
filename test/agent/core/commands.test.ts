import test from 'ava'
import { type CommandEntry, CommandLedger, afterIntent, commandStep } from '../../../agent/core/commands.ts'
import type { CommandProgress } from '../../../shared/model/command.ts'
import { type CommandId, idSource } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import { instant } from '../../../shared/model/time.ts'

const generator = random(3)
const ids = idSource((length) => generator.bytes(length))
const [one, two, three] = [ids.command(), ids.command(), ids.command()]
const exited: CommandProgress = {
  state: 'exited',
  reason: '',
  exitCode: 0,
  stdoutDroppedBytes: 0,
  stderrDroppedBytes: 0,
  startedAt: null,
  endedAt: null,
}
const idle = { known: null, live: null, running: 0, runningMax: 2, flaw: null }
const ledger = (...entries: readonly (readonly [CommandId, CommandEntry])[]) => new CommandLedger(entries, 2)

test('a command begins only where nothing is known of it, and there is room', (t) => {
  t.deepEqual(commandStep(idle), { kind: 'begin' })
  t.like(commandStep({ ...idle, running: 2 }), { kind: 'refuse', why: 'too_many_running' })
  t.like(commandStep({ ...idle, flaw: 'argv: none' }), { kind: 'refuse', why: 'invalid_command' })
  t.deepEqual(commandStep({ ...idle, known: { kind: 'intended' }, live: 'it' }), { kind: 'join', live: 'it' })
  t.like(commandStep({ ...idle, known: { kind: 'intended' } }), { kind: 'conclude', progress: { state: 'unknown' } })
  t.like(commandStep({ ...idle, known: { kind: 'over', progress: exited } }), { kind: 'answer', progress: exited })
  t.like(commandStep({ ...idle, known: { kind: 'acknowledged' } }), { kind: 'answer', progress: { state: 'unknown' } })
})

test('what was asked to end before it began does not begin', (t) => {
  t.is(afterIntent(false, instant(5)), null)
  t.like(afterIntent(true, instant(5)), { state: 'cancelled', endedAt: 5 })
})

test('what an earlier agent left is over, and can be acknowledged', (t) => {
  const left = ledger([one, { kind: 'intended' }], [two, { kind: 'acknowledged' }])
  t.like(left.get(one), { kind: 'over', progress: { state: 'unknown' } })
  t.deepEqual(left.unacknowledged(), [one])
  t.deepEqual(left.acknowledge(one), { kind: 'acknowledged' })
  t.is(left.acknowledge(one), null)
  t.deepEqual(left.unacknowledged(), [])
})

test('an intent takes the place of what was acknowledged, and of nothing else', (t) => {
  const full = ledger([one, { kind: 'over', progress: exited }], [two, { kind: 'acknowledged' }])
  t.deepEqual(full.intend(three), { kind: 'intended' })
  t.is(full.get(two), null)
  t.is(full.acknowledge(three), null)
  t.is(full.intend(two), null)
  full.takeBack(three)
  t.deepEqual(full.intend(two), { kind: 'intended' })
})

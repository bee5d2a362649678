import test from 'ava'
import { term } from '../../../shared/model/ids.ts'
import { milliseconds, minutes, seconds } from '../../../shared/model/time.ts'
import { Core, exited, now, placementOf } from './fixture.ts'

const p1 = placementOf(1)
const lease = seconds(60)

/** A task that runs under a lease which was renewed just now. */
function leased(): Core {
  const core = new Core()
  core.input({ kind: 'renewed', sentAt: core.uptime, term: term(1) })
  core.want({ epoch: 1, goal: 'run', lease, validation: 1 })
  core.input({ kind: 'prepared', placement: p1 })
  core.input({ kind: 'started', placement: p1 })
  return core
}

function pass(core: Core, duration: number): Core {
  core.uptime = milliseconds(core.uptime + duration)
  return core.input({ kind: 'beat' })
}

test('the watchdog knows when the lease ends before anything runs under it, and with each renewal', (t) => {
  const core = new Core()
  core.input({ kind: 'renewed', sentAt: core.uptime, term: term(1) })
  core.want({ epoch: 1, goal: 'run', lease })
  t.deepEqual(core.did(), ['persist', 'prepare'])
  core.input({ kind: 'prepared', placement: p1 })
  t.deepEqual(
    core.effects.filter(({ kind }) => kind !== 'report'),
    [
      { kind: 'extend', placement: p1, until: milliseconds(core.uptime + lease) },
      { kind: 'start', placement: p1 },
    ],
  )
  core.did()
  core.input({ kind: 'started', placement: p1 })
  core.did()
  pass(core, seconds(20))
  t.deepEqual(core.did(), [])
  core.input({ kind: 'renewed', sentAt: milliseconds(core.uptime - seconds(2)), term: term(1) })
  t.deepEqual(core.effects, [{ kind: 'extend', placement: p1, until: milliseconds(core.uptime - seconds(2) + lease) }])
})

test('a task is stopped at the end of its lease, and how it ends says nothing about the task', (t) => {
  const core = leased()
  core.did()
  pass(core, lease - 1)
  t.deepEqual(core.did(), [])
  pass(core, 1)
  t.deepEqual(core.did(), ['stop', 'persist'])
  core
    .input(exited(1, 143))
    .input({ kind: 'stopped', placement: p1, outcome: { kind: 'exited', code: 143, reason: '', at: now } })
  t.like(core.state.reported?.outcome, {
    kind: 'lost',
    reason: 'its machine heard of no coordinator for its lease of 60 s',
  })
})

test('a renewal counts from when it was sent, late ones and those of a deposed coordinator change nothing', (t) => {
  const core = leased()
  const begun = core.uptime
  pass(core, seconds(50))
  core.input({ kind: 'renewed', sentAt: milliseconds(begun + seconds(10)), term: term(1) })
  core.input({ kind: 'renewed', sentAt: milliseconds(begun + seconds(5)), term: term(1) })
  core.input({ kind: 'renewed', sentAt: milliseconds(begun + seconds(50)), term: term(0) })
  pass(core, seconds(20) - 1)
  t.is(core.state.record.state, 'running')
  pass(core, 1)
  t.is(core.state.record.state, 'stopping')
})

test('a restart of the agent does not extend a lease, and one that knows of none ends what it finds', (t) => {
  const before = leased()
  const journal = before.journal
  const found = { kind: 'found', placement: p1, found: { kind: 'running', startedAt: now } } as const
  const knows = new Core(journal, false, before.uptime)
  knows.uptime = milliseconds(before.uptime + lease - 1)
  knows.input(found)
  t.is(knows.state.record.state, 'running')
  pass(knows, 1)
  t.is(knows.state.record.state, 'stopping')
  const forgot = new Core(journal, false, null)
  forgot.input(found)
  t.is(forgot.state.record.state, 'stopping')
})

test('what was being ended is still being ended after a restart', (t) => {
  const core = leased()
  pass(core, lease)
  const later = new Core(core.journal, false, core.uptime)
  later.input({ kind: 'renewed', sentAt: milliseconds(core.uptime + lease), term: term(1) })
  later.input({ kind: 'found', placement: p1, found: { kind: 'running', startedAt: now } })
  t.is(later.state.record.state, 'stopping')
  t.true(later.did().includes('stop'))
  const gone = new Core(core.journal, false, core.uptime)
  const outcome = { kind: 'exited', code: 0, reason: '', at: now } as const
  gone.input({ kind: 'found', placement: p1, found: { kind: 'ended', outcome } })
  t.is(gone.state.record.outcome?.kind, 'lost')
})

test('nothing begins under a lease that is over, and it begins with the next renewal', (t) => {
  const core = new Core()
  core.input({ kind: 'renewed', sentAt: milliseconds(core.uptime - lease), term: term(1) })
  core.want({ epoch: 1, goal: 'run', lease })
  core.input({ kind: 'prepared', placement: p1 })
  t.deepEqual(core.did(), ['persist', 'prepare'])
  core.input({ kind: 'renewed', sentAt: core.uptime, term: term(1) })
  t.deepEqual(core.did(), ['extend', 'start'])
})

test('one that waits is never stopped by silence', (t) => {
  const core = new Core().running(1)
  pass(core, minutes(10_000))
  t.is(core.state.record.state, 'running')
})

test('a machine that is only held is let go at the end of its lease', (t) => {
  const core = new Core()
  core.input({ kind: 'renewed', sentAt: core.uptime, term: term(1) })
  core.want({ epoch: 1, goal: 'run', lease, task: null })
  t.is(core.state.record.state, 'running')
  pass(core, lease)
  t.is(core.state.record.state, 'sanitising')
  t.is(core.state.record.outcome?.kind, 'lost')
})

test('a time limit warns once, and then ends the task', (t) => {
  const timeLimit = { limit: minutes(10), warning: { signal: 'SIGUSR1', before: minutes(2) } } as const
  const core = new Core()
  core.want({ epoch: 1, goal: 'run', timeLimit })
  core.input({ kind: 'prepared', placement: p1 }).input({ kind: 'started', placement: p1 })
  core.did()
  pass(core, minutes(8) - 1)
  t.deepEqual(core.did(), [])
  pass(core, 1)
  t.deepEqual(core.did(), ['signal', 'persist'])
  pass(core, seconds(10))
  t.deepEqual(core.did(), [])
  // A later agent knows that it was warned, and since when it runs.
  const later = new Core(core.journal)
  later.uptime = core.uptime
  later.input({ kind: 'found', placement: p1, found: { kind: 'running', startedAt: now } })
  later.did()
  pass(later, minutes(2) - seconds(10))
  t.deepEqual(later.did(), ['stop', 'persist'])
  later.input({ kind: 'stopped', placement: p1, outcome: null })
  t.like(later.state.reported?.outcome, { kind: 'timed_out', reason: 'its time limit of 600 s has passed' })
})

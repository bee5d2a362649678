import { finding } from '../../../shared/model/health.ts'
import test from 'ava'
import { epoch, term } from '../../../shared/model/ids.ts'
import { placementOf, Core, exited, handBack, now, order, otherMachine, validation } from './fixture.ts'

const p1 = placementOf(1)

test('a new machine validates when asked, once per number', (t) => {
  const core = new Core()
  t.is(core.state.record.state, 'idle')
  core.want({ epoch: 0, goal: 'idle', validation: 0 })
  t.deepEqual(core.did(), ['persist'])
  core.want({ epoch: 0, goal: 'idle', validation: 1 })
  core.want({ epoch: 0, goal: 'idle', validation: 1 })
  t.deepEqual(core.did(), ['validate'])
  core.input({ kind: 'validated', report: validation(1) }).want({ epoch: 0, goal: 'idle', validation: 1 })
  t.deepEqual(core.did(), [])
  t.deepEqual(core.state.reported?.validation, validation(1))
})

test('prepare waits for the order to run; the epoch is durable before anything else', (t) => {
  const core = new Core()
  core.want({ epoch: 1, goal: 'prepare' })
  t.deepEqual(core.did(), ['persist', 'prepare'])
  t.is(core.journal?.epoch, epoch(1))
  core.input({ kind: 'prepared', placement: p1 })
  t.is(core.state.reported?.state, 'prepared')
  t.deepEqual(core.did(), [])
  core.want({ epoch: 1, goal: 'run' })
  t.deepEqual(core.did(), ['start'])
  core.input({ kind: 'started', placement: p1 })
  t.is(core.state.reported?.state, 'running')
  t.is(core.state.reported?.startedAt, now)
})

test('a task that ends by itself is sanitised and validated at once, and both are told together', (t) => {
  const core = new Core().running(1)
  core.effects = []
  core.input(exited(1, 3))
  t.deepEqual(core.did(), ['sanitise'])
  t.is(core.state.reported?.state, 'sanitising')
  t.like(core.state.reported?.outcome, { kind: 'exited', code: 3 })
  core.input({ kind: 'sanitised', report: handBack(1, true) })
  t.deepEqual(core.did(), ['validate'])
  t.is(core.state.reported?.state, 'sanitising')
  core.input({ kind: 'validated', report: validation(1) })
  t.deepEqual(
    core.effects.map((effect) => effect.kind),
    ['persist', 'report'],
  )
  t.like(core.state.reported, { state: 'clean', handBack: { clean: true }, validation: { validation: 1 } })
})

test('the goal idle stops the task, and then makes the machine clean', (t) => {
  const core = new Core().running(1)
  core.want({ epoch: 1, goal: 'idle', validation: 1 })
  t.deepEqual(
    core.effects.filter((effect) => effect.kind === 'stop'),
    [{ kind: 'stop', placement: p1 }],
  )
  core.input(exited(1, 143))
  t.is(core.state.record.state, 'stopping')
  core.did()
  core.input({ kind: 'stopped', placement: p1, outcome: null })
  t.deepEqual(core.did(), ['sanitise'])
  t.like(core.state.record.outcome, { kind: 'exited', code: 143 })
})

test('a newer epoch waits until the older placement was stopped and proved clean', (t) => {
  const core = new Core().running(1)
  core.want({ epoch: 2, goal: 'run', validation: 2 })
  t.deepEqual(core.did(), ['stop'])
  core.input({ kind: 'stopped', placement: p1, outcome: null })
  t.deepEqual(core.did(), ['sanitise'])
  core.input({ kind: 'sanitised', report: handBack(1, true) })
  t.deepEqual(core.did(), ['persist', 'prepare'])
  t.is(core.journal?.placement?.placement, placementOf(2))
})

test('a machine that cannot be made clean takes up no placement, and is tried once for each validation', (t) => {
  const core = new Core().running(1)
  core.input(exited(1)).input({ kind: 'sanitised', report: handBack(1, false) })
  t.is(core.state.reported?.state, 'dirty')
  core.did()
  core.want({ epoch: 1, goal: 'idle', validation: 1 }).want({ epoch: 2, goal: 'run', validation: 1 })
  t.deepEqual(core.did(), [])
  core.want({ epoch: 2, goal: 'run', validation: 2 })
  t.deepEqual(core.did(), ['sanitise'])
  core.input({ kind: 'sanitised', report: handBack(1, false) })
  core.want({ epoch: 2, goal: 'run', validation: 2 })
  t.deepEqual(core.did(), ['persist'])
  t.is(core.state.record.epoch, epoch(1))
})

test('in the dirty state a newer validation sanitises again, and then validates', (t) => {
  const core = new Core().running(1)
  core.input(exited(1)).input({ kind: 'sanitised', report: handBack(1, false) })
  core.did()
  core.want({ epoch: 1, goal: 'idle', validation: 2 })
  t.deepEqual(core.did(), ['sanitise'])
  core.input({ kind: 'sanitised', report: handBack(1, true) })
  t.deepEqual(core.did(), ['validate'])
})

test('a task that cannot be prepared or started has failed, and the machine is made clean all the same', (t) => {
  const core = new Core()
  core
    .want({ epoch: 1, goal: 'run' })
    .input({ kind: 'prepare_failed', placement: p1, reason: 'no such program', fault: 'machine' })
  t.deepEqual(core.did(), ['persist', 'prepare', 'sanitise'])
  t.like(core.state.reported?.outcome, { kind: 'failed_to_start', reason: 'no such program' })
  const other = new Core()
  other.want({ epoch: 1, goal: 'run' }).input({ kind: 'prepared', placement: p1 })
  other.input({ kind: 'start_failed', placement: p1, reason: 'no processes left', fault: 'machine' })
  t.like(other.state.reported, { state: 'sanitising', outcome: { kind: 'failed_to_start' } })
})

test('what was prepared and is no longer wanted was not started', (t) => {
  const core = new Core()
  core.want({ epoch: 1, goal: 'prepare' }).want({ epoch: 1, goal: 'idle' })
  t.deepEqual(core.did(), ['persist', 'prepare'])
  core.input({ kind: 'prepared', placement: p1 })
  t.deepEqual(core.did(), ['sanitise'])
  t.like(core.state.record.outcome, { kind: 'not_started' })
})

test('a newer epoch without a tenant is handed back under that epoch', (t) => {
  const core = new Core()
  core.want({ epoch: 4, goal: 'idle', validation: 3 })
  t.deepEqual(core.did(), ['persist', 'sanitise'])
  core.input({ kind: 'sanitised', report: handBack(4, true) }).input({ kind: 'validated', report: validation(3) })
  t.like(core.state.reported, { epoch: 4, state: 'clean', outcome: { kind: 'not_started' }, placement: null })
})

test('without a task the machine runs nothing until it is no longer wanted', (t) => {
  const core = new Core()
  core.want({ epoch: 1, goal: 'run', task: null })
  t.deepEqual(core.did(), ['persist', 'persist'])
  t.is(core.state.reported?.state, 'running')
  const again = new Core(core.journal)
  t.is(again.state.record.state, 'running')
  again.want({ epoch: 1, goal: 'idle' })
  t.deepEqual(again.did(), ['sanitise'])
  t.like(again.state.record.outcome, { kind: 'exited', code: 0 })
})

test('orders of the past, and for others, are refused with the reason', (t) => {
  const core = new Core().running(3)
  const refused = () => core.effects.flatMap((effect) => (effect.kind === 'refused' ? effect.refusal.kind : []))
  core.want({ epoch: 2, goal: 'idle' })
  core.want({ epoch: 3, goal: 'idle', term: 0 })
  core.want({ epoch: 3, goal: 'run', placement: 9 })
  core.input({ kind: 'desired', desired: { ...order({ epoch: 3, goal: 'idle' }), machine: otherMachine } })
  t.deepEqual(refused(), ['older_epoch', 'older_term', 'other_placement', 'other_machine'])
  t.is(core.state.record.state, 'running')
})

test('a newer term is durable before its order is obeyed', (t) => {
  const core = new Core().running(1)
  core.want({ epoch: 1, goal: 'idle', term: 5 })
  t.deepEqual(core.did(), ['persist', 'stop'])
  t.is(core.journal?.term, term(5))
})

test('with a full disk new work waits, the running task is untouched, and a condition says why', (t) => {
  const core = new Core()
  core.diskFull = true
  core.want({ epoch: 1, goal: 'run' })
  t.deepEqual(core.did(), ['persist'])
  t.like(core.state.reported, { epoch: 0, state: 'idle' })
  t.like(core.state.reported?.conditions[0], { id: 'state-directory-unwritable', forbidsPlacement: true })
  core.input({ kind: 'retry' })
  t.deepEqual(core.did(), ['persist'])
  core.diskFull = false
  core.input({ kind: 'retry' })
  t.deepEqual(core.did(), ['persist', 'prepare'])
  t.deepEqual(core.state.reported?.conditions, [])
})

test('a note that could not be written is written later', (t) => {
  const core = new Core()
  core.want({ epoch: 1, goal: 'run' }).input({ kind: 'prepared', placement: p1 })
  core.diskFull = true
  core.input({ kind: 'started', placement: p1 })
  t.is(core.state.reported?.conditions.length, 1)
  t.is(core.journal?.state, 'preparing')
  core.diskFull = false
  core.input({ kind: 'retry' })
  t.is(core.journal?.state, 'running')
  t.deepEqual(core.state.reported?.conditions, [])
})

test('after a restart what runs is found again, and goes on', (t) => {
  const { journal } = new Core().running(1)
  const core = new Core(journal)
  t.deepEqual(core.did(), ['find'])
  core.want({ epoch: 1, goal: 'run', validation: 1 })
  t.deepEqual(core.did(), [])
  core.input({ kind: 'found', placement: p1, found: { kind: 'running', startedAt: now } })
  t.deepEqual(core.did(), ['tell', 'persist'])
  t.is(core.state.reported?.state, 'running')
  core.input(exited(1, 9))
  t.deepEqual(core.did(), ['sanitise'])
})

test('after a restart the end of the task is told, and the machine made clean', (t) => {
  const { journal } = new Core().running(1)
  const core = new Core(journal)
  const outcome = { kind: 'lost', reason: 'the machine was started anew since', at: now } as const
  core.input({ kind: 'found', placement: p1, found: { kind: 'ended', outcome } })
  t.deepEqual(core.did(), ['find', 'sanitise'])
  t.deepEqual(core.state.reported?.outcome, outcome)
})

test('after a restart what never began is prepared again, if it is still wanted', (t) => {
  const before = new Core()
  before.want({ epoch: 1, goal: 'prepare' })
  for (const found of [{ kind: 'not_started' }, { kind: 'unknown', reason: 'no record' }] as const) {
    const core = new Core(before.journal)
    core.input({ kind: 'found', placement: p1, found })
    t.deepEqual(core.did(), ['find'])
    core.want({ epoch: 1, goal: 'run' })
    t.deepEqual(core.did(), ['prepare'])
  }
})

test('a task whose records are gone is lost', (t) => {
  const { journal } = new Core().running(1)
  const core = new Core(journal)
  core.input({ kind: 'found', placement: p1, found: { kind: 'unknown', reason: 'no record' } })
  t.like(core.state.reported, { state: 'sanitising', outcome: { kind: 'lost' } })
})

test('a hand-back that was cut short is made again', (t) => {
  const { journal } = new Core().running(1)
  if (journal === null) throw new Error('nothing was written')
  const core = new Core({ ...journal, state: 'sanitising' })
  t.deepEqual(core.did(), ['sanitise'])
})

test('without its memory a machine on which something may be left is made clean first', (t) => {
  const core = new Core(null, true)
  t.deepEqual(core.did(), ['sanitise'])
  core.want({ epoch: 6, goal: 'prepare' })
  t.deepEqual(core.did(), [])
  core.input({ kind: 'sanitised', report: handBack(0, true) })
  t.deepEqual(core.did(), ['persist', 'prepare'])
})

test('under a new name the old counters mean nothing, and the machine is made clean', (t) => {
  const { journal } = new Core().running(8)
  if (journal === null) throw new Error('nothing was written')
  const core = new Core({ ...journal, machine: otherMachine })
  t.deepEqual(core.did(), ['sanitise'])
  core.input({ kind: 'sanitised', report: handBack(0, true) }).want({ epoch: 1, goal: 'run' })
  t.is(core.state.record.epoch, epoch(1))
})

test('conditions and commands are told when they change', (t) => {
  const core = new Core()
  core.effects = []
  const condition = finding({ id: 'hot', severity: 'warning', reason: 'It is hot.', since: now, action: 'note' })
  core.input({ kind: 'conditions', conditions: [condition] }).input({ kind: 'conditions', conditions: [condition] })
  t.is(core.effects.length, 1)
  t.deepEqual(core.state.reported?.conditions, [condition])
})

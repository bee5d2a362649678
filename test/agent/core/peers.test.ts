import test from 'ava'
import type { Peer } from '../../../shared/model/run.ts'
import { Core, exited, now, placementOf } from './fixture.ts'

const peer = (rank: number): Peer => ({ rank, address: `10.0.0.${rank + 1}`, group: '' })
const wish = { epoch: 1, goal: 'run' } as const

/** What a task was told, in the order in which it was. */
function told(core: Core): (readonly [number, string])[] {
  const found = core.effects.flatMap((effect) => {
    if (effect.kind !== 'tell') return []
    const { generation, peers } = effect.assignment
    return [[generation, peers.map(({ rank }) => rank).join()] as const]
  })
  core.effects = []
  return found
}

test('a task that runs is told once of every change of its peers, and of the newest alone', (t) => {
  const core = new Core().running(1)
  t.deepEqual(told(core), [], 'it was prepared with these')
  core.want({ ...wish, peers: [peer(0), peer(1)], generation: 2 })
  core.want({ ...wish, peers: [peer(0), peer(1)], generation: 2, validation: 4 })
  t.deepEqual(told(core), [[2, '0,1']])
  core.want({ ...wish, peers: [peer(0), peer(2)], generation: 4 })
  t.deepEqual(told(core), [[4, '0,2']])
})

test('what changed while it was prepared is told before it starts', (t) => {
  const core = new Core()
  core.want({ epoch: 1, goal: 'prepare' })
  core.want({ epoch: 1, goal: 'prepare', peers: [peer(0)], generation: 2 })
  t.deepEqual(told(core), [], 'nobody is there yet who could write it')
  core.input({ kind: 'prepared', placement: placementOf(1) })
  t.deepEqual(told(core), [[2, '0']])
})

test('a later agent says it again, since it cannot know what the one before had said', (t) => {
  const first = new Core().running(1)
  const core = new Core(first.journal)
  core.want({ ...wish, peers: [peer(0), peer(1)], generation: 2 })
  t.deepEqual(told(core), [], 'it was not found yet: a signal would reach nobody')
  core.input({ kind: 'found', placement: placementOf(1), found: { kind: 'running', startedAt: now } })
  t.deepEqual(told(core), [[2, '0,1']])
})

test('what could not be written is tried again, as it is by then', (t) => {
  const core = new Core().running(1)
  core.want({ ...wish, peers: [peer(0), peer(1)], generation: 2 })
  core.want({ ...wish, peers: [peer(0)], generation: 3 })
  told(core)
  core.input({ kind: 'tell_again' })
  t.deepEqual(told(core), [[3, '0']])
})

test('nothing is told to what is only held, is ending, or is another epoch’s', (t) => {
  const held = new Core()
  held.want({ ...wish, task: null })
  held.want({ ...wish, task: null, peers: [peer(0), peer(1)], generation: 2 })
  t.deepEqual(told(held), [])
  const ended = new Core().running(1).input(exited(1))
  ended.want({ ...wish, peers: [peer(0), peer(1)], generation: 2 })
  t.deepEqual(told(ended), [])
})

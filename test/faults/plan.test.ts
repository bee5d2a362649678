import test from 'ava'
import { assert, constantFrom, nat, property } from 'fast-check'
import { random } from '../../shared/model/random.ts'
import { type Fault, LONG_MS, inWords, planFaults } from './plan.ts'

const OPTIONS = { faults: 300, machines: 5, gapMs: 500, longOneIn: 10, isRelayed: (box: number) => box % 2 === 0 }
const planOf = (seed: number): readonly Fault[] => planFaults(random(seed), OPTIONS)

/** What one fault undoes must not be what another did. */
const GROUPS: readonly (readonly string[])[] = [
  ['kill', 'ambush', 'stop', 'storm', 'reboot'],
  ['partition', 'drop', 'reboot'],
  ['delay', 'stall', 'cut'],
  ['fill', 'reboot'],
  ['clock', 'reboot'],
]

test('a seed has one plan of faults, with as many as were asked for, in order', (t) => {
  assert(
    property(nat(), (seed) => {
      const plan = planOf(seed)
      t.deepEqual(planOf(seed), plan)
      t.is(plan.length, OPTIONS.faults)
      t.true(plan.every((fault, index) => fault.atMs >= (plan[index - 1]?.atMs ?? 0)))
    }),
    { numRuns: 30 },
  )
})

test('no two faults take hold of the same part of a box at once', (t) => {
  assert(
    property(nat(), constantFrom(...GROUPS), nat({ max: OPTIONS.machines }), (seed, group, box) => {
      const some = planOf(seed).filter(
        ({ deed, box: of }) => group.includes(deed.kind) && (of === box || (deed.kind === 'storm' && box > 0)),
      )
      for (const [index, { atMs, forMs }] of some.entries()) {
        t.true((some[index + 1]?.atMs ?? Infinity) > atMs + forMs)
      }
    }),
    { numRuns: 100 },
  )
})

test('only machines with a relay have faults of one, and every kind of fault is drawn', (t) => {
  const plans = [1, 2, 3, 4, 5].flatMap(planOf)
  for (const { box, deed } of plans) {
    if (deed.kind === 'delay' || deed.kind === 'stall' || deed.kind === 'cut') t.true(OPTIONS.isRelayed(box))
  }
  t.is(new Set(plans.map(({ deed }) => deed.kind)).size, 12)
  t.true(
    plans.some(({ box }) => box === 0),
    'the coordinator has faults too',
  )
  t.true(
    plans.some(({ forMs }) => forMs === LONG_MS),
    'some last longer than the lease',
  )
})

test('nobody restarts the coordinator while machines are silent for longer than their leases', (t) => {
  for (const plan of [1, 2, 3, 4, 5].map(planOf)) {
    const silences = plan.filter(({ forMs }) => forMs === LONG_MS)
    for (const { deed, box, atMs } of plan) {
      if (box > 0 || (deed.kind !== 'kill' && deed.kind !== 'ambush')) continue
      t.false(silences.some((silence) => silence.atMs <= atMs && atMs < silence.atMs + LONG_MS))
    }
  }
})

test('a fault is told in one line', (t) => {
  const partition: Fault = { atMs: 1234, forMs: 500, box: 3, deed: { kind: 'partition', direction: 'in' } }
  t.is(inWords(partition), '1.234 partition in m3 for 500 ms')
  t.is(inWords({ ...partition, box: 0, deed: { kind: 'kill' } }), '1.234 kill coordinator for 500 ms')
})

import test from 'ava'
import { must } from '../fixtures.ts'
import { check } from './checker.ts'
import { type Answers, type History, parseCommandLine, parseTaskLine } from './history.ts'

/** A history as a person writes it down: lines of each machine, in order. */
type Written = {
  readonly m1?: readonly string[]
  readonly m2?: readonly string[]
  readonly commands?: readonly string[]
  readonly answers?: Partial<Answers>
}

const ANSWERS: Answers = {
  submitted: [
    { workload: 'w1', tenant: 'amber', ranks: 1 },
    { workload: 'w2', tenant: 'birch', ranks: 2 },
  ],
  cancelled: [{ workload: 'w2', state: 'running' }],
  told: [
    { workload: 'w1', state: 'waiting' },
    { workload: 'w2', state: 'running' },
    { workload: 'w1', state: 'succeeded' },
    { workload: 'w2', state: 'waiting' },
  ],
  final: new Map([
    ['w1', { state: 'succeeded', reason: '' }],
    ['w2', { state: 'cancelled', reason: '' }],
  ]),
  placements: new Map([
    ['p1', { machine: 'm1', epoch: 1 }],
    ['p2', { machine: 'm1', epoch: 2 }],
    ['p3', { machine: 'm2', epoch: 7 }],
    ['p4', { machine: 'm2', epoch: 8 }],
  ]),
  commands: [{ token: 'c1', machine: 'm1', state: 'exited' }],
  machines: new Map([['m1', 'ready']]),
}

const AMBER = [
  '1.00 0 start amber w1 p1 0 free free -',
  '1.20 0 beat amber w1 p1 0',
  '1.40 0 stop amber w1 p1 0 0',
] as const
const BIRCH = [
  '2.00 0 start birch w2 p2 0 free free -',
  '2.20 0 beat birch w2 p2 0',
  '2.40 0 term birch w2 p2 0',
] as const
const OTHER = ['1.90 0 start birch w2 p3 1 free free -', '2.50 0 stray birch w2 p3 1'] as const

function history({
  m1 = [...AMBER, ...BIRCH],
  m2 = OTHER,
  commands = ['3.00 begin c1'],
  answers = {},
}: Written): History {
  const record = (machine: string, tasks: readonly string[], begun: readonly string[]) => ({
    machine,
    tasks: tasks.map((line) => must(parseTaskLine(line))),
    commands: begun.map((line) => must(parseCommandLine(line))),
  })
  return { records: [record('m1', m1, commands), record('m2', m2, [])], answers: { ...ANSWERS, ...answers } }
}

const laws = (written: Written): readonly string[] => [...new Set(check(history(written)).map(({ law }) => law))]

test('a history in which every promise was kept breaks no law', (t) => {
  t.deepEqual(check(history({})), [])
})

const late = '2.10 0 stray amber w1 p1 0'
const again = '2.60 0 start birch w2 p4 1 free free -'

const violating: readonly (readonly [law: string, written: Written])[] = [
  ['one tenant, one machine', { m1: [...AMBER, ...BIRCH, late] }],
  ['one task, one machine', { m1: [...AMBER, '2.00 0 start amber w1 p2 0 free free -', late], m2: [] }],
  [
    'a task begins after the last process of the one before',
    { m1: [...AMBER, '2.00 0 start birch w2 p2 0 held free -'] },
  ],
  ['a task finds the machine clean', { m1: [...AMBER, '2.00 0 start birch w2 p2 0 free free ,/tmp/dirt-p1'] }],
  ['no task of an older epoch begins', { m1: [...BIRCH, '2.60 0 start amber w1 p1 0 free free -', AMBER[2]] }],
  ['a task runs where it was placed', { m2: [...OTHER, ...AMBER] }],
  ['a placement begins at most once', { m1: [...AMBER, ...AMBER, ...BIRCH] }],
  ['a rank never runs twice at once', { m2: ['2.10 0 start birch w2 p3 0 free held -'] }],
  ['a rank never runs twice at once', { m2: ['2.10 0 start birch w2 p3 0 free free -'] }],
  ['a command begins at most once', { commands: ['3.00 begin c1', '3.50 begin c1'] }],
  ['what is told of a command is true', { commands: [] }],
  ['every command ends', { answers: { commands: [{ token: 'c2', machine: 'm1', state: 'open' }] } }],
  ['nothing runs that nobody asked for', { m1: [...AMBER, ...BIRCH, '3.00 0 start coral w9 p9 0 free free -'] }],
  ['nothing runs that nobody asked for', { m2: [...OTHER, '3.00 0 start birch w2 p4 2 free free -'] }],
  ['nothing acknowledged is lost', { answers: { final: new Map([['w1', { state: 'succeeded', reason: '' }]]) } }],
  ['nothing acknowledged is lost', { answers: { told: [{ workload: 'w1', state: 'unknown' }] } }],
  ['nothing acknowledged is lost', { answers: { cancelled: [{ workload: 'w2', state: 'unknown' }] } }],
  ['nothing acknowledged is lost', { answers: { commands: [{ token: 'c1', machine: '', state: 'unknown' }] } }],
  ['an end that was told stays', { answers: { told: [{ workload: 'w1', state: 'failed' }] } }],
  [
    'an end that was told stays',
    {
      answers: {
        told: [
          { workload: 'w1', state: 'succeeded' },
          { workload: 'w1', state: 'running' },
        ],
      },
    },
  ],
  ['a cancellation that was acknowledged holds', { answers: { cancelled: [{ workload: 'w1', state: 'running' }] } }],
  ['a cancellation that was acknowledged holds', { answers: { cancelled: [{ workload: 'w1', state: 'cancelled' }] } }],
  [
    'every workload ends, or runs',
    { answers: { final: new Map([...ANSWERS.final, ['w2', { state: 'waiting', reason: 'no machine' }]]) } },
  ],
  ['what succeeded was run', { m1: [...AMBER.slice(0, 2), ...BIRCH] }],
  ['every machine comes back', { answers: { machines: new Map([['m1', 'quarantined']]) } }],
]

for (const [index, [law, written]] of violating.entries()) {
  test(`history ${index + 1} breaks the law: ${law}`, (t) => {
    t.true(laws(written).includes(law), laws(written).join('; '))
  })
}

test('a cancellation that comes too late holds where its caller was told so', (t) => {
  t.deepEqual(laws({ answers: { cancelled: [{ workload: 'w1', state: 'succeeded' }] } }), [])
})

test('a rank may run again on another machine once its last process is gone', (t) => {
  t.deepEqual(laws({ m2: [...OTHER, again] }), [])
})

test('lines of machines whose clocks differ are told by one clock', (t) => {
  const ats = ['86401.50 86400 beat', '0.30 -1 beat'].map((start) => must(parseTaskLine(`${start} amber w1 p1 0`)).at)
  t.deepEqual(ats, [1.5, 1.3])
})

test('a line that no recorder writes is refused', (t) => {
  for (const line of ['', '1.00 0 start amber', 'x start a w p 0', '1.00 0 dance a w p 0', '1.00 0 beat a w p -1']) {
    t.false(parseTaskLine(line).ok, line)
  }
  for (const line of ['', 'begin c1', '1.00 begin', '1.00 end c1']) t.false(parseCommandLine(line).ok, line)
})

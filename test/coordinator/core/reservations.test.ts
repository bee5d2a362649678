import test from 'ava'
import type { InputOf } from '../../../coordinator/core/inputs.ts'
import type { ReservationRecord } from '../../../coordinator/core/records.ts'
import { parseExpression } from '../../../shared/model/expression/parse.ts'
import {
  type MachineId,
  type ReservationId,
  type WorkloadId,
  parseRequestId,
  parseReservationName,
} from '../../../shared/model/ids.ts'
import { type Instant, hours, later, minutes, seconds } from '../../../shared/model/time.ts'
import { ANY_MACHINE, type WorkloadSpec } from '../../../shared/model/workload.ts'
import { CoreHarness, must, tenant, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const name = (text: string) => must(parseReservationName(text))
const limited = (limit: ReturnType<typeof hours>): Partial<WorkloadSpec> => ({ timeLimit: { limit, warning: null } })
const on = (...machines: readonly MachineId[]): Partial<WorkloadSpec> => ({ constraints: { ...ANY_MACHINE, machines } })

type Asked = Partial<Omit<InputOf<'create_reservation'>, 'timing' | 'name' | 'tenants' | 'kind'>> & {
  readonly in?: ReturnType<typeof hours>
  readonly lasts?: ReturnType<typeof hours> | null
  readonly every?: 'daily' | 'weekly'
  readonly until?: Instant
  readonly for?: readonly string[]
}

function asked(core: CoreHarness, called: string, options: Asked): InputOf<'create_reservation'> {
  const { in: ahead = hours(2), lasts = hours(1), every = null, until = null, for: whom = [], ...others } = options
  return {
    kind: 'create_reservation',
    caller: admin,
    digest: called,
    name: name(called),
    timing: { start: later(core.now, ahead), duration: lasts, recurrence: every, lastStart: until },
    tenants: whom.map(tenant),
    machines: [],
    wanted: null,
    evicts: false,
    admitsUnlimited: false,
    comment: '',
    ...others,
  }
}

const reserve = (core: CoreHarness, called: string, options: Asked): ReservationId =>
  core.must(asked(core, called, options)).record.id

function reservation(core: CoreHarness, id: ReservationId): ReservationRecord {
  const found = core.state.find('reservations', id)
  if (found === undefined) throw new Error(`no reservation ${id}`)
  return found
}

function pass(core: CoreHarness, time: ReturnType<typeof hours>): void {
  core.now = later(core.now, time)
  core.must({ kind: 'tick' })
  core.place()
}

const stateOf = (core: CoreHarness, id: WorkloadId): string => core.workload(id).state
const events = (core: CoreHarness): readonly string[] =>
  [...core.state.table('events').values()].map(({ record }) => record.reason)

test('before a window, what ends in time may start there, cleaning included, and nothing else', (t) => {
  const core = new CoreHarness()
  const machine = core.available('m')
  const id = reserve(core, 'nightly', { machines: [machine] })
  const endless = core.submit('red')
  const long = core.submit('red', limited(minutes(119)))
  const brief = core.submit('red', limited(minutes(118)))
  core.place()
  t.is(stateOf(core, endless), 'queued')
  t.is(stateOf(core, long), 'queued')
  t.is(stateOf(core, brief), 'starting')
  core.exits(machine)
  core.place()
  const [why] = core.explain(endless)
  t.like(why, { reason: 'RESERVATION', machineCount: 1, machines: [machine] })
  t.is(
    why?.message,
    `1 machine is reserved for upkeep from 2023-11-15T00:13Z to 2023-11-15T01:13Z: nightly (${id}); ` +
      'with a --time-limit that ends before it may start there.',
  )
  t.regex(core.explain(long)[0]?.message ?? '', /and its time limit runs into that\.$/)
  const told = core.scheduler.explain(core.state, endless, core.now)
  t.is(told.expectedStart, later(core.now, hours(3)), 'when the window ends')
  t.deepEqual(told.suggestions, ['With a time limit of at most 1h58m it could start at once.'])
  pass(core, hours(2))
  t.is(stateOf(core, long), 'queued', 'for upkeep nobody may')
  t.regex(core.explain(long)[0]?.message ?? '', /is reserved for upkeep from .*: nightly \(rsv-\w+\)\.$/)
  pass(core, hours(1))
  t.is(stateOf(core, endless), 'starting', 'it was submitted first')
  t.not(reservation(core, id).overAt, null)
  t.true(['RESERVATION_WINDOW_BEGAN', 'RESERVATION_OVER'].every((reason) => events(core).includes(reason)))
})

test('within a window its tenants alone may have the machines, and before it they are bound by nothing', (t) => {
  const core = new CoreHarness()
  const [first, second] = [core.available('m1'), core.available('m2')]
  reserve(core, 'exam', { machines: [first, second], for: ['red'] })
  const early = core.submit('red', on(first))
  core.place()
  t.is(stateOf(core, early), 'starting')
  pass(core, hours(2))
  const other = core.submit('blue', limited(minutes(1)))
  core.place()
  t.is(stateOf(core, other), 'queued')
  t.regex(core.explain(other).at(-1)?.message ?? '', /reserved for tenant red/)
  const own = core.submit('red')
  core.place()
  t.is(stateOf(core, own), 'starting', 'behind the other, of the same shape')
  core.exits(second)
  pass(core, hours(1))
  t.is(stateOf(core, other), 'starting', 'the window is over')
  t.is(stateOf(core, early), 'starting', 'what runs there goes on')
})

test('a tenant has its own machines first, and leaves the others to who may not have them', (t) => {
  const core = new CoreHarness()
  const machines = ['a', 'b', 'c', 'd'].map((one) => core.available(one))
  reserve(core, 'exam', { machines: machines.slice(2), for: ['red'], in: seconds(0) })
  const own = [core.submit('red'), core.submit('red')]
  core.place()
  t.deepEqual(
    own.flatMap((id) => core.ranks(id).map(({ machine }) => machine)).toSorted(),
    machines.slice(2).toSorted(),
  )
})

test('a workload that names a reservation is placed within it alone', (t) => {
  const core = new CoreHarness()
  core.available('free')
  const reserved = core.available('reserved')
  reserve(core, 'exam', { machines: [reserved], for: ['red'] })
  const refused = core.apply({
    kind: 'submit_workload',
    caller: admin,
    tenant: tenant('blue'),
    displayName: '',
    spec: { ...core.workload(core.submit('blue', { scheduler: 'outside' })).spec, reservation: name('exam') },
    digest: 'x',
  })
  t.like(refused, { ok: false, error: { kind: 'state_conflict', field: 'spec.reservation' } })
  const own = core.submit('red', { reservation: name('exam') })
  core.place()
  t.is(stateOf(core, own), 'queued')
  const said = core.explain(own).map(({ message }) => message)
  t.true(
    said.some((one) => /is not of reservation exam|which opens at 2023-11-15T00:13Z/.test(one)),
    said.join('\n'),
  )
  pass(core, hours(2))
  t.deepEqual(
    core.ranks(own).map(({ machine }) => machine),
    [reserved],
  )
})

test('a window that evicts asks what others run there to end; what may be stopped waits again, all else fails', (t) => {
  const core = new CoreHarness()
  const machines = ['a', 'b', 'c'].map((one) => core.available(one))
  const [first, second, third] = machines
  if (first === undefined || second === undefined || third === undefined) throw new Error('three machines')
  const fails = core.submit('blue', on(first))
  const waits = core.submit('blue', { ...on(second), preemption: { preempts: false, preemptible: true } })
  const stays = core.submit('red', on(third))
  core.place()
  for (const machine of machines) core.says(machine, { state: 'running', startedAt: core.now })
  reserve(core, 'exam', { machines, for: ['red'], evicts: true })
  t.is(stateOf(core, fails), 'running')
  pass(core, hours(2))
  t.is(stateOf(core, fails), 'stopping')
  t.is(stateOf(core, waits), 'stopping')
  t.is(stateOf(core, stays), 'running')
  t.regex(core.workload(fails).stateReason, /a window of reservation exam \(rsv-\w+\) began on a/)
  core.exits(first, 143)
  core.exits(second, 143)
  core.place()
  t.is(stateOf(core, fails), 'failed')
  t.is(stateOf(core, waits), 'queued')
})

test('with eviction workloads without a limit may be let in until a window begins', (t) => {
  const core = new CoreHarness()
  const machine = core.available('m')
  reserve(core, 'weekly', { machines: [machine], evicts: true, admitsUnlimited: true, every: 'weekly' })
  const long = core.submit('red', limited(hours(3)))
  const endless = core.submit('red')
  core.place()
  t.is(stateOf(core, long), 'queued', 'it says that it would run into it')
  t.is(stateOf(core, endless), 'starting')
  pass(core, hours(2))
  t.is(stateOf(core, endless), 'stopping')
})

test('windows come again each day, in UTC, until the last; one may be ended early', (t) => {
  const core = new CoreHarness()
  const machine = core.available('m')
  const start = later(core.now, hours(2))
  const until = later(start, hours(48))
  const id = reserve(core, 'daily', { machines: [machine], every: 'daily', until })
  const longer = core.submit('red', limited(hours(24)))
  const between = core.submit('red', limited(hours(22)))
  pass(core, hours(2))
  t.is(stateOf(core, between), 'queued')
  core.must({ kind: 'end_window', caller: admin, reservation: id })
  core.place()
  t.is(stateOf(core, between), 'starting')
  t.is(stateOf(core, longer), 'queued', 'longer than from one window to the next')
  core.exits(machine)
  const early = core.apply({ kind: 'end_window', caller: admin, reservation: id })
  t.like(early, { ok: false, error: { kind: 'state_conflict' } })
  pass(core, hours(23))
  t.is(reservation(core, id).begunAt, null)
  pass(core, hours(1))
  t.is(reservation(core, id).begunAt, later(start, hours(24)))
  pass(core, hours(25))
  t.is(reservation(core, id).overAt, core.now)
})

test('two reservations of one machine at one time are refused by both names, and a name is taken once', (t) => {
  const core = new CoreHarness()
  const [first, second] = [core.available('m1'), core.available('m2')]
  const id = reserve(core, 'weekly', { machines: [first], every: 'weekly' })
  const clash = core.apply(asked(core, 'exam', { machines: [second, first], in: hours(24 * 21 + 2), for: ['red'] }))
  t.like(clash, { ok: false, error: { kind: 'reservation_conflict', metadata: { machine: first, reservation: id } } })
  if (!clash.ok) t.regex(clash.error.message, /^Reservations exam and weekly \(rsv-\w+\) would both have m1 \(mch-/)
  t.true(core.apply(asked(core, 'exam', { machines: [second, first], in: hours(24 * 21 + 3), for: ['red'] })).ok)
  const again = core.apply(asked(core, 'exam', { machines: [second], in: hours(1) }))
  t.like(again, { ok: false, error: { kind: 'reservation_conflict' } })
  const past = core.apply(asked(core, 'past', { machines: [second], lasts: null, for: ['red'] }))
  t.like(past, { ok: false, error: { kind: 'invalid_argument', field: 'timing.duration' } })
  const moved = core.apply({
    kind: 'update_reservation',
    caller: admin,
    reservation: id,
    timing: { start: null, duration: hours(2), recurrence: 'weekly', lastStart: null },
    tenants: null,
    comment: null,
  })
  t.like(moved, { ok: false, error: { kind: 'reservation_conflict' } })
})

test('machines are found by what must hold of them, and others come in place of lost ones until it begins', (t) => {
  const core = new CoreHarness()
  const machines = ['a', 'b', 'c', 'd'].map((one) => core.available(one))
  const [held, spare, third] = machines
  if (held === undefined || spare === undefined || third === undefined) throw new Error('four machines')
  const busy = core.submit('red', on(held))
  core.place()
  t.is(stateOf(core, busy), 'starting')
  const require = must(parseExpression('hostname in (a, b, c)'))
  const id = reserve(core, 'exam', { wanted: { count: 2, require }, for: ['red'] })
  t.deepEqual([...reservation(core, id).machines].toSorted(), machines.slice(1, 3).toSorted(), 'those that are free')
  const few = core.apply(asked(core, 'more', { wanted: { count: 2, require }, for: ['blue'] }))
  t.like(few, { ok: false, error: { kind: 'reservation_conflict', metadata: { found: '1' } } })
  core.must({ kind: 'quarantine_machine', caller: admin, machine: spare, reason: 'broken' })
  pass(core, seconds(1))
  t.deepEqual([...reservation(core, id).machines].toSorted(), [held, third].toSorted())
  core.must({ kind: 'quarantine_machine', caller: admin, machine: third, reason: 'broken' })
  pass(core, seconds(1))
  t.true(reservation(core, id).machines.includes(third), 'no other would do')
})

test('an upkeep window without an end cordons its machines at its start, and is over', (t) => {
  const core = new CoreHarness()
  const machine = core.available('m')
  const endless = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  const id = reserve(core, 'drain', { machines: [machine], lasts: null, evicts: true, comment: 'new fans' })
  t.is(core.machine(machine).cordon, null)
  pass(core, hours(2))
  t.is(stateOf(core, endless), 'stopping')
  t.like(core.machine(machine).cordon, { reason: 'new fans', drain: true })
  t.not(reservation(core, id).overAt, null)
})

test('what could only run where windows come too often keeps nothing from others', (t) => {
  const core = new CoreHarness()
  const [free, reserved] = [core.available('a'), core.available('b')]
  reserve(core, 'daily', { machines: [reserved], every: 'daily' })
  const never = core.submit('red', { machineCount: 2, priority: 10 })
  const behind = core.submit('red')
  core.place()
  t.is(stateOf(core, never), 'queued')
  t.is(stateOf(core, behind), 'starting')
  t.is(core.machine(free).state, 'allocated')
})

test('a reservation that ends lets its machines go at once, and what is over is forgotten in time', (t) => {
  const core = new CoreHarness()
  const machine = core.available('m')
  for (let round = 0; round < 60; round += 1) {
    const id = reserve(core, `r${round}`, { machines: [machine], in: seconds(0) })
    core.must({ kind: 'delete_reservation', caller: admin, reservation: id })
    core.now = later(core.now, seconds(1))
  }
  const endless = core.submit('red')
  core.place()
  t.is(stateOf(core, endless), 'starting')
  t.is(core.state.table('reservations').size, 50)
})

test('a request that is repeated once its reservation is forgotten is told so', (t) => {
  const core = new CoreHarness()
  const machine = core.available('m')
  const once = { user: user('admin'), request: must(parseRequestId('req-1')) }
  const first = reserve(core, 'first', { machines: [machine], in: seconds(0) })
  const deleting = { kind: 'delete_reservation', caller: once, reservation: first } as const
  core.must(deleting)
  t.true(core.apply(deleting).ok, 'it is on record still')
  for (let round = 0; round < 50; round += 1) {
    core.now = later(core.now, seconds(1))
    const id = reserve(core, `r${round}`, { machines: [machine], in: seconds(0) })
    core.must({ kind: 'delete_reservation', caller: admin, reservation: id })
  }
  t.like(core.apply(deleting), { ok: false, error: { kind: 'reservation_not_found' } })
})

test('two reservations that lose their machines at once do not both get the same one in place', (t) => {
  const core = new CoreHarness()
  const machines = ['a', 'b', 'c'].map((one) => core.available(one))
  const require = must(parseExpression('hostname in (a, b, c)'))
  const wanted = { count: 1, require }
  const ids = ['first', 'second'].map((one) => reserve(core, one, { wanted, for: ['red'] }))
  const bound = (): readonly MachineId[] => ids.flatMap((id) => reservation(core, id).machines)
  for (const machine of bound()) {
    core.must({ kind: 'quarantine_machine', caller: admin, machine, reason: 'broken' })
  }
  const lost = bound()
  const [left] = machines.filter((machine) => !lost.includes(machine))
  pass(core, seconds(1))
  t.is(bound().filter((machine) => machine === left).length, 1)
  t.is(new Set(bound()).size, 2)
})

test('of many reservations that are over at once as few are kept as of others', (t) => {
  const core = new CoreHarness()
  for (let round = 0; round < 60; round += 1) {
    reserve(core, `r${round}`, { machines: [core.available(`m${round}`)], for: ['red'] })
  }
  pass(core, hours(3))
  t.is(core.state.table('reservations').size, 50)
})

test('one place is promised for a time at which what is reserved there is still open', (t) => {
  const core = new CoreHarness()
  const rack = (serial: string, value: string): MachineId => {
    const machine = core.available(serial)
    core.must({ kind: 'label_machine', caller: admin, machine, set: { site: 's', row: 'w', rack: value }, remove: [] })
    return machine
  }
  const [closes, first, open, second] = [rack('a', '1'), rack('b', '1'), rack('c', '2'), rack('d', '2')]
  for (const [machine, length] of [[first, hours(2)] as const, [second, hours(3)] as const]) {
    core.submit('green', { ...on(machine), ...limited(length) })
  }
  core.place()
  reserve(core, 'patching', { machines: [closes], in: minutes(90), lasts: hours(5) })
  const arrangement = { pack: { level: 'rack', required: true }, spread: null, sameClass: false }
  const pair = core.submit('red', { machineCount: 2, arrangement, ...limited(hours(1)) })
  const endless = core.submit('blue')
  const brief = core.submit('blue', limited(hours(2)))
  core.place()
  t.is(stateOf(core, pair), 'queued')
  t.is(stateOf(core, endless), 'queued', 'rack 1 is free in two hours, and closed by then: it is kept in rack 2')
  t.is(stateOf(core, brief), 'starting', 'it gives back in time')
  t.is(core.machine(open).placement, core.workload(brief).placements[0] ?? null)
})

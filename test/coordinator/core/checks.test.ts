import test from 'ava'
import * as fc from 'fast-check'
import { type Check, type CheckResult, check, checkFinding, checksWith } from '../../../shared/model/check.ts'
import { HEALTH_LIMIT, finding } from '../../../shared/model/health.ts'
import type { MachineId } from '../../../shared/model/ids.ts'
import type { MemoryModule } from '../../../shared/model/inventory.ts'
import { type Milliseconds, hours, instant, seconds } from '../../../shared/model/time.ts'
import { desired } from '../../../coordinator/core/desired.ts'
import { judge, rangeOf } from '../../../coordinator/core/check_judge.ts'
import { CoreHarness, TERM_BEGAN, inventory, must, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const DAY = hours(24)

function measuring(plan: readonly Check[] = checksWith([]), interval: Milliseconds = DAY, outShare = 0.5): CoreHarness {
  const core = new CoreHarness()
  core.must({ ...TERM_BEGAN, health: { ...HEALTH_LIMIT, outShare }, checks: { plan, interval } })
  return core
}

const measured = (name: string, value: number, device = ''): CheckResult => ({
  check: name,
  measure: '',
  device,
  outcome: { kind: 'measured', value, unit: 'B/s' },
  durationMs: 1,
})

const failing = (name: string): CheckResult => ({
  check: name,
  measure: '',
  device: '',
  outcome: { kind: 'failed', reason: 'the disk said no' },
  durationMs: 1,
})

/** An enrolled machine that has answered its first validation with this. */
function enrolled(core: CoreHarness, name: string, results: readonly CheckResult[], modules = 0): MachineId {
  const machine = core.enrol(name)
  const memoryModules = Array.from({ length: modules }, (_, slot): MemoryModule => MODULE(slot))
  must(core.connect(machine, { inventory: inventory({ memoryModules }) }))
  answers(core, machine, results)
  return machine
}

const MODULE = (slot: number): MemoryModule => ({
  slot: `D${slot}`,
  sizeBytes: 32e9,
  type: 'DDR5',
  speedMts: 4800,
  manufacturer: 'Maker',
  serial: `${slot}`,
})

/** As often as it is asked: what is worse is measured once more before it counts. */
function answers(core: CoreHarness, machine: MachineId, ...tries: readonly (readonly CheckResult[])[]): void {
  const [results = [], ...more] = tries
  const { validation } = core.machine(machine)
  core.says(machine, { validation: { validation, passed: true, checks: [], results } })
  if (core.machine(machine).state === 'validating') answers(core, machine, ...(more.length === 0 ? [results] : more))
}

function checks(core: CoreHarness, machine: MachineId, results: readonly CheckResult[]): void {
  core.must({ kind: 'check_machine', caller: admin, machine, checks: [] })
  answers(core, machine, results)
}

const findings = (core: CoreHarness, machine: MachineId): readonly string[] =>
  core.machine(machine).conditions.map(({ id }) => id)

const orders = (core: CoreHarness, machine: MachineId): readonly string[] =>
  (desired(core.state, machine)?.checks ?? []).map(({ id }) => id)

test('the slow one among its peers is found, says so with evidence, and takes no placement until it is well', (t) => {
  const core = measuring()
  const peers = [101, 99, 100, 98, 102].map((value, index) =>
    enrolled(core, `m${index}`, [measured('memory-bandwidth', value * 1e9)]),
  )
  for (const peer of peers) t.deepEqual(findings(core, peer), [])
  const slow = enrolled(core, 'slow', [measured('memory-bandwidth', 52e9)])
  t.is(core.machine(slow).state, 'available')
  const [found] = core.machine(slow).conditions
  t.like(found, { id: 'check-memory-bandwidth', action: 'cordon', forbidsPlacement: true })
  t.regex(
    found?.reason ?? '',
    /^memory-bandwidth is 52 GB\/s, 48 % below the 100 GB\/s that 5 measurements on machines/,
  )
  t.deepEqual(found?.evidence, [found?.reason])

  for (let number = 0; number < 6; number += 1) core.submit('red')
  core.place()
  t.is(core.machine(slow).state, 'available')
  t.true(peers.every((peer) => core.machine(peer).state === 'allocated'))

  // Nearly well is not well: it would come and go.
  checks(core, slow, [measured('memory-bandwidth', 81e9)])
  t.deepEqual(findings(core, slow), ['check-memory-bandwidth'])
  checks(core, slow, [measured('memory-bandwidth', 97e9)])
  t.deepEqual(findings(core, slow), [])
  core.place()
  t.is(core.machine(slow).state, 'allocated')
})

test('what was worse by chance, and is well when it is measured again, is no finding', (t) => {
  const core = measuring()
  for (let index = 0; index < 5; index += 1) enrolled(core, `m${index}`, [measured('disk-write', 1e9)])
  const machine = core.enrol('unlucky')
  must(core.connect(machine))
  const { validation } = core.machine(machine)
  const slow = [measured('disk-write', 1e8), measured('loopback', 1)]
  core.says(machine, { validation: { validation, passed: true, checks: [], results: slow } })
  t.is(core.machine(machine).state, 'validating')
  t.is(core.machine(machine).stateReason, 'measured again: disk-write')
  t.deepEqual(orders(core, machine), ['disk-write'])
  core.submit('red')
  core.place()
  t.is(core.machine(machine).state, 'validating')
  answers(core, machine, [measured('disk-write', 0.99e9)])
  t.is(core.machine(machine).state, 'available')
  t.deepEqual(findings(core, machine), [])
})

test('what an agent says of its conditions neither makes nor takes away what checks found', (t) => {
  const core = measuring()
  const machine = enrolled(core, 'm', [failing('disk-write')])
  t.deepEqual(findings(core, machine), ['check-disk-write'])
  core.says(machine, { conditions: [] })
  t.deepEqual(findings(core, machine), ['check-disk-write'])
  const [found] = core.machine(machine).conditions
  if (found === undefined) throw new Error('one')
  core.says(machine, { conditions: [{ ...found, id: checkFinding('loopback') }] })
  t.deepEqual(findings(core, machine), ['check-disk-write'])
})

test('a machine that becomes slow is found by its own past, at once and bit by bit', (t) => {
  const sudden = measuring()
  const machine = enrolled(sudden, 'm', [measured('cpu-throughput', 100)])
  for (const value of [101, 99, 100, 102, 98]) checks(sudden, machine, [measured('cpu-throughput', value)])
  t.deepEqual(findings(sudden, machine), [])
  checks(sudden, machine, [measured('cpu-throughput', 80)])
  t.regex(sudden.machine(machine).conditions[0]?.reason ?? '', /20 % below the 100 B\/s that it had at first/)

  const gradual = measuring()
  const failingSlowly = enrolled(gradual, 'm', [measured('cpu-throughput', 100)])
  let value = 100
  while (findings(gradual, failingSlowly).length === 0 && value > 50) {
    checks(gradual, failingSlowly, [measured('cpu-throughput', (value *= 0.99))])
  }
  t.true(value > 75, `${value}`)
})

test('what makes all machines of a kind slower is no fault of one, and hides none that became slower still', (t) => {
  const core = measuring()
  const fleet = Array.from({ length: 8 }, (_, index) => enrolled(core, `m${index}`, [measured('cpu-throughput', 100)]))
  const all = (of: (index: number) => number): void => {
    for (const [index, machine] of fleet.entries()) checks(core, machine, [measured('cpu-throughput', of(index))])
  }
  for (let round = 0; round < 5; round += 1) all((index) => 100 + ((index + round) % 3))
  // Another kernel: who gets it first is told, until most have it.
  all(() => 80)
  const told = fleet.filter((machine) => findings(core, machine).length > 0)
  t.true(told.length > 0 && told.length < 6, `${told.length}`)
  all(() => 81)
  t.deepEqual(
    fleet.flatMap((machine) => findings(core, machine)),
    [],
  )
  all((index) => (index === 3 ? 62 : 80))
  t.deepEqual(
    fleet.map((machine) => findings(core, machine).length),
    [0, 0, 0, 1, 0, 0, 0, 0],
  )
})

test('one other machine with many disks is not many machines: what became worse there excuses nobody', (t) => {
  const core = measuring()
  const disks = (value: number) => ['sda', 'sdb', 'sdc', 'sdd'].map((device) => measured('disk-write', value, device))
  const many = enrolled(core, 'many', disks(100))
  // Four machines of its class, so that there is somebody to compare with; too new to have changed.
  const fleet = [0, 1, 2].map((index) => enrolled(core, `m${index}`, [measured('disk-write', 50, 'sda')]))
  const own = enrolled(core, 'own', [measured('disk-write', 100, 'sda')])
  for (let round = 0; round < 6; round += 1) for (const machine of [many, own]) checks(core, machine, disks(100))
  checks(core, many, disks(50))
  checks(core, own, [measured('disk-write', 50, 'sda')])
  t.deepEqual(findings(core, own), ['check-disk-write'])
  t.is(fleet.length, 3)
})

test('a part that is missing is found by what the machine had and what its like have, until it is accepted', (t) => {
  const core = measuring()
  for (let index = 0; index < 5; index += 1) enrolled(core, `m${index}`, [], 16)
  const lacking = enrolled(core, 'lacking', [], 15)
  t.like(core.machine(lacking).conditions[0], { id: 'check-memory-modules', action: 'note' })
  t.regex(
    core.machine(lacking).conditions[0]?.reason ?? '',
    /is 15, 6 % below the 16 that 5 of 5 machines of its product/,
  )

  core.must({ kind: 'accept_hardware', caller: admin, machine: lacking })
  t.deepEqual(findings(core, lacking), [])
  checks(core, lacking, [])
  t.deepEqual(findings(core, lacking), [])

  const alone = measuring()
  const machine = enrolled(alone, 'm', [], 16)
  const changed = inventory({ memoryModules: Array.from({ length: 12 }, (_, slot) => MODULE(slot)) })
  alone.must({ kind: 'agent_inventory', machine, inventory: changed, inventoryDigest: 'other' })
  checks(alone, machine, [])
  t.regex(alone.machine(machine).conditions[0]?.reason ?? '', /is 12, 25 % below the 16 that it had at first/)
})

test('what belongs to a validation is measured when it is due, and by hand whatever is asked for', (t) => {
  const core = measuring()
  const machine = enrolled(core, 'm', [])
  t.deepEqual(orders(core, machine), [], 'it was asked once')
  core.submit('red')
  core.place()
  const handBack = (): void => {
    const { epoch } = core.machine(machine)
    core.says(machine, { state: 'running' })
    const outcome = { kind: 'exited', code: 0, reason: '', at: core.now } as const
    core.says(machine, { state: 'sanitising', outcome })
    core.says(machine, { state: 'clean', outcome, handBack: { epoch, clean: true, steps: [], at: core.now } })
  }
  handBack()
  t.is(core.machine(machine).state, 'validating')
  t.deepEqual(orders(core, machine), [])
  const answer = (): void => {
    const { epoch, validation } = core.machine(machine)
    const clean = { epoch, clean: true, steps: [], at: core.now }
    core.says(machine, { state: 'clean', handBack: clean, validation: { validation, passed: true, checks: [] } })
  }
  answer()
  t.is(core.machine(machine).state, 'available')

  core.now = instant(core.now + DAY)
  core.submit('red')
  core.place()
  handBack()
  const usual = ['cpu-throughput', 'memory-bandwidth', 'disk-write', 'disk-read', 'raw-disk-read', 'loopback']
  t.deepEqual(orders(core, machine), usual)
  answer()

  core.must({ kind: 'check_machine', caller: admin, machine, checks: ['dcgm-diag'] })
  t.deepEqual(orders(core, machine), ['dcgm-diag'])
  core.place()
  t.is(core.machine(machine).state, 'validating')
})

test('a check is refused by its name where it is unknown, and by the machine where it is held or away', (t) => {
  const core = measuring()
  const machine = enrolled(core, 'm', [])
  const ask = (checked: readonly string[] = []) =>
    core.apply({ kind: 'check_machine', caller: admin, machine, checks: checked })
  const unknown = ask(['nonsense'])
  t.like(unknown.ok ? {} : unknown.error, { kind: 'invalid_argument', field: 'checks' })
  core.submit('red')
  core.place()
  const held = ask()
  t.is(held.ok ? '' : held.error.kind, 'state_conflict')
  const other = enrolled(core, 'other', [])
  core.must({ kind: 'agent_disconnected', machine: other })
  const away = core.apply({ kind: 'check_machine', caller: admin, machine: other, checks: [] })
  t.is(away.ok ? '' : away.error.kind, 'machine_unreachable')
  core.must({ kind: 'quarantine_machine', caller: admin, machine: other, reason: 'why not' })
  must(core.connect(other))
  const out = core.apply({ kind: 'check_machine', caller: admin, machine: other, checks: [] })
  t.regex(out.ok ? '' : out.error.message, /revalidate it/)
})

test('a finding that quarantines is tried again by a revalidation, and quarantines again if it stands', (t) => {
  const plan = checksWith([check({ id: 'burn', about: '', argv: ['/bin/burn'], action: 'quarantine' })])
  const core = measuring(plan)
  const others = Array.from({ length: 3 }, (_, index) => enrolled(core, `o${index}`, []))
  const machine = enrolled(core, 'm', [])
  const tick = (): void => {
    core.now = instant(core.now + seconds(1))
    core.must({ kind: 'tick' })
  }
  checks(core, machine, [failing('burn')])
  tick()
  t.is(core.machine(machine).state, 'quarantined')
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  tick()
  t.is(core.machine(machine).state, 'validating')
  t.true(orders(core, machine).includes('burn'), 'what was found is measured again, though it is no part of it else')
  answers(core, machine, [failing('burn')])
  tick()
  t.is(core.machine(machine).state, 'quarantined')
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  answers(core, machine, [{ ...failing('burn'), outcome: { kind: 'passed' } }])
  tick()
  t.is(core.machine(machine).state, 'available')
  t.deepEqual(findings(core, machine), [])
  t.true(others.every((one) => core.machine(one).state === 'available'))
})

test('the limit on machines out of service holds for what checks find', (t) => {
  const core = measuring(checksWith([]), DAY)
  const sick = Array.from({ length: 6 }, (_, index) => enrolled(core, `m${index}`, [failing('disk-write')]))
  core.now = instant(core.now + seconds(1))
  core.must({ kind: 'tick' })
  const out = sick.filter((machine) =>
    core.machine(machine).conditions.some(({ forbidsPlacement }) => forbidsPlacement),
  )
  t.is(out.length, 3)
})

test('what is slow takes no room from what is broken', (t) => {
  const core = measuring(checksWith([]), DAY, 0.1)
  const [slow, broken, also] = Array.from({ length: 10 }, (_, index) =>
    enrolled(core, `m${index}`, index === 0 ? [failing('disk-write')] : []),
  )
  if (slow === undefined || broken === undefined || also === undefined) throw new Error('ten')
  const tick = (): void => {
    core.now = instant(core.now + seconds(1))
    core.must({ kind: 'tick' })
  }
  const isKept = (machine: MachineId) => core.machine(machine).conditions.some((one) => one.forbidsPlacement)
  tick()
  t.true(isKept(slow))
  const gone = finding({ id: 'gpu-lost', severity: 'critical', reason: 'x', since: core.now, action: 'cordon' })
  core.says(broken, { conditions: [gone] })
  tick()
  t.true(isKept(broken))
  t.false(isKept(slow), 'one of ten may be kept back')
  core.says(also, { conditions: [gone] })
  tick()
  core.says(broken, { conditions: [] })
  tick()
  t.true(isKept(also))
  t.false(isKept(slow))
  core.says(also, { conditions: [] })
  tick()
  t.true(isKept(slow))
})

test('history is bounded, in points, in series and when a machine is retired', (t) => {
  const core = measuring()
  const machine = enrolled(core, 'm', [])
  for (let round = 0; round < 40; round += 1) {
    core.now = instant(core.now + 1000)
    const devices = Array.from({ length: 40 }, (_, index) => measured('loopback', 100, `d${round}-${index}`))
    checks(core, machine, [measured('disk-read', 100 + round), ...devices])
  }
  const series = core.state.checksOf(machine)
  t.true(series.length <= 64)
  const read = series.find(({ check: name }) => name === 'disk-read')
  t.is(read?.points.length, 16)
  t.is(read?.first.length, 8)
  core.must({ kind: 'retire_machine', caller: admin, machine, force: false })
  t.is(core.state.table('checks').size, 0)
})

test('machines of another generation of processors are no measure, though placement takes them for alike', (t) => {
  const core = measuring()
  const old = inventory({ cpu: { ...inventory().cpu, model: 'CPU of yesterday' } })
  for (let index = 0; index < 6; index += 1) enrolled(core, `m${index}`, [measured('cpu-throughput', 100)])
  for (let index = 0; index < 3; index += 1) {
    const machine = core.enrol(`o${index}`)
    must(core.connect(machine, { inventory: old }))
    answers(core, machine, [measured('cpu-throughput', 60)])
    t.is(core.machine(machine).hardwareClass, core.machine(enrolled(core, `n${index}`, [])).hardwareClass)
    t.deepEqual(findings(core, machine), [])
  }
})

test('other hardware begins a history of its own', (t) => {
  const core = measuring()
  const machine = enrolled(core, 'm', [measured('cpu-throughput', 100)])
  for (let round = 0; round < 6; round += 1) checks(core, machine, [measured('cpu-throughput', 100)])
  const smaller = inventory({ memoryBytes: 256 * 1024 ** 3 })
  core.must({ kind: 'agent_inventory', machine, inventory: smaller, inventoryDigest: 'other' })
  checks(core, machine, [measured('cpu-throughput', 50)])
  t.deepEqual(findings(core, machine), [])
})

const peerNumbers = fc.array(fc.double({ min: 0.97, max: 1.03, noNaN: true }), { minLength: 4, maxLength: 60 })
const scale = fc.double({ min: 1e-3, max: 1e15, noNaN: true })
const BANDWIDTH = { bad: 'low', tolerance: 0.15, isCount: false } as const
const judged = (value: number, peers: readonly number[], about: Partial<Parameters<typeof judge>[0]> = {}) =>
  judge({
    check: BANDWIDTH,
    name: 'it',
    first: [],
    points: [{ at: instant(0), outcome: { kind: 'measured', value, unit: 'B/s' } }],
    accepted: null,
    peers,
    moved: [],
    stands: false,
    ...about,
  })

test('property: noise within the spread is well, and half of it is worse, at any scale and either way', (t) => {
  fc.assert(
    fc.property(peerNumbers, fc.double({ min: 0.97, max: 1.03, noNaN: true }), scale, (numbers, own, by) => {
      const peers = numbers.map((one) => one * by)
      t.is(judged(own * by, peers).kind, 'well')
      t.is(judged(own * by * 0.5, peers).kind, 'worse')
      t.is(judged(own * by * 2, peers).kind, 'well')
      const latency = { check: { ...BANDWIDTH, bad: 'high' as const } }
      t.is(judged(own * by * 2, peers, latency).kind, 'worse')
      t.is(judged(own * by * 0.5, peers, latency).kind, 'well')
    }),
  )
})

test('property: a minority of peers, however wrong, changes no verdict on the others', (t) => {
  const wild = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { maxLength: 9 })
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.98, max: 1.02, noNaN: true }), { minLength: 20, maxLength: 40 }),
      wild,
      (like, odd) => {
        t.is(judged(1, [...like, ...odd]).kind, 'well')
        t.is(judged(0.4, [...like, ...odd]).kind, 'worse')
      },
    ),
  )
})

test('property: worse stays worse when the number is worse still, and too few peers say nothing', (t) => {
  const any = fc.double({ min: 0, max: 10, noNaN: true })
  fc.assert(
    fc.property(any, any, fc.array(any, { maxLength: 12 }), fc.boolean(), (one, other, peers, stands) => {
      const [worse, better] = one < other ? [one, other] : [other, one]
      if (judged(better, peers, { stands }).kind === 'worse') t.is(judged(worse, peers, { stands }).kind, 'worse')
      if (peers.length < 4) t.is(judged(worse, peers).kind, 'unknown')
    }),
  )
})

test('property: the median lies among the numbers, and half of them within the spread of it', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (numbers) => {
        const range = rangeOf(numbers)
        if (range === null) throw new Error('some')
        t.true(range.median >= Math.min(...numbers) && range.median <= Math.max(...numbers))
        const near = numbers.filter((one) => Math.abs(one - range.median) <= range.spread + 1e-6)
        t.true(2 * near.length >= numbers.length)
        t.is(range.count, numbers.length)
      },
    ),
  )
  t.is(rangeOf([]), null)
})

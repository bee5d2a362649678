import test from 'ava'
import * as fc from 'fast-check'
import type { MachineId } from '../../../shared/model/ids.ts'
import { type HealthAction, HEALTH_LIMIT, finding } from '../../../shared/model/health.ts'
import { ABSENCE } from '../../../shared/model/policies.ts'
import { instant, seconds } from '../../../shared/model/time.ts'
import { CoreHarness, TERM_BEGAN, inventory, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }

function tick(core: CoreHarness, by = seconds(1)): void {
  core.now = instant(core.now + by)
  core.must({ kind: 'tick' })
}

const found = (core: CoreHarness, action: HealthAction, id = 'sick') =>
  finding({ id, severity: 'critical', reason: 'it is sick', since: core.now, action, evidence: ['sick: 1'] })

function fleet(count: number): readonly [CoreHarness, readonly MachineId[]] {
  const core = new CoreHarness()
  return [core, Array.from({ length: count }, (_, index) => core.available(`m${index}`))]
}

function told(core: CoreHarness, reason: string): number {
  return [...core.state.table('events').values()].filter(({ record }) => record.reason === reason).length
}

const GPU = {
  index: 0,
  vendor: 'NVIDIA',
  model: 'H100',
  uuid: 'GPU-1',
  serial: '',
  driver: '',
  memoryBytes: 80e9,
} as const

const suspended = (core: CoreHarness, machine: MachineId): readonly boolean[] =>
  core.machine(machine).conditions.map((one) => one.suspended)

test('a note changes nothing; a cordon holds a free machine back for as long as it stands', (t) => {
  const [core, [machine]] = fleet(1)
  if (machine === undefined) throw new Error('one')
  core.says(machine, { conditions: [found(core, 'note')] })
  tick(core)
  core.submit('red')
  core.place()
  t.is(core.machine(machine).state, 'allocated')

  const [other, [sick]] = fleet(1)
  if (sick === undefined) throw new Error('one')
  other.says(sick, { conditions: [found(other, 'cordon')] })
  tick(other)
  other.submit('red')
  other.place()
  t.is(other.machine(sick).state, 'available')
  other.says(sick, { conditions: [] })
  other.place()
  t.is(other.machine(sick).state, 'allocated')
})

test('a quarantine takes a free machine at once, and lets it go only when someone has it validated again', (t) => {
  const [core, [machine]] = fleet(1)
  if (machine === undefined) throw new Error('one')
  core.says(machine, { conditions: [found(core, 'quarantine')] })
  tick(core)
  t.like(core.machine(machine), { state: 'quarantined', stateReason: 'sick: it is sick', heldBy: 'sick' })
  core.says(machine, { conditions: [] })
  tick(core)
  t.is(core.machine(machine).state, 'quarantined')
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  t.is(core.machine(machine).heldBy, null)
  core.says(machine, { validation: { validation: core.machine(machine).validation, passed: true, checks: [] } })
  tick(core)
  t.is(core.machine(machine).state, 'available')
})

test('where the finding still stands, a machine that was validated again is quarantined again', (t) => {
  const [core, [machine]] = fleet(1)
  if (machine === undefined) throw new Error('one')
  const conditions = [found(core, 'quarantine')]
  core.says(machine, { conditions })
  tick(core)
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  tick(core)
  t.is(core.machine(machine).state, 'quarantined')
})

test('a quarantine waits for the tenant to leave; a replacement does not', (t) => {
  for (const [action, state] of [
    ['quarantine', 'allocated'],
    ['power_cycle', 'allocated'],
    ['replace', 'sanitising'],
  ] as const) {
    const [core, [machine]] = fleet(1)
    if (machine === undefined) throw new Error('one')
    const workload = core.submit('red', { absence: { ...ABSENCE, onLost: 'replace' } })
    core.place()
    core.says(machine, { state: 'running', startedAt: core.now })
    core.says(machine, { state: 'running', startedAt: core.now, conditions: [found(core, action)] })
    tick(core)
    t.is(core.machine(machine).state, state, action)
    t.is(core.workload(workload).state === 'running', action !== 'replace', action)
  }
})

test('findings may take no more than their share, the oldest first; others are shown, and wait for room', (t) => {
  const [core, machines] = fleet(20)
  const [first, second, third] = machines
  if (first === undefined || second === undefined || third === undefined) throw new Error('three')
  for (const machine of machines) {
    core.now = instant(core.now + 1)
    core.says(machine, { conditions: [found(core, 'quarantine')] })
  }
  tick(core)
  const out = machines.filter((machine) => core.machine(machine).state === 'quarantined')
  t.deepEqual(out, [first, second])
  t.deepEqual(suspended(core, third), [true])
  t.false(core.machine(third).conditions[0]?.forbidsPlacement)
  t.true(core.state.cluster().healthLimitedSince !== null)
  t.is(told(core, 'HEALTH_LIMIT_REACHED'), 1)
  tick(core)
  t.is(told(core, 'HEALTH_LIMIT_REACHED'), 1)
  // What was found while the limit held is not acted on for even a moment.
  const late = core.available('late')
  core.says(late, { conditions: [found(core, 'cordon')] })
  t.deepEqual(suspended(core, late), [true])

  core.must({ kind: 'retire_machine', caller: admin, machine: first, force: false })
  tick(core)
  t.is(core.machine(third).state, 'quarantined')
  for (const machine of machines) if (machine !== first) core.says(machine, { conditions: [] })
  core.says(late, { conditions: [] })
  tick(core)
  t.is(core.state.cluster().healthLimitedSince, null)
})

test('a rule without a limit is acted on all the same', (t) => {
  const core = new CoreHarness()
  const health = { ...HEALTH_LIMIT, unlimited: ['broken'] }
  core.must({ ...TERM_BEGAN, health })
  const machines = Array.from({ length: 10 }, (_, index) => core.available(`m${index}`))
  tick(core, seconds(60))
  for (const machine of machines) core.says(machine, { conditions: [found(core, 'cordon', 'broken')] })
  tick(core)
  t.true(machines.every((machine) => core.machine(machine).conditions.every((one) => one.forbidsPlacement)))
})

test('each hardware class has its share of its own', (t) => {
  const core = new CoreHarness()
  const rare = ['a', 'b', 'c'].map((name) => core.available(name, { inventory: inventory({ gpus: [GPU] }) }))
  for (let index = 0; index < 60; index += 1) core.available(`m${index}`)
  for (const machine of rare) core.says(machine, { conditions: [found(core, 'cordon')] })
  tick(core)
  t.is(rare.filter((machine) => suspended(core, machine)[0] === true).length, 2)
})

test('the GPUs of a machine are counted when it first passes, and again when somebody accepts them', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a', { inventory: inventory({ gpus: [GPU, { ...GPU, index: 1 }] }) })
  t.is(core.machine(machine).gpusExpected, 2)
  core.must({
    kind: 'agent_inventory',
    machine,
    inventory: inventory({ gpus: [GPU] }),
    inventoryDigest: 'other',
  })
  t.is(core.machine(machine).gpusExpected, 2)
  core.effects.splice(0)
  core.must({ kind: 'accept_hardware', caller: admin, machine })
  t.is(core.machine(machine).gpusExpected, 1)
  t.deepEqual(core.effects, [{ kind: 'health_plan_changed', machine }])
})

test('whatever is found, no more than the limit is out of service, and notes take nothing out', (t) => {
  const actions: readonly HealthAction[] = ['note', 'cordon', 'quarantine', 'replace', 'power_cycle']
  const step = fc.record({ machine: fc.nat(11), action: fc.option(fc.constantFrom(...actions)) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [core, machines] = fleet(12)
      for (const { machine, action } of steps) {
        const id = machines[machine]
        if (id === undefined) continue
        core.says(id, { conditions: action === null ? [] : [found(core, action)] })
        tick(core)
        const out = machines.filter((one) => {
          const { state, conditions } = core.machine(one)
          return state === 'quarantined' || conditions.some(({ forbidsPlacement }) => forbidsPlacement)
        })
        if (out.length > 1) return false
        const noted = machines.filter((one) => core.machine(one).conditions.some((it) => it.action === 'note'))
        if (noted.some((one) => core.machine(one).conditions.some((it) => it.forbidsPlacement))) return false
      }
      return true
    }),
    { numRuns: 60 },
  )
  t.pass()
})

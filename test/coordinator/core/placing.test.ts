import test from 'ava'
import { desired } from '../../../coordinator/core/desired.ts'
import { epoch } from '../../../shared/model/ids.ts'
import { CoreHarness, report, request, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }

test('a machine is pending until approved, then validated, then available', (t) => {
  const core = new CoreHarness()
  const machine = core.enrol('a', core.token({ autoApprove: false }))
  t.is(core.machine(machine).state, 'pending')
  t.true(core.connect(machine).ok)
  t.is(desired(core.state, machine)?.validation, 0, 'a pending machine is asked for nothing')
  core.must({ kind: 'approve_machine', caller: admin, machine })
  t.is(core.machine(machine).state, 'validating')
  core.says(machine, { validation: { validation: 1, passed: true, checks: [] } })
  t.is(core.machine(machine).state, 'available')
})

test('a machine that does not pass validation is quarantined with the reason, and may be tried again', (t) => {
  const core = new CoreHarness()
  const machine = core.enrol('a')
  t.true(core.connect(machine).ok)
  const check = { id: 'scratch-empty', passed: false, detail: 'files are left', durationMs: 1 }
  core.says(machine, { validation: { validation: 1, passed: false, checks: [check] } })
  t.is(core.machine(machine).state, 'quarantined')
  t.regex(core.machine(machine).stateReason, /files are left/)
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  core.says(machine, { validation: { validation: 1, passed: true, checks: [] } })
  t.is(core.machine(machine).state, 'validating', 'an old answer is no answer')
  core.says(machine, { validation: { validation: 2, passed: true, checks: [] } })
  t.is(core.machine(machine).state, 'available')
})

test('a task that could not start after its machine said that it runs ends its workload all the same', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const workload = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  const outcome = { kind: 'failed_to_start', reason: 'no space left on device', at: core.now } as const
  core.says(machine, { state: 'sanitising', startedAt: core.now, outcome })
  t.is(core.ranks(workload)[0]?.phase, 'failed')
  t.is(core.workload(workload).state, 'failed')
  t.regex(core.workload(workload).stateReason, /could not start: no space left on device/)
})

test('one workload after another on one machine, each under a newer epoch, cleaned in between', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const first = core.submit('red')
  const second = core.submit('blue')
  core.place()
  t.is(core.machine(machine).tenant, core.workload(first).tenant)
  t.is(core.machine(machine).epoch, epoch(1))
  t.is(desired(core.state, machine)?.goal, 'run')
  core.says(machine, { state: 'running', startedAt: core.now })
  t.is(core.workload(first).state, 'running')
  core.place()
  t.is(core.workload(second).state, 'queued')
  const [reason] = core.explain(second)
  t.is(reason?.reason, 'HELD_BY_TENANT')
  t.regex(reason?.message ?? '', /held by tenant red/)
  core.says(machine, {
    state: 'sanitising',
    startedAt: core.now,
    outcome: { kind: 'exited', code: 0, at: core.now, reason: '' },
  })
  t.is(core.workload(first).state, 'succeeded')
  t.is(core.machine(machine).state, 'sanitising')
  core.place()
  t.is(core.workload(second).state, 'queued', 'not before the machine is proved clean')
  core.exits(machine)
  core.place()
  t.is(core.workload(second).state, 'starting')
  t.is(core.machine(machine).epoch, epoch(2))
})

test('a gang takes all its machines or none, and starts only when every rank is ready', (t) => {
  const core = new CoreHarness()
  const one = core.available('a')
  const gang = core.submit('red', { machineCount: 2 })
  core.place()
  t.is(core.workload(gang).state, 'queued')
  t.is(core.machine(one).state, 'available')
  const two = core.available('b')
  core.place()
  t.is(core.workload(gang).state, 'starting')
  core.says(one, { state: 'prepared' })
  t.is(desired(core.state, one)?.goal, 'prepare')
  core.says(two, { state: 'prepared' })
  t.is(desired(core.state, one)?.goal, 'run')
  t.is(desired(core.state, two)?.goal, 'run')
  t.deepEqual(desired(core.state, two)?.assignment?.peers, [
    { rank: 0, address: '127.0.0.1', group: '' },
    { rank: 1, address: '127.0.0.1', group: '' },
  ])
})

test('a rank that fails ends the others, and its exit code is the workload’s', (t) => {
  const core = new CoreHarness()
  const machines = [core.available('a'), core.available('b')]
  const gang = core.submit('red', { machineCount: 2 })
  core.place()
  for (const machine of machines) core.says(machine, { state: 'prepared' })
  for (const machine of machines) core.says(machine, { state: 'running', startedAt: core.now })
  t.is(core.workload(gang).state, 'running')
  const [first, second] = core.ranks(gang).map(({ machine }) => machine)
  if (first === undefined || second === undefined) return t.fail()
  core.exits(second, 3)
  t.is(core.workload(gang).state, 'stopping')
  t.is(desired(core.state, first)?.goal, 'idle')
  core.exits(first, 143)
  t.is(core.workload(gang).state, 'failed')
  t.is(core.workload(gang).exitCode, 3)
  t.regex(core.workload(gang).stateReason, /rank 1 on .* exited with code 3/)
})

test('a rank that cannot start rolls the whole gang back', (t) => {
  const core = new CoreHarness()
  const machines = [core.available('a'), core.available('b')]
  const gang = core.submit('red', { machineCount: 2 })
  core.place()
  const [first, second] = core.ranks(gang).map(({ machine }) => machine)
  if (first === undefined || second === undefined) return t.fail()
  core.says(first, { state: 'prepared' })
  core.says(second, {
    state: 'clean',
    outcome: { kind: 'failed_to_start', reason: './train: no such program', at: core.now },
    handBack: { epoch: epoch(1), clean: true, steps: [], at: core.now },
  })
  t.is(desired(core.state, first)?.goal, 'idle')
  core.says(first, {
    state: 'clean',
    outcome: { kind: 'not_started', reason: 'no longer wanted', at: core.now },
    handBack: { epoch: epoch(1), clean: true, steps: [], at: core.now },
  })
  t.is(core.workload(gang).state, 'failed')
  t.regex(core.workload(gang).stateReason, /no such program/)
  t.true(machines.every((machine) => core.machine(machine).state === 'validating'))
})

test('a large workload ahead keeps its machines from smaller ones behind; an impossible one holds up nobody', (t) => {
  const core = new CoreHarness()
  core.available('a')
  core.available('b')
  core.submit('red')
  core.place()
  const large = core.submit('red', { machineCount: 2 })
  const small = core.submit('red')
  core.place()
  t.is(core.workload(small).state, 'queued')
  t.is(core.explain(small).find(({ reason }) => reason === 'RESERVED_FOR_EARLIER')?.machineCount, 1)
  core.must({ kind: 'cancel_workload', caller: admin, workload: large, reason: '' })
  const impossible = core.submit('red', { machineCount: 9, priority: 5 })
  core.place()
  t.is(core.workload(small).state, 'starting')
  t.is(core.explain(impossible)[0]?.reason, 'FLEET_TOO_SMALL')
})

test('a repeated request is answered again and done once; another under its name is refused', (t) => {
  const core = new CoreHarness()
  const first = core.submit('red', {}, request('r-1'))
  t.is(core.submit('red', {}, request('r-1')), first)
  t.is(core.state.table('workloads').size, 1)
  t.throws(() => core.submit('blue', {}, request('r-1')), { message: /was used before/ })
})

test('an agent that lost its memory does not run the task twice', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const workload = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  core.must({ kind: 'agent_disconnected', machine })
  t.true(core.connect(machine, { report: report({ epoch: epoch(0) }) }).ok)
  t.is(core.workload(workload).state, 'failed')
  t.is(desired(core.state, machine)?.goal, 'idle')
  t.is(core.machine(machine).state, 'sanitising')
})

test('a verb repeated under its request is answered again and done once; another under its name is refused', (t) => {
  const core = new CoreHarness()
  const machine = core.enrol('a', core.token({ autoApprove: false }))
  const caller = { user: user('admin'), request: request('v-1') }
  core.must({ kind: 'approve_machine', caller, machine })
  t.is(core.must({ kind: 'approve_machine', caller, machine }).record.validation, 1)
  t.false(core.apply({ kind: 'uncordon_machine', caller, machine }).ok)
})

test('the network is checked by gangs that ask for it, as long as they are made ready, and by nobody else', (t) => {
  const core = new CoreHarness()
  const machines = [core.available('a'), core.available('b'), core.available('c')]
  const networkCheck = { bandwidthLeast: 1e9 }
  core.submit('alone', { networkCheck })
  core.submit('unasked', { machineCount: 2 })
  core.place()
  const asked = () => machines.map((machine) => desired(core.state, machine)?.assignment?.networkCheck ?? null)
  t.deepEqual(asked(), [null, null, null])

  const other = new CoreHarness()
  const pair = [other.available('a'), other.available('b')]
  other.submit('gang', { machineCount: 2, networkCheck })
  other.place()
  const wanted = () => pair.map((machine) => desired(other.state, machine)?.assignment?.networkCheck ?? null)
  t.deepEqual(wanted(), [networkCheck, networkCheck])
  for (const machine of pair) other.says(machine, { state: 'prepared' })
  t.deepEqual(wanted(), [null, null])
})

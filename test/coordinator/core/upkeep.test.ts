import test from 'ava'
import type { CommandSpec } from '../../../shared/model/command.ts'
import { instant, minutes, seconds } from '../../../shared/model/time.ts'
import { epoch, term } from '../../../shared/model/ids.ts'
import { NO_PROCESS_LEFT, type Step } from '../../../shared/model/run.ts'
import { CoreHarness, TERM_BEGAN, report, request, spec, tenant, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }

const command: CommandSpec = {
  argv: ['/bin/true'],
  shell: false,
  runAs: null,
  cwd: '/',
  env: {},
  stdin: new Uint8Array(),
  timeout: minutes(1),
  outputBytesMax: 65_536,
}

const done = {
  state: 'exited',
  reason: '',
  exitCode: 0,
  stdoutDroppedBytes: 0,
  stderrDroppedBytes: 0,
  startedAt: null,
  endedAt: null,
} as const

function wait(core: CoreHarness, duration: number): void {
  core.now = instant(core.now + duration)
  core.must({ kind: 'tick' })
}

test('a silent machine is lost after its lease, not before, and nothing that it runs is taken from it', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const workload = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  core.must({ kind: 'agent_disconnected', machine })
  wait(core, seconds(44))
  t.is(core.machine(machine).connection, 'silent')
  wait(core, seconds(2))
  t.is(core.machine(machine).connection, 'lost')
  t.is(core.workload(workload).state, 'running')
  t.is(core.machine(machine).state, 'allocated')
})

test('ages begin anew with a term: silence while nobody led says nothing', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.must({ kind: 'agent_disconnected', machine })
  core.now = instant(core.now + minutes(60))
  const before = core.state.cluster().term
  core.must({ ...TERM_BEGAN, clusterId: 'ignored' })
  wait(core, seconds(40))
  t.is(core.machine(machine).connection, 'silent')
  t.is(core.state.cluster().term, term(before + 1))
  t.is(core.state.cluster().id, 'test')
})

test('an agent that has seen a newer epoch than is recorded is held back under one newer still', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.says(machine, { epoch: epoch(7) })
  t.is(core.machine(machine).state, 'quarantined')
  t.is(core.machine(machine).epoch, epoch(8))
})

test('a command goes to connected machines only, its first end stands, and every end is acknowledged', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const silent = core.available('b')
  core.must({ kind: 'agent_disconnected', machine: silent })
  const caller = { user: user('admin'), request: request('c-1') }
  const order = { kind: 'run_command', caller, machines: [machine, silent], spec: command, digest: 'd' } as const
  const { record } = core.must(order).command
  t.deepEqual(
    record.runs.map(({ state }) => state),
    ['pending', 'unreachable'],
  )
  t.true(core.must(order).repeated)
  t.is(core.effects.filter(({ kind }) => kind === 'order_command').length, 1)
  const reported = { kind: 'command_reported', machine, command: record.id } as const
  core.must({ ...reported, progress: done })
  core.must({ ...reported, progress: { ...done, exitCode: 9 } })
  t.is(core.state.table('commands').get(record.id)?.record.runs[0]?.exitCode, 0)
  t.is(core.effects.filter(({ kind }) => kind === 'acknowledge_command').length, 2)
})

test('a command whose end is never reported is unknown, not repeated', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const order = { kind: 'run_command', caller: admin, machines: [machine], spec: command, digest: 'd' } as const
  const { record } = core.must(order).command
  wait(core, minutes(3))
  t.is(core.state.table('commands').get(record.id)?.record.runs[0]?.state, 'unknown')
  t.deepEqual([...core.state.activeCommands()], [])
})

test('a drained machine stops what runs there, says why, and takes nothing new', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const workload = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  core.must({ kind: 'cordon_machine', caller: admin, machine, reason: 'new fan', drain: true })
  t.is(core.workload(workload).state, 'stopping')
  core.exits(machine, 143)
  t.is(core.workload(workload).state, 'failed')
  t.regex(core.workload(workload).stateReason, /drained: new fan/)
  const next = core.submit('red')
  core.place()
  t.is(core.workload(next).state, 'queued')
})

test('secrets are forgotten when the workload ends', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const secrets = [{ name: 'key', value: new Uint8Array([1]) }]
  const task = { ...core.workload(core.submit('red')).spec.task }
  t.truthy(task.argv)
  const first = [...core.state.queued()][0]
  if (first?.spec.task === null || first === undefined) return t.fail()
  core.must({ kind: 'cancel_workload', caller: admin, workload: first.id, reason: '' })
  const workload = core.submit('red', { task: { ...first.spec.task, secrets } })
  core.place()
  t.is(core.workload(workload).spec.task?.secrets.length, 1)
  core.exits(machine)
  t.is(core.workload(workload).spec.task?.secrets.length, 0)
})

test('a machine with a device that is fenced off is of a lesser class until the device is proved clean', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const full = core.machine(machine).hardwareClass
  const release = (step: Step): void => {
    core.submit('red')
    core.place()
    const { epoch: current, validation } = core.machine(machine)
    const handBack = { epoch: current, clean: true, steps: [step], at: core.now }
    const outcome = { kind: 'exited', code: 0, at: core.now, reason: '' } as const
    const validated = { validation, passed: true, checks: [] }
    core.says(machine, { state: 'clean', startedAt: core.now, outcome, handBack, validation: validated })
  }
  const fenced = { device: '/dev/sdb', serial: 'S1', reason: 'it is read-only' }
  release({ id: 'erase /dev/sdb', passed: true, detail: 'fenced off', durationMs: 1, fenced })
  t.is(core.machine(machine).state, 'available')
  t.is(core.machine(machine).hardwareClass, `${full}-lesser`)
  const asked = core.submit('blue', { constraints: { ...spec().constraints, hardwareClass: full } })
  core.place()
  t.is(core.workload(asked).state, 'queued', 'whoever asks for the class gets no lesser machine')
  t.true(core.connect(machine).ok)
  t.is(core.machine(machine).hardwareClass, `${full}-lesser`, 'a new session changes nothing')
  core.must({ kind: 'cancel_workload', caller: admin, workload: asked, reason: '' })
  release({ id: 'erase /dev/sdb', passed: true, detail: 'erased', durationMs: 1 })
  t.is(core.machine(machine).hardwareClass, full)
})

test('a task as root is refused, and the reason says what it would take', (t) => {
  const core = new CoreHarness()
  const asked = spec()
  const task = asked.task === null ? null : { ...asked.task, user: 'root' as const }
  const caller = { user: user('admin'), request: null }
  const input = { kind: 'submit_workload', caller, tenant: tenant('red'), displayName: '', digest: '' } as const
  const refused = core.apply({ ...input, spec: { ...asked, task } })
  t.false(refused.ok)
  if (refused.ok) return
  t.is(refused.error.kind, 'root_refused')
  t.regex(refused.error.message, /fresh image after each tenant/)
})

test('a machine whose agent lost its memory and cannot make it clean again is held back', (t) => {
  for (const reached of ['validating', 'available'] as const) {
    const core = new CoreHarness()
    const machine = core.available('a')
    const workload = core.submit('red')
    core.place()
    core.exits(machine)
    t.is(core.workload(workload).state, 'succeeded')
    if (reached === 'validating') {
      core.must({ kind: 'revalidate_machine', caller: admin, machine })
    }
    t.is(core.machine(machine).state, reached)
    const steps = [{ id: 'remove_scratch', passed: false, detail: 'still there', durationMs: 1 }]
    const handBack = { epoch: core.machine(machine).epoch, clean: false, steps, at: instant(core.now + 1) }
    core.says(machine, { state: 'dirty', handBack })
    t.is(core.machine(machine).state, 'quarantined')
    t.regex(core.machine(machine).stateReason, /remove_scratch: still there/)
    core.must({ kind: 'revalidate_machine', caller: admin, machine })
    core.says(machine, { state: 'dirty', handBack })
    t.is(core.machine(machine).state, 'validating', 'what was said before is no answer to the new try')
  }
})

test('an agent that lost its memory and cannot make its machine clean keeps no workload waiting', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const cleaned = core.machine(machine).epoch
  const workload = core.submit('red', { absence: { onLost: 'replace', lease: minutes(1), margin: seconds(20) } })
  core.place()
  const { validation } = core.machine(machine)
  const found = { id: NO_PROCESS_LEFT, passed: true, detail: '', durationMs: 1 }
  const failed = { id: 'remove_scratch', passed: false, detail: 'still there', durationMs: 1 }
  const handBack = {
    epoch: cleaned,
    clean: false,
    steps: [found, failed],
    at: instant(core.now + 1),
    tried: validation,
  }
  core.says(machine, { epoch: cleaned, state: 'dirty', handBack: { ...handBack, tried: validation - 1 } })
  t.is(core.machine(machine).state, 'allocated', 'it tries once more by itself')
  core.says(machine, { epoch: cleaned, state: 'dirty', handBack })
  t.is(core.machine(machine).state, 'quarantined')
  t.regex(core.machine(machine).stateReason, /remove_scratch: still there/)
  const other = core.available('b')
  core.place()
  t.is(core.machine(other).tenant, core.workload(workload).tenant)
})

test('a coordinator restored from an older backup begins a newer term, and learns before it places', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const away = core.available('b')
  core.must(TERM_BEGAN)
  core.says(machine, { term: term(9) })
  t.is(core.state.cluster().term, term(10))
  t.not(core.state.cluster().learningSince, null)
  core.connect(machine)
  wait(core, 1000)
  t.not(core.state.cluster().learningSince, null, `${away} was not heard`)
  wait(core, seconds(45))
  t.is(core.state.cluster().learningSince, null, 'a machine that is away holds up nobody for longer than a lease')
})

test('while the fleet is learnt, what an agent does that nobody knows of must end first', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.must(TERM_BEGAN)
  core.connect(machine, { report: report({ epoch: epoch(7), state: 'running' }) })
  t.is(core.machine(machine).state, 'quarantined')
  wait(core, minutes(5))
  t.not(core.state.cluster().learningSince, null)
  core.says(machine, { epoch: core.machine(machine).epoch, state: 'clean' })
  wait(core, 1000)
  t.is(core.state.cluster().learningSince, null)
})

test('a start waits for whoever is made clean after somebody of whom nothing is recorded', (t) => {
  for (const state of ['running', 'sanitising'] as const) {
    const core = new CoreHarness()
    const machine = core.available('a')
    core.must(TERM_BEGAN)
    const current = core.state.cluster().term
    core.connect(machine, { report: report({ epoch: core.machine(machine).epoch, term: current, state }) })
    wait(core, minutes(10))
    t.not(core.state.cluster().learningSince, null, state)
    core.says(machine, { term: current, state: 'idle' })
    wait(core, seconds(1))
    t.is(core.state.cluster().learningSince, null, state)
  }
})

test('tokens that expired more than a day ago are forgotten, the oldest first, and no others', (t) => {
  const core = new CoreHarness()
  const tokens = () => core.state.table('tokens')
  for (let count = 0; count < 1200; count += 1) core.token()
  const lasting = core.token({ expiresAt: instant(core.now + 5 * 24 * 3_600_000) })
  wait(core, 24 * 3_600_000)
  t.is(tokens().size, 1201)
  wait(core, 2 * 3_600_000)
  t.is(tokens().size, 1000)
  t.is(core.state.tokenOf('1'.padStart(64, '0')), undefined)
  t.is(core.state.tokenOf(lasting)?.hash, lasting)
})

import test from 'ava'
import type { MachineId, WorkloadId } from '../../../shared/model/ids.ts'
import { ABSENCE, type AbsencePolicy, RESTART, replaceAfter } from '../../../shared/model/policies.ts'
import { hours, instant, minutes, seconds } from '../../../shared/model/time.ts'
import { CoreHarness, TERM_BEGAN, task, user } from '../../fixtures.ts'

const grace = seconds(5)
const absence = (onLost: AbsencePolicy['onLost']): AbsencePolicy => ({ ...ABSENCE, onLost, lease: seconds(30) })
const due = replaceAfter(absence('replace'), grace)

function wait(core: CoreHarness, duration: number): void {
  core.now = instant(core.now + duration)
  core.must({ kind: 'tick' })
  core.place()
}

/** A workload that runs on the machines that are there, and some machines beside. */
function runs(core: CoreHarness, onLost: AbsencePolicy['onLost'], machineCount = 1, scope: 'gang' | 'rank' = 'gang') {
  for (const name of ['a', 'b', 'c', 'd'].slice(0, machineCount)) core.available(name)
  const restart = { ...RESTART, scope }
  const workload = core.submit('red', { machineCount, task: task({ grace }), absence: absence(onLost), restart })
  core.place()
  for (const { machine } of core.ranks(workload)) core.says(machine, { state: 'prepared' })
  for (const { machine } of core.ranks(workload)) core.says(machine, { state: 'running', startedAt: core.now })
  for (const name of ['w', 'x', 'y', 'z']) core.available(name)
  return workload
}

function machineOf(core: CoreHarness, id: WorkloadId, rank = 0): MachineId {
  const placement = core.ranks(id)[rank]
  if (placement === undefined) throw new Error(`no rank ${rank}`)
  return placement.machine
}

test('the time to a replacement is longer than lease, grace and kill by what both clocks may be wrong', (t) => {
  // The agent's clock a tenth slow, the coordinator's a tenth fast.
  const overByTrueTime = (seconds(30) + grace + seconds(15)) / 0.9
  t.true(due / 1.1 > overByTrueTime)
})

test('one that asks for it is run on another machine once its run must be over, and not before', (t) => {
  const core = new CoreHarness()
  const workload = runs(core, 'replace')
  const silent = machineOf(core, workload)
  core.must({ kind: 'agent_disconnected', machine: silent })
  wait(core, due - 1)
  t.is(core.workload(workload).state, 'running')
  wait(core, 1)
  t.is(core.workload(workload).state, 'starting')
  t.not(machineOf(core, workload), silent)
  t.is(core.machine(silent).state, 'sanitising')
  // The machine itself is nobody's before its agent has proved it clean.
  wait(core, hours(10))
  t.is(core.machine(silent).state, 'sanitising')
  core.connect(silent, { report: { ...lateReport(core, silent), state: 'running' } })
  t.is(core.machine(silent).state, 'sanitising')
  core.exits(silent, 143)
  t.is(core.machine(silent).state, 'available')
})

function lateReport(core: CoreHarness, machine: MachineId) {
  const { epoch, placement } = core.machine(machine)
  const none = { outcome: null, handBack: null, validation: null, conditions: [], commands: [], startedAt: null }
  return { epoch, term: core.state.cluster().term, placement, ...none }
}

test('one that asks to fail then fails, and one that asks for nothing waits for ever', (t) => {
  const core = new CoreHarness()
  const fails = runs(core, 'fail')
  core.must({ kind: 'agent_disconnected', machine: machineOf(core, fails) })
  wait(core, due)
  t.is(core.workload(fails).state, 'failed')
  t.regex(
    core.workload(fails).stateReason,
    /^rank 0 on a is lost: a \(.*\) was not heard of for 76 s, .*lease is over$/,
  )
  const other = new CoreHarness()
  const waits = runs(other, 'wait')
  other.must({ kind: 'agent_disconnected', machine: machineOf(other, waits) })
  wait(other, hours(100))
  t.is(other.workload(waits).state, 'running')
})

test('a gang is replaced as a whole, one rank alone where it is asked', (t) => {
  const core = new CoreHarness()
  const workload = runs(core, 'replace', 2)
  const [silent, other] = [machineOf(core, workload, 0), machineOf(core, workload, 1)]
  core.must({ kind: 'agent_disconnected', machine: silent })
  wait(core, due)
  t.is(core.workload(workload).state, 'stopping')
  core.exits(other, 143)
  core.place()
  t.is(core.workload(workload).state, 'starting')
  const alone = new CoreHarness()
  const elastic = runs(alone, 'replace', 2, 'rank')
  const stays = machineOf(alone, elastic, 1)
  alone.must({ kind: 'agent_disconnected', machine: machineOf(alone, elastic, 0) })
  wait(alone, due)
  t.is(alone.workload(elastic).state, 'running')
  t.is(machineOf(alone, elastic, 1), stays)
  t.is(alone.ranks(elastic)[0]?.phase, 'starting')
})

test('ages begin anew with a term, also that of a machine that was lost before', (t) => {
  const core = new CoreHarness()
  const workload = runs(core, 'replace')
  core.must({ kind: 'agent_disconnected', machine: machineOf(core, workload) })
  wait(core, due - 1)
  core.must(TERM_BEGAN)
  for (const { record } of core.state.table('machines').values()) {
    if (record.id !== machineOf(core, workload)) core.connect(record.id)
  }
  wait(core, due - 1)
  t.is(core.workload(workload).state, 'running')
  wait(core, 1)
  t.is(core.workload(workload).state, 'starting')
})

test('when many machines are away at once nothing is done by itself, until someone says so', (t) => {
  const core = new CoreHarness()
  const workload = runs(core, 'replace')
  const away = [...core.state.table('machines').values()].slice(0, 3).map(({ record }) => record.id)
  for (const machine of away) core.must({ kind: 'agent_disconnected', machine })
  wait(core, due)
  t.is(core.workload(workload).state, 'running')
  t.is(core.state.cluster().halt?.reason, '3 of 5 machines are away at once')
  wait(core, hours(1))
  t.is(core.workload(workload).state, 'running')
  core.must({ kind: 'resume_automation', caller: { user: user('admin'), request: null } })
  wait(core, 1)
  t.is(core.workload(workload).state, 'starting')
})

test('enough machines that come back let it go on by itself', (t) => {
  const core = new CoreHarness()
  const workload = runs(core, 'replace')
  const [first, ...others] = [...core.state.table('machines').values()].slice(0, 3).map(({ record }) => record.id)
  for (const machine of [first, ...others])
    if (machine !== undefined) core.must({ kind: 'agent_disconnected', machine })
  wait(core, due)
  t.not(core.state.cluster().halt, null)
  for (const machine of others) core.connect(machine)
  wait(core, minutes(1))
  t.is(core.state.cluster().halt, null)
  t.is(core.workload(workload).state, 'starting')
})

import test from 'ava'
import type { MachineId, WorkloadId } from '../../../shared/model/ids.ts'
import { RESTART, type RestartPolicy } from '../../../shared/model/policies.ts'
import { instant, minutes, seconds } from '../../../shared/model/time.ts'
import { CoreHarness, user } from '../../fixtures.ts'

const policy = (changed: Partial<RestartPolicy>): RestartPolicy => ({ ...RESTART, ...changed })

function wait(core: CoreHarness, duration: number): void {
  core.now = instant(core.now + duration)
  core.must({ kind: 'tick' })
  core.place()
}

function running(core: CoreHarness, machine: MachineId): void {
  core.says(machine, { state: 'running', startedAt: core.now })
}

/** The machine that a rank is on now. */
function machineOf(core: CoreHarness, id: WorkloadId, rank: number): MachineId {
  const placement = core.ranks(id)[rank]
  if (placement === undefined) throw new Error(`no rank ${rank}`)
  return placement.machine
}

function gang(core: CoreHarness, size: number, restart: RestartPolicy): WorkloadId {
  const workload = core.submit('red', { machineCount: size, restart })
  core.place()
  for (const { machine } of core.ranks(workload)) core.says(machine, { state: 'prepared' })
  for (const { machine } of core.ranks(workload)) running(core, machine)
  return workload
}

test('what fails is run again after its back-off, as often as its policy says, and then has failed', (t) => {
  const core = new CoreHarness()
  core.available('a')
  const workload = core.submit('red', { restart: policy({ when: 'on_failure', attempts: 2, backoff: seconds(10) }) })
  core.place()
  for (const [attempt, backoff] of [
    [1, 10],
    [2, 20],
  ] as const) {
    t.is(core.workload(workload).attempt, attempt)
    core.exits(machineOf(core, workload, 0), 3)
    t.is(core.workload(workload).state, 'queued')
    t.regex(core.workload(workload).stateReason, /^is run again: rank 0 on a exited with code 3$/)
    wait(core, seconds(backoff - 1))
    t.is(core.workload(workload).state, 'queued')
    t.deepEqual(
      core.explain(workload).map(({ reason }) => reason),
      ['BACKING_OFF'],
    )
    wait(core, seconds(1))
    t.is(core.workload(workload).state, 'starting')
  }
  core.exits(machineOf(core, workload, 0), 4)
  const ended = core.workload(workload)
  t.deepEqual([ended.state, ended.exitCode, ended.attempt], ['failed', 4, 3])
  t.is(ended.formerPlacements.length, 2)
})

test('restarts of before the window do not count', (t) => {
  const core = new CoreHarness()
  core.available('a')
  const restart = policy({ when: 'on_failure', attempts: 1, window: minutes(10), backoff: seconds(0) })
  const workload = core.submit('red', { restart })
  core.place()
  core.exits(machineOf(core, workload, 0), 1)
  wait(core, minutes(11))
  core.exits(machineOf(core, workload, 0), 1)
  t.is(core.workload(workload).state, 'queued')
  core.place()
  core.exits(machineOf(core, workload, 0), 1)
  t.is(core.workload(workload).state, 'failed')
})

test('a gang begins anew as a whole, and not before the last of it is gone from its machines', (t) => {
  const core = new CoreHarness()
  core.available('a')
  core.available('b')
  const workload = gang(core, 2, policy({ when: 'on_failure', backoff: seconds(0) }))
  const [first, second] = [machineOf(core, workload, 0), machineOf(core, workload, 1)]
  core.says(first, { state: 'sanitising', outcome: { kind: 'exited', code: 1, at: core.now, reason: '' } })
  t.is(core.workload(workload).state, 'stopping')
  core.says(second, { state: 'sanitising', outcome: { kind: 'exited', code: 143, at: core.now, reason: '' } })
  t.is(core.workload(workload).state, 'queued')
  core.available('c')
  core.available('d')
  wait(core, seconds(1))
  t.deepEqual(
    core.explain(workload).map(({ reason }) => reason),
    ['FORMER_RUN_NOT_OVER'],
  )
  core.exits(first, 1)
  wait(core, seconds(1))
  t.is(core.workload(workload).state, 'queued')
  core.exits(second, 143)
  wait(core, seconds(1))
  t.is(core.workload(workload).state, 'starting')
  t.is(core.workload(workload).attempt, 2)
})

test('one rank alone is run again where the workload asks for that, and the others go on', (t) => {
  const core = new CoreHarness()
  core.available('a')
  core.available('b')
  const workload = gang(core, 2, policy({ when: 'on_failure', scope: 'rank', backoff: seconds(5) }))
  const other = machineOf(core, workload, 1)
  core.exits(machineOf(core, workload, 0), 1)
  t.is(core.workload(workload).state, 'running')
  t.deepEqual(core.workload(workload).vacancies, [0])
  wait(core, seconds(4))
  t.deepEqual(core.workload(workload).vacancies, [0])
  wait(core, seconds(1))
  t.deepEqual(core.workload(workload).vacancies, [])
  t.is(core.ranks(workload)[0]?.phase, 'starting')
  t.is(machineOf(core, workload, 1), other)
  running(core, machineOf(core, workload, 0))
  core.exits(machineOf(core, workload, 0))
  t.is(core.workload(workload).state, 'running')
  core.exits(other)
  t.is(core.workload(workload).state, 'succeeded')
})

test('always means after success too, until it is cancelled', (t) => {
  const core = new CoreHarness()
  core.available('a')
  const workload = core.submit('red', { restart: policy({ when: 'always', attempts: 1000, backoff: seconds(0) }) })
  core.place()
  for (let count = 0; count < 3; count += 1) {
    core.exits(machineOf(core, workload, 0))
    t.is(core.workload(workload).state, 'queued')
    wait(core, minutes(10))
  }
  const caller = { user: user('admin'), request: null }
  core.must({ kind: 'cancel_workload', caller, workload, reason: '' })
  core.exits(machineOf(core, workload, 0), 143)
  t.is(core.workload(workload).state, 'cancelled')
})

test('a workload that is being stopped to begin anew can still be cancelled, and waits for nothing then', (t) => {
  const core = new CoreHarness()
  core.available('a')
  core.available('b')
  const workload = gang(core, 2, policy({ when: 'on_failure' }))
  core.exits(machineOf(core, workload, 0), 1)
  t.is(core.workload(workload).state, 'stopping')
  core.must({ kind: 'cancel_workload', caller: { user: user('admin'), request: null }, workload, reason: '' })
  core.exits(machineOf(core, workload, 1), 143)
  t.is(core.workload(workload).state, 'cancelled')
})

test('what reached its time limit is not run again', (t) => {
  const core = new CoreHarness()
  core.available('a')
  const workload = core.submit('red', {
    restart: policy({ when: 'always' }),
    timeLimit: { limit: minutes(5), warning: null },
  })
  core.place()
  const machine = machineOf(core, workload, 0)
  t.is(core.ranks(workload)[0]?.timeLimit, minutes(5))
  running(core, machine)
  core.says(machine, { state: 'sanitising', outcome: { kind: 'timed_out', at: core.now, reason: 'its time is up' } })
  const ended = core.workload(workload)
  t.deepEqual([ended.state, ended.stateReason], ['failed', 'rank 0 on a was ended: its time is up'])
})

test('a rank that joins late ends with the others', (t) => {
  const core = new CoreHarness()
  core.available('a')
  core.available('b')
  const workload = core.submit('red', {
    machineCount: 2,
    restart: policy({ when: 'on_failure', scope: 'rank', backoff: seconds(0) }),
    timeLimit: { limit: minutes(5), warning: null },
  })
  core.place()
  for (const { machine } of core.ranks(workload)) core.says(machine, { state: 'prepared' })
  for (const { machine } of core.ranks(workload)) running(core, machine)
  core.now = instant(core.now + minutes(2))
  core.exits(machineOf(core, workload, 1), 1)
  core.place()
  t.is(core.ranks(workload)[1]?.timeLimit, minutes(3))
})

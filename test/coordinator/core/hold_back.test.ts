import test from 'ava'
import { hours, instant, minutes, seconds } from '../../../shared/model/time.ts'
import type { MachineId } from '../../../shared/model/ids.ts'
import type { Fault } from '../../../shared/model/run.ts'
import { parseExpression } from '../../../shared/model/expression/parse.ts'
import { CoreHarness, TERM_BEGAN, must, passed, user } from '../../fixtures.ts'
import { ANY_MACHINE, type WorkloadSpec } from '../../../shared/model/workload.ts'
import { findings } from '../../../coordinator/core/watchdog.ts'

const admin = { user: user('admin'), request: null }

type Ended = ReturnType<typeof failed> | ReturnType<typeof exited>

/** One run there, and the machine clean and free again. */
function runs(core: CoreHarness, machine: MachineId, name: string, outcome: Ended): void {
  const workload = core.submit(name, { constraints: { ...ANY_MACHINE, machines: [machine] } })
  core.place()
  if (core.workload(workload).state !== 'starting') throw new Error(`not placed: ${core.explain(workload)[0]?.reason}`)
  ends(core, machine, outcome)
}

function ends(core: CoreHarness, machine: MachineId, outcome: Ended): void {
  const { epoch, validation } = core.machine(machine)
  core.says(machine, {
    state: 'clean',
    startedAt: core.now,
    outcome: { ...outcome, at: core.now },
    handBack: { epoch, clean: true, steps: [], at: core.now },
    validation: passed(validation),
  })
}

const failed = (fault?: Fault) => ({ kind: 'failed_to_start', reason: 'cgroup /x could not be made', fault }) as const
const exited = (code: number) => ({ kind: 'exited', code, reason: '' }) as const
const heldBack = (core: CoreHarness, machine: MachineId) => core.machine(machine).trouble?.heldBack ?? null

/** As many as that one of them is less than a third. */
function fleet(core: CoreHarness): readonly [MachineId, MachineId, MachineId, MachineId] {
  return [core.available('a'), core.available('b'), core.available('c'), core.available('d')]
}

test('a machine that fails two workloads by its own fault takes nothing for a while, and says why', (t) => {
  const core = new CoreHarness()
  const [bad] = fleet(core)
  runs(core, bad, 'red', failed('machine'))
  t.is(heldBack(core, bad), null, 'one may be chance')
  runs(core, bad, 'blue', failed('machine'))
  t.is(heldBack(core, bad)?.until, instant(core.now + minutes(5)))
  const waiting = core.submit('green', { constraints: { ...ANY_MACHINE, machines: [bad] } })
  core.place()
  t.is(core.workload(waiting).state, 'queued')
  const [reason] = core.explain(waiting).filter((one) => one.reason === 'FAILS_PLACEMENTS')
  t.regex(reason?.message ?? '', /2 workloads in a row could not be begun there; the last: cgroup/)
  const told = [...core.state.table('events').values()].map(({ record }) => record.reason)
  t.true(told.includes('MACHINE_HELD_BACK'))
})

test('who prefers machines that fail nothing gets one, as long as there is one; who requires it waits', (t) => {
  const core = new CoreHarness()
  const [bad, ...good] = fleet(core)
  runs(core, bad, 'red', failed('machine'))
  const expression = must(parseExpression('failures = 0'))
  const placed = [1, 2, 3, 4].map(() => {
    const workload = core.submit('blue', { constraints: { ...ANY_MACHINE, prefer: [{ expression, weight: 1 }] } })
    core.place()
    return core.ranks(workload)[0]?.machine
  })
  t.deepEqual(new Set(placed.slice(0, 3)), new Set(good))
  t.is(placed[3], bad)

  const waiting = core.submit('green', { constraints: { ...ANY_MACHINE, require: expression } })
  core.place()
  t.is(core.workload(waiting).state, 'queued')
  ends(core, bad, exited(0))
  core.place()
  t.is(core.ranks(waiting)[0]?.machine, bad, 'a run went well there')
})

test('a held-back machine is tried again by itself; each time it fails again it is left alone twice as long', (t) => {
  const core = new CoreHarness()
  const [bad] = fleet(core)
  for (const name of ['red', 'blue']) runs(core, bad, name, failed('machine'))
  for (const wait of [minutes(5), minutes(10), minutes(20)]) {
    const until = heldBack(core, bad)?.until ?? 0
    t.is(until - core.now, wait)
    core.now = instant(until - 1)
    core.must({ kind: 'tick' })
    t.not(heldBack(core, bad), null)
    core.now = instant(until)
    core.must({ kind: 'tick' })
    t.is(heldBack(core, bad), null)
    runs(core, bad, 'green', failed('machine'))
  }
  t.is(core.machine(bad).trouble?.times, 4)
})

test('a machine is held back for a day at most', (t) => {
  const core = new CoreHarness()
  const [bad] = fleet(core)
  runs(core, bad, 'red', failed('machine'))
  for (let round = 0; round < 12; round += 1) {
    runs(core, bad, 'blue', failed('machine'))
    core.now = instant(heldBack(core, bad)?.until ?? 0)
    core.must({ kind: 'tick' })
  }
  runs(core, bad, 'blue', failed('machine'))
  t.is((heldBack(core, bad)?.until ?? 0) - core.now, hours(24))
})

test('a run that went well makes failures of before count no more', (t) => {
  const core = new CoreHarness()
  const [machine] = fleet(core)
  runs(core, machine, 'red', failed('machine'))
  runs(core, machine, 'blue', exited(0))
  runs(core, machine, 'green', failed('machine'))
  t.is(heldBack(core, machine), null)
})

test('one workload that fails again and again holds no machine back', (t) => {
  const core = new CoreHarness()
  const [machine] = fleet(core)
  const restart = { when: 'on_failure', attempts: 9, window: hours(1), backoff: seconds(0), scope: 'gang' } as const
  const workload = core.submit('red', { constraints: { ...ANY_MACHINE, machines: [machine] }, restart })
  for (let round = 0; round < 5; round += 1) {
    core.place()
    t.is(core.workload(workload).state, 'starting')
    ends(core, machine, failed('machine'))
  }
  t.is(heldBack(core, machine), null)
})

test('tasks that fail within seconds hold a machine back where those of the same tenants go well elsewhere', (t) => {
  const core = new CoreHarness()
  const [bad, ...others] = fleet(core)
  for (let round = 0; round < 5; round += 1) {
    t.is(heldBack(core, bad), null)
    runs(core, bad, round % 2 === 0 ? 'red' : 'blue', round === 0 ? failed('task') : exited(1))
    for (const other of others) for (const name of ['red', 'blue']) runs(core, other, name, exited(0))
  }
  runs(core, bad, 'red', exited(1))
  t.regex(
    heldBack(core, bad)?.reason ?? '',
    /tasks of \d workloads in a row failed .* and \d+ of \d+ runs .* elsewhere/,
  )
  t.true(others.every((other) => heldBack(core, other) === null))
})

test('tasks that fail everywhere alike, or of which nothing is known elsewhere, hold no machine back', (t) => {
  const core = new CoreHarness()
  const machines = fleet(core)
  for (let round = 0; round < 50; round += 1) runs(core, machines[0], 'lonely', exited(1))
  for (let round = 0; round < 20; round += 1) for (const machine of machines) runs(core, machine, 'red', exited(1))
  t.true(machines.every((machine) => heldBack(core, machine) === null))
})

test('what ran for longer, or was asked to end, says nothing against its machine', (t) => {
  const core = new CoreHarness()
  const [machine, ...others] = fleet(core)
  for (let round = 0; round < 20; round += 1) {
    for (const other of others) runs(core, other, 'red', exited(0))
    const asked = core.submit('red', { constraints: { ...ANY_MACHINE, machines: [machine] } })
    core.place()
    if (round % 2 === 0) core.must({ kind: 'cancel_workload', caller: admin, workload: asked, reason: '' })
    else {
      core.says(machine, { state: 'running', startedAt: core.now })
      core.now = instant(core.now + seconds(31))
      const { epoch, validation } = core.machine(machine)
      const startedAt = instant(core.now - seconds(31))
      const outcome = { kind: 'exited', code: 1, reason: '', at: core.now } as const
      const handBack = { epoch, clean: true, steps: [], at: core.now }
      core.says(machine, { state: 'clean', startedAt, outcome, handBack, validation: passed(validation) })
      continue
    }
    ends(core, machine, exited(143))
  }
  t.is(core.machine(machine).trouble, null)
})

test('no more than a third of the fleet is held back at once: then the fault is of what they are given', (t) => {
  const core = new CoreHarness()
  const machines = [...fleet(core), core.available('e'), core.available('f')]
  for (const machine of machines) for (const name of ['red', 'blue']) runs(core, machine, name, failed('machine'))
  t.is(machines.filter((machine) => heldBack(core, machine) !== null).length, 2)
})

test('an operator who has a held-back machine validated anew clears what was against it', (t) => {
  const core = new CoreHarness()
  const [bad] = fleet(core)
  for (const name of ['red', 'blue']) runs(core, bad, name, failed('machine'))
  t.true(findings(core.state, core.now).some(({ command }) => command === `billet machines revalidate ${bad}`))
  core.must({ kind: 'revalidate_machine', caller: admin, machine: bad })
  t.is(core.machine(bad).trouble, null)
  core.says(bad, { validation: passed(core.machine(bad).validation) })
  runs(core, bad, 'red', exited(0))
  t.deepEqual(findings(core.state, core.now), [])
})

test('holding machines back can be turned off', (t) => {
  const core = new CoreHarness()
  const holdBack = { after: 0, first: minutes(5) }
  core.must({ ...TERM_BEGAN, holdBack })
  core.must({ kind: 'tick' })
  core.now = instant(core.now + minutes(1))
  const [bad] = fleet(core)
  core.must({ kind: 'tick' })
  for (const name of ['red', 'blue', 'green', 'red']) runs(core, bad, name, failed('machine'))
  t.is(heldBack(core, bad), null)
})

test('nobody counts on a held-back machine that is being made clean: another is given up for what goes before', (t) => {
  const core = new CoreHarness()
  const [bad, other] = fleet(core)
  runs(core, bad, 'red', failed('machine'))
  const named = (machine: MachineId): Partial<WorkloadSpec> => ({
    constraints: { ...ANY_MACHINE, machines: [machine] },
  })
  const low = core.submit('green', { ...named(other), preemption: { preempts: false, preemptible: true } })
  core.submit('blue', named(bad))
  core.place()
  const outcome = { ...failed('machine'), at: core.now }
  core.says(bad, { state: 'sanitising', outcome })
  t.not(heldBack(core, bad), null)
  const either = { ...ANY_MACHINE, machines: [bad, other] }
  core.submit('red', { constraints: either, priority: 10, preemption: { preempts: true, preemptible: false } })
  core.place()
  t.is(core.workload(low).state, 'stopping')
})

import { finding } from '../../../shared/model/health.ts'
import test from 'ava'
import { commitPlacement } from '../../../coordinator/core/commit.ts'
import { Draft } from '../../../coordinator/core/draft.ts'
import type { MachineRecord } from '../../../coordinator/core/records.ts'
import type { FleetState } from '../../../coordinator/core/state.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import type { MachineId } from '../../../shared/model/ids.ts'
import { instant, seconds } from '../../../shared/model/time.ts'
import { ANY_MACHINE, type Constraints } from '../../../shared/model/workload.ts'
import { CoreHarness, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }

test('infeasible work at the head starves nobody', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const hopeless = [
    core.submit('red', { machineCount: 9, priority: 9 }),
    core.submit('red', { constraints: { ...ANY_MACHINE, gpusMin: 8 }, priority: 9 }),
    core.submit('red', { constraints: { ...ANY_MACHINE, hardwareClass: 'none' }, priority: 9 }),
  ]
  const small = core.submit('red')
  core.place()
  t.is(core.workload(small).state, 'starting')
  t.is(core.machine(machine).tenant, core.workload(small).tenant)
  for (const id of hopeless) t.is(core.workload(id).state, 'queued')
})

/** Which records of workloads are read from now on. */
function noteReads(state: FleetState): string[] {
  const read: string[] = []
  const find = state.find.bind(state)
  state.find = (table, key) => {
    if (table === 'workloads') read.push(key)
    return find(table, key)
  }
  return read
}

test('waiting work is indexed by what it waits for: no pass reads the queue again', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const scheduler = new Scheduler(core.state)
  const impossible = Array.from({ length: 300 }, () =>
    core.submit('red', { constraints: { ...ANY_MACHINE, gpusMin: 8 } }),
  )
  const later = Array.from({ length: 300 }, (_, index) =>
    core.submit('red', { startAfter: instant(core.now + 1000 * (index + 10)) }),
  )
  const after = Array.from({ length: 300 }, () =>
    core.submit('red', { dependencies: [{ workload: later[0] ?? core.submit('red'), condition: 'succeeded' }] }),
  )
  const read = noteReads(core.state)
  const plans = () => [...scheduler.schedule(core.state, core.now)]
  t.deepEqual(plans(), [])
  t.is(new Set(read).size, impossible.length + later.length + after.length, 'all of it is read once')
  read.length = 0
  for (let round = 0; round < 5; round += 1) {
    core.must({ kind: 'label_machine', caller: admin, machine, set: { round: `${round}` }, remove: [] })
    core.now = instant(core.now + seconds(1))
    t.deepEqual(plans(), [])
  }
  t.is(read.length, 0, 'a machine that changes wakes nobody whom it does not concern')
  core.now = instant(core.now + seconds(5))
  t.is(plans()[0]?.workload, later[0], 'the passing of time wakes whom it was waited for')
  t.true(read.length < 3)
})

type Change = (core: CoreHarness, machine: MachineId) => void
const changed =
  (change: Partial<MachineRecord>): Change =>
  (core, machine) => {
    const draft = new Draft(core.state, core.now, core.ids)
    draft.putMachine({ ...core.machine(machine), ...change })
    draft.flush()
  }

const heldBack = { since: instant(1), until: instant(2), reason: 'it failed' }
const critical = finding({ id: 'c', severity: 'critical', reason: 'broken', since: instant(1), action: 'cordon' })
const STANDS_AGAINST: Readonly<Record<string, readonly [change: Change, asked: Partial<Constraints>]>> = {
  CORDONED: [changed({ cordon: { reason: 'r', user: user('ann'), at: instant(1), drain: false } }), {}],
  NOT_CONNECTED: [changed({ connection: 'silent' }), {}],
  CONDITION: [changed({ conditions: [critical] }), {}],
  FAILS_PLACEMENTS: [changed({ trouble: { failures: [], heldBack, times: 1 } }), {}],
  QUARANTINED: [changed({ state: 'quarantined' }), {}],
  VALIDATING: [changed({ state: 'validating' }), {}],
  TOO_FEW_GPUS: [() => {}, { gpusMin: 1 }],
  TOO_LITTLE_MEMORY: [() => {}, { memoryBytesMin: 1e15 }],
  LABEL_MISSING: [() => {}, { labels: { tier: 'gold' } }],
  OTHER_CLASS: [() => {}, { hardwareClass: 'other' }],
}

test('planner and committer share one feasibility function: what one leaves out, the other refuses alike', (t) => {
  for (const [reason, [change, asked]] of Object.entries(STANDS_AGAINST)) {
    const core = new CoreHarness()
    const machine = core.available('a')
    change(core, machine)
    const workload = core.submit('red', { constraints: { ...ANY_MACHINE, ...asked } })
    t.deepEqual([...core.scheduler.schedule(core.state, core.now)], [], reason)
    const draft = new Draft(core.state, core.now, core.ids)
    t.deepEqual(commitPlacement(draft, { workload, machines: [machine] }), [{ kind: 'machine', machine, reason }])
    t.true(
      core.explain(workload).some((one) => one.reason === reason || one.reason === 'FLEET_TOO_SMALL'),
      reason,
    )
  }
})

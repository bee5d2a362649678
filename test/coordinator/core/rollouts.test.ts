import { finding } from '../../../shared/model/health.ts'
import test from 'ava'
import type { MachineId, RolloutId } from '../../../shared/model/ids.ts'
import { upgradeFailed } from '../../../shared/model/run.ts'
import { instant, minutes } from '../../../shared/model/time.ts'
import { desired } from '../../../coordinator/core/desired.ts'
import { CoreHarness, user } from '../../fixtures.ts'

const caller = { user: user('admin'), request: null }
const order = { manifest: '{}', signature: 'c2lnbmF0dXJlLW9mLXRoaXM=', url: 'http://127.0.0.1/' }

function begin(core: CoreHarness, atOnce = 1, pauseAfter = 1): RolloutId {
  const about = { digest: 'd', agentVersion: '2', machines: null, atOnce, pauseAfter, ...order }
  return core.must({ kind: 'create_rollout', caller, ...about }).record.id
}

function tick(core: CoreHarness, by = 1000): void {
  core.now = instant(core.now + by)
  core.must({ kind: 'tick' })
}

const told = (core: CoreHarness, machines: readonly MachineId[]): readonly MachineId[] =>
  machines.filter((machine) => desired(core.state, machine)?.upgrade !== null)

const stateOf = (core: CoreHarness, id: RolloutId) => core.state.find('rollouts', id)?.state

function fleet(core: CoreHarness): readonly MachineId[] {
  return ['a', 'b', 'c'].map((name) => core.available(name))
}

const failure = {
  id: upgradeFailed(order.signature),
  severity: 'warning',
  reason: 'it smells',
  action: 'note',
} as const

test('so many at a time are told, and the next ones as these come back with the new agent', (t) => {
  const core = new CoreHarness()
  const machines = fleet(core)
  const rollout = begin(core, 2)
  t.deepEqual(told(core, machines), [])
  tick(core)
  t.deepEqual(told(core, machines), machines.slice(0, 2))
  t.deepEqual(
    machines.slice(0, 1).map((machine) => desired(core.state, machine)?.upgrade),
    [order],
  )
  const [first, second, third] = machines
  if (first === undefined || second === undefined || third === undefined) throw new Error('three')
  core.must({ kind: 'agent_disconnected', machine: first })
  tick(core)
  t.deepEqual(told(core, machines), [first, second])
  core.connect(first, { agentVersion: '2' })
  tick(core)
  t.deepEqual(told(core, machines), [second, third])
  core.connect(second, { agentVersion: '2' })
  core.connect(third, { agentVersion: '2' })
  tick(core)
  tick(core)
  t.is(stateOf(core, rollout), 'done')
  t.deepEqual(told(core, machines), [])
})

test('a failure that is told, or one that never comes back, pauses it; resumed, it is tried again', (t) => {
  const core = new CoreHarness()
  const machines = fleet(core)
  const [first] = machines
  if (first === undefined) throw new Error('one')
  const rollout = begin(core)
  tick(core)
  core.says(first, { conditions: [finding({ ...failure, since: core.now })] })
  tick(core)
  tick(core)
  t.is(stateOf(core, rollout), 'paused')
  t.is(core.machine(first).rollout?.reason, 'it smells')
  t.deepEqual(told(core, machines), [])
  core.says(first, { conditions: [] })
  core.must({ kind: 'resume_rollout', caller, rollout })
  tick(core)
  t.deepEqual(told(core, machines), [first])
  core.must({ kind: 'agent_disconnected', machine: first })
  tick(core, minutes(21))
  tick(core)
  t.is(stateOf(core, rollout), 'paused')
  t.regex(core.machine(first).rollout?.reason ?? '', /not come back/)
})

test('one rollout at a time; a paused one tells nobody, a cancelled one is over', (t) => {
  const core = new CoreHarness()
  const machines = fleet(core)
  const rollout = begin(core)
  const about = { digest: 'e', agentVersion: '3', machines: null, atOnce: 1, pauseAfter: 1, ...order }
  t.like(core.apply({ kind: 'create_rollout', caller, ...about }), { ok: false, error: { kind: 'state_conflict' } })
  core.must({ kind: 'pause_rollout', caller, rollout })
  tick(core)
  t.deepEqual(told(core, machines), [])
  core.must({ kind: 'cancel_rollout', caller, rollout })
  tick(core)
  t.is(stateOf(core, rollout), 'cancelled')
  t.false(core.apply({ kind: 'resume_rollout', caller, rollout }).ok)
  t.true(core.apply({ kind: 'create_rollout', caller, ...about }).ok)
})

import test from 'ava'
import * as fc from 'fast-check'
import { desired } from '../../../coordinator/core/desired.ts'
import { hasEnded } from '../../../shared/model/workload.ts'
import { instant, seconds } from '../../../shared/model/time.ts'
import { CoreHarness, TERM_BEGAN, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const FLEET = 4

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('obey' as const), machine: fc.nat(FLEET - 1), code: fc.nat(2) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('submit' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'cordon' as const,
        'uncordon' as const,
        'drain' as const,
        'quarantine' as const,
        'revalidate' as const,
        'disconnect' as const,
        'reconnect' as const,
        'forget' as const,
        'dirty' as const,
      ),
      machine: fc.nat(FLEET - 1),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'wait' as const }) },
)

type StepOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never

function take(
  core: CoreHarness,
  machines: readonly ReturnType<CoreHarness['available']>[],
  what: StepOf<typeof step>,
): void {
  core.now = instant(core.now + 100)
  switch (what.kind) {
    case 'submit':
      core.submit(what.count % 2 === 0 ? 'red' : 'blue', { machineCount: what.count })
      return
    case 'cancel': {
      const all = [...core.state.table('workloads').values()]
      const workload = all[what.which % Math.max(all.length, 1)]?.record.id
      if (workload !== undefined) core.must({ kind: 'cancel_workload', caller: admin, workload, reason: '' })
      return
    }
    case 'restart':
      core.must(TERM_BEGAN)
      for (const machine of machines) core.connect(machine)
      return
    case 'wait':
      core.now = instant(core.now + seconds(20))
      core.must({ kind: 'tick' })
      return
    default:
      return disturb(core, machines[what.machine], what)
  }
}

type Disturbance = Extract<StepOf<typeof step>, { readonly machine: number }>

function disturb(
  core: CoreHarness,
  machine: ReturnType<CoreHarness['available']> | undefined,
  what: Disturbance,
): void {
  if (machine === undefined) return
  switch (what.kind) {
    case 'obey':
      return obey(core, machine, what.code)
    case 'cordon':
    case 'drain':
      core.apply({ kind: 'cordon_machine', caller: admin, machine, reason: 'test', drain: what.kind === 'drain' })
      return
    case 'uncordon':
      core.apply({ kind: 'uncordon_machine', caller: admin, machine })
      return
    case 'quarantine':
      core.apply({ kind: 'quarantine_machine', caller: admin, machine, reason: 'test' })
      return
    case 'revalidate':
      core.apply({ kind: 'revalidate_machine', caller: admin, machine })
      return
    case 'disconnect':
      core.must({ kind: 'agent_disconnected', machine })
      return
    case 'reconnect':
      core.connect(machine)
      return
    case 'forget':
      core.says(machine, { epoch: core.machine(machine).epoch, state: 'idle' })
      return
    case 'dirty': {
      const { epoch, state } = core.machine(machine)
      if (state !== 'sanitising') return
      const bad = { id: 'kill', passed: false, detail: 'a process is left', durationMs: 1 }
      core.says(machine, { state: 'dirty', handBack: { epoch, clean: false, steps: [bad], at: core.now } })
      return
    }
  }
}

/** What an agent that follows its orders would report next. */
function obey(core: CoreHarness, machine: ReturnType<CoreHarness['available']>, code: number): void {
  const wanted = desired(core.state, machine)
  const { runState, state } = core.machine(machine)
  if (wanted === undefined) return
  if (wanted.goal === 'prepare') return core.says(machine, { state: 'prepared' })
  if (wanted.goal === 'run' && runState !== 'running') {
    return core.says(machine, { state: 'running', startedAt: core.now })
  }
  if (state === 'available') return
  core.exits(machine, code)
}

test('whatever happens in whatever order, no law is broken, and what can be placed is placed in the end', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const core = new CoreHarness()
      const machines = ['a', 'b', 'c', 'd'].map((serial) => core.available(serial))
      for (const what of steps) {
        take(core, machines, what)
        core.place()
      }
      settle(core, machines)
      const waiting = [...core.state.table('workloads').values()].filter(({ record }) => !hasEnded(record.state))
      return waiting.every(({ record }) => record.state === 'queued' && record.spec.machineCount > FLEET)
    }),
    { numRuns: 150 },
  )
  t.pass()
})

/** All faults end: every machine is connected, allowed to work, and obeys. */
function settle(core: CoreHarness, machines: readonly ReturnType<CoreHarness['available']>[]): void {
  for (const machine of machines) {
    core.connect(machine)
    core.apply({ kind: 'uncordon_machine', caller: admin, machine })
  }
  for (let round = 0; round < 400; round += 1) {
    core.must({ kind: 'tick' })
    for (const machine of machines) {
      if (core.machine(machine).state === 'quarantined')
        core.apply({ kind: 'revalidate_machine', caller: admin, machine })
      obey(core, machine, 0)
    }
    core.place()
  }
}

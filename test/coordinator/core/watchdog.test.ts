import test from 'ava'
import type { MachineId } from '../../../shared/model/ids.ts'
import { type Milliseconds, hours, instant, minutes, seconds } from '../../../shared/model/time.ts'
import { DEADLINES, type FindingReason, findings } from '../../../coordinator/core/watchdog.ts'
import { CoreHarness, TERM_BEGAN, task, user } from '../../fixtures.ts'

const caller = { user: user('admin'), request: null }

type Case = {
  readonly reason: FindingReason
  readonly after: Milliseconds
  readonly command: RegExp
  /** Brings the fleet into the state; the time of that is now. */
  readonly make: (core: CoreHarness) => void
  /** Does what the command says, or what it asks for; null: it cannot be done here. */
  readonly recover: ((core: CoreHarness, machine: MachineId) => void) | null
}

const retire = (core: CoreHarness, machine: MachineId): void => {
  core.must({ kind: 'retire_machine', caller, machine, force: true })
}

function running(core: CoreHarness): MachineId {
  const machine = core.available('a')
  core.submit('red', { task: task({ grace: seconds(10) }) })
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  return machine
}

const cases: readonly Case[] = [
  {
    reason: 'APPROVAL_OVERDUE',
    after: DEADLINES.approval,
    command: /^billet machines approve mch-/,
    make: (core) => void core.enrol('a', core.token({ autoApprove: false, expiresAt: instant(core.now + hours(1)) })),
    recover: (core, machine) => core.must({ kind: 'approve_machine', caller, machine }),
  },
  {
    reason: 'VALIDATING_OVERDUE',
    after: DEADLINES.validating,
    command: /^billet machines revalidate mch-/,
    make: (core) => void core.connect(core.enrol('a')),
    recover: (core, machine) => core.must({ kind: 'revalidate_machine', caller, machine }),
  },
  {
    reason: 'SANITISING_OVERDUE',
    after: DEADLINES.sanitising,
    command: /^billet machines retire --force mch-/,
    make: (core) => {
      const outcome = { kind: 'exited', code: 0, reason: '', at: core.now } as const
      core.says(running(core), { state: 'sanitising', outcome })
    },
    recover: retire,
  },
  {
    reason: 'QUARANTINED',
    after: DEADLINES.quarantined,
    command: /^billet machines revalidate mch-/,
    make: (core) => {
      core.must({ kind: 'quarantine_machine', caller, machine: core.available('a'), reason: 'it smokes' })
    },
    recover: (core, machine) => core.must({ kind: 'revalidate_machine', caller, machine }),
  },
  {
    reason: 'UNUSABLE',
    after: DEADLINES.unusable,
    command: /^billet machines uncordon mch-/,
    make: (core) => {
      core.must({ kind: 'cordon_machine', caller, machine: core.available('a'), reason: 'later', drain: false })
    },
    recover: (core, machine) => core.must({ kind: 'uncordon_machine', caller, machine }),
  },
  {
    reason: 'UNUSABLE',
    after: DEADLINES.unusable,
    command: /^billet machines retire mch-/,
    make: (core) => core.must({ kind: 'agent_disconnected', machine: core.available('a') }),
    recover: retire,
  },
  {
    reason: 'AWAY_WITH_TENANT',
    after: DEADLINES.awayWithTenant,
    command: /^billet machines retire --force mch-/,
    make: (core) => core.must({ kind: 'agent_disconnected', machine: running(core) }),
    recover: retire,
  },
  {
    reason: 'START_OVERDUE',
    after: DEADLINES.starting,
    command: /^billet workloads cancel wkl-/,
    make: (core) => {
      core.available('a')
      core.submit('red')
      core.place()
    },
    recover: null,
  },
  {
    reason: 'STOP_OVERDUE',
    after: DEADLINES.stopping,
    command: /^billet machines retire --force mch-/,
    make: (core) => {
      const { placement } = core.machine(running(core))
      const workload = core.state.find('placements', placement ?? '')?.workload
      if (workload !== undefined) core.must({ kind: 'cancel_workload', caller, workload, reason: '' })
    },
    recover: retire,
  },
  {
    reason: 'NEVER_PLACEABLE',
    after: DEADLINES.neverPlaceable,
    command: /^billet workloads cancel wkl-/,
    make: (core) => {
      core.available('a')
      core.submit('red', { machineCount: 2 })
    },
    recover: null,
  },
]

for (const { reason, after, command, make, recover } of cases) {
  test(`${reason} (${command.source.slice(1)}...) is told past its deadline, and gone when it is recovered`, (t) => {
    const core = new CoreHarness()
    make(core)
    t.deepEqual(findings(core.state, core.now), [])
    // Stopping has its grace and its kill before its deadline begins.
    core.now = instant(core.now + after + (reason === 'STOP_OVERDUE' ? seconds(25) : 0))
    const [found, ...others] = findings(core.state, core.now)
    t.deepEqual(others, [])
    t.is(found?.reason, reason)
    t.regex(found?.command ?? '', command)
    t.true((found?.evidence.length ?? 0) > 20)
    const machine = found?.machine ?? null
    if (recover === null || machine === null) return
    recover(core, machine)
    t.deepEqual(findings(core.state, core.now), [])
  })
}

test('a fleet that is halted, or does not learn, is told with what keeps it so', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.must(TERM_BEGAN)
  core.connect(machine)
  core.says(machine, { state: 'running' })
  core.now = instant(core.now + minutes(5))
  core.must({ kind: 'tick' })
  const [found] = findings(core.state, core.now)
  t.is(found?.reason, 'LEARNING_OVERDUE')
  t.is(found?.command, `billet machines retire --force ${machine}`)
})

import { type PlacementPhase, isOver } from '../../shared/model/placement_phase.ts'
import { assertNever } from '../../shared/model/result.ts'
import type { HandBackReport, MachineReport, TaskOutcome } from '../../shared/model/run.ts'
import { certify } from './certificates.ts'
import { checksDue, recordChecks } from './checks.ts'
import type { Draft } from './draft.ts'
import { hardwareClass } from './hardware_class.ts'
import { troubleAfter, verdictOn } from './hold_back.ts'
import { asExpected, otherClass } from './registrations.ts'
import { label, mustMove } from './machine_state.ts'
import { enter } from './placement_moves.ts'
import type { MachineRecord, PlacementRecord } from './records.ts'
import { leavesNoProcess } from './restarts.ts'
import { followPlacements } from './workloads.ts'

/**
 * Brings a machine and its placement up to what its agent says it does, under the machine's own epoch. The
 * report is the whole truth, so any number of steps may have been missed: each is made in turn.
 */
export function followReport(draft: Draft, machine: MachineRecord, report: MachineReport): void {
  let current = followRunState(draft, machine, report)
  if (current.state === 'allocated') current = followTask(draft, current, report)
  if (current.state === 'sanitising') current = followHandBack(draft, current, report)
  if (current.state === 'validating' || current.state === 'available') current = followDirt(draft, current, report)
  if (current.state === 'validating') followValidation(draft, current, report)
}

function followRunState(draft: Draft, machine: MachineRecord, report: MachineReport): MachineRecord {
  if (machine.runState === report.state) return machine
  const changed = { ...machine, runState: report.state }
  draft.putMachine(changed)
  return changed
}

function followTask(draft: Draft, machine: MachineRecord, report: MachineReport): MachineRecord {
  if (machine.placement === null) throw new Error(`machine ${machine.id} is allocated to no placement`)
  const placement = draft.placement(machine.placement)
  // A report that names another placement under the same epoch would break law 1; the agent obeys its own epoch.
  if (report.placement !== null && report.placement !== placement.id) return machine
  const started = { startedAt: report.startedAt ?? placement.startedAt }
  switch (report.state) {
    case 'idle':
    case 'preparing':
      return machine
    case 'prepared':
      if (placement.phase === 'preparing') enter(draft, placement, 'prepared', '')
      followPlacements(draft, placement.workload)
      return machine
    case 'running':
      if (placement.phase !== 'stopping') enter(draft, placement, 'running', '', started)
      followPlacements(draft, placement.workload)
      return machine
    case 'stopping':
      return machine
    case 'sanitising':
    case 'clean':
    case 'dirty':
      return endTask(draft, machine, { ...placement, ...started }, report.outcome)
    default:
      return assertNever(report.state)
  }
}

function endTask(
  draft: Draft,
  machine: MachineRecord,
  placement: PlacementRecord,
  outcome: TaskOutcome | null,
): MachineRecord {
  const ended = outcome ?? { kind: 'lost', reason: 'the agent did not say how the task ended', at: draft.now }
  const verdict = verdictOn(draft, placement, ended)
  const end = { endedAt: ended.at, exitCode: ended.kind === 'exited' ? ended.code : null, verdict }
  if (!isOver(placement.phase)) enter(draft, placement, PHASE_OF[ended.kind], ended.reason, end)
  const trouble = troubleAfter(draft, machine, placement, { ended, verdict })
  const reason = `tenant ${placement.tenant} is done; being made clean`
  const released = mustMove(draft, machine, 'release', reason, {
    trouble,
    checks: checksDue(draft, machine, false),
  })
  followPlacements(draft, placement.workload)
  return released
}

const PHASE_OF = {
  exited: 'exited',
  failed_to_start: 'failed',
  not_started: 'exited',
  lost: 'lost',
  timed_out: 'timed_out',
} as const satisfies Readonly<Record<TaskOutcome['kind'], PlacementPhase>>

function followHandBack(draft: Draft, machine: MachineRecord, report: MachineReport): MachineRecord {
  const { handBack } = report
  if (handBack === null || handBack.epoch !== machine.epoch) return machine
  const lastHandBack = handBack
  if (handBack.clean) {
    const releases = certify(draft, machine, handBack)
    const offered = machine.inventory === null ? '' : hardwareClass(machine.inventory, lastHandBack)
    const also = {
      lastHandBack,
      cleanEpoch: machine.epoch,
      placement: null,
      tenant: null,
      releases,
      hardwareClass: offered,
    }
    return mustMove(draft, machine, 'prove_clean', 'proved clean; being validated', also)
  }
  return report.state === 'dirty' ? failHandBack(draft, machine, handBack, 'fail') : machine
}

/** An agent that lost its memory cleans its machine anew, and may fail where it was proved clean before. */
function followDirt(draft: Draft, machine: MachineRecord, { state, handBack }: MachineReport): MachineRecord {
  if (state !== 'dirty' || handBack === null || handBack.epoch !== machine.epoch || handBack.clean) return machine
  return failHandBack(draft, machine, handBack, machine.state === 'available' ? 'quarantine' : 'fail')
}

/**
 * Under an older epoch. An agent that lost its memory makes its machine clean before it takes up what is wanted of it:
 * one that tried as often as it was asked to and could not will never take it up.
 */
export function followForgetful(draft: Draft, machine: MachineRecord, { state, handBack }: MachineReport): void {
  if (state !== 'dirty' || handBack === null || handBack.clean || (handBack.tried ?? 0) < machine.validation) return
  let current = machine
  if (machine.state === 'allocated') {
    const reason = `the agent of ${label(machine)} lost its memory, and could not make the machine clean`
    current = mustMove(draft, loseMachine(draft, machine, reason, leavesNoProcess(handBack)), 'release', reason)
  }
  if (current.state === 'available') failHandBack(draft, current, handBack, 'quarantine')
  if (current.state === 'validating' || current.state === 'sanitising') failHandBack(draft, current, handBack, 'fail')
}

function failHandBack(
  draft: Draft,
  machine: MachineRecord,
  handBack: HandBackReport,
  trigger: 'fail' | 'quarantine',
): MachineRecord {
  // A hand-back that failed may be tried again: the report of the try before is no answer to the new one.
  const before = machine.lastHandBack
  const isTold = before !== null && !before.clean && before.epoch === handBack.epoch
  if (isTold && (before.tried ?? 0) === (handBack.tried ?? 0)) return machine
  const failed = handBack.steps.filter((step) => !step.passed).map((step) => `${step.id}: ${step.detail}`)
  const reason = `could not be made clean: ${failed.join('; ')}`
  return mustMove(draft, machine, trigger, reason, { lastHandBack: handBack })
}

function followValidation(draft: Draft, machine: MachineRecord, report: MachineReport): void {
  const { validation, handBack } = report
  if (validation === null || validation.validation !== machine.validation) return
  const proved = handBack?.epoch === machine.epoch && handBack.clean
  const cleanEpoch = proved ? machine.epoch : machine.cleanEpoch
  if (cleanEpoch !== machine.epoch) {
    mustMove(draft, machine, 'fail', 'was never proved clean after its last tenant')
  } else if (validation.passed && otherClass(machine) !== null) {
    mustMove(draft, machine, 'fail', otherClass(machine) ?? '', { cleanEpoch })
  } else if (validation.passed) {
    const gpusExpected = machine.gpusExpected ?? machine.inventory?.gpus.length ?? null
    if (gpusExpected !== machine.gpusExpected) draft.effect({ kind: 'health_plan_changed', machine: machine.id })
    const checked = recordChecks(draft, machine, validation.results ?? [])
    if (checked.checks.asked.length > 0) {
      const again = { ...checked, cleanEpoch, validation: machine.validation + 1 }
      mustMove(draft, machine, 'revalidate', `measured again: ${checked.checks.asked.join(', ')}`, again)
      return
    }
    const also = { cleanEpoch, gpusExpected, ...checked, ...asExpected(machine) }
    mustMove(draft, machine, 'pass', 'proved clean and free', also)
  } else {
    const failed = validation.checks.filter((check) => !check.passed).map((check) => `${check.id}: ${check.detail}`)
    mustMove(draft, machine, 'fail', `did not pass validation: ${failed.join('; ')}`)
  }
}

/**
 * Nobody will ever say how the placement on this machine ended. The machine's own state is the caller's to move.
 *
 * @param presumedOver nothing of its run can be alive, though the machine has not said so.
 */
export function loseMachine(
  draft: Draft,
  machine: MachineRecord,
  reason: string,
  presumedOver: boolean,
): MachineRecord {
  if (machine.placement === null) return machine
  const placement = draft.placement(machine.placement)
  if (!isOver(placement.phase)) {
    enter(draft, placement, 'lost', reason, { endedAt: draft.now, presumedOver })
    draft.event('PLACEMENT_LOST', `Rank ${placement.rank} on ${label(machine)} is lost: ${reason}.`, {
      machine: machine.id,
      workload: placement.workload,
    })
    followPlacements(draft, placement.workload)
  }
  return machine
}

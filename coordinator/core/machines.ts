import { billetError } from '../../shared/model/errors.ts'
import { isHeld } from '../../shared/model/held.ts'
import type { Handler } from './handler.ts'
import type { Draft } from './draft.ts'
import { checksDue, forgetChecks } from './checks.ts'
import { cancelDrains, drainBy } from './drains.ts'
import { LABELS_MAX, labelsFault } from './labels.ts'
import { letGo } from './let_go.ts'
import { label, move } from './machine_state.ts'
import type { MachineRecord } from './records.ts'
import { leaveRegistration } from './registrations.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import { stopWorkload } from './workloads.ts'
import { loseMachine } from './placements.ts'

const answer = (draft: Draft, machine: MachineRecord) => ok(() => draft.written('machines', machine.id))

export const approveMachine: Handler<'approve_machine'> = (draft, { machine: id, caller }) => {
  const machine = draft.machine(id)
  if (!machine.ok) return machine
  const reason = `approved by ${caller.user}; being validated`
  const also = {
    validation: machine.value.validation + 1,
    checks: checksDue(draft, machine.value, true),
  }
  const moved = move(draft, machine.value, 'approve', reason, also, { user: caller.user })
  if (!moved.ok) return moved
  draft.event('MACHINE_APPROVED', `${label(moved.value)} was approved.`, { machine: id, user: caller.user })
  return answer(draft, moved.value)
}

export const cordonMachine: Handler<'cordon_machine'> = (draft, { machine: id, caller, reason, drain, by }) => {
  const found = draft.machine(id)
  if (!found.ok) return found
  if (found.value.state === 'retired') return refuse(retired(found.value))
  if (drain) cancelDrains(draft, id, (one) => one.start !== by)
  if (drain && by !== undefined && by > draft.now) {
    const planned = drainBy(draft, found.value, { by, reason, user: caller.user })
    return planned.ok ? answer(draft, found.value) : planned
  }
  const machine = { ...found.value, cordon: { reason, user: caller.user, at: draft.now, drain } }
  draft.putMachine(machine)
  const word = drain ? 'DRAINED' : 'CORDONED'
  const about = { machine: id, user: caller.user }
  draft.event(`MACHINE_${word}`, `${label(machine)} was ${word.toLowerCase()}: ${reason}`, about)
  if (drain && machine.state === 'allocated' && machine.placement !== null) {
    const placement = draft.placement(machine.placement)
    const why = `${label(machine)} is drained: ${reason}`
    if (!letGo(draft, placement, why)) {
      stopWorkload(draft, placement.workload, { outcome: 'failed', reason: why, exitCode: null })
    }
  }
  return answer(draft, machine)
}

export const uncordonMachine: Handler<'uncordon_machine'> = (draft, { machine: id, caller }) => {
  const found = draft.machine(id)
  if (!found.ok) return found
  const machine = { ...found.value, cordon: null }
  draft.putMachine(machine)
  cancelDrains(draft, id)
  if (found.value.cordon !== null) {
    draft.event('MACHINE_UNCORDONED', `${label(machine)} takes placements again.`, { machine: id, user: caller.user })
  }
  return answer(draft, machine)
}

export const labelMachine: Handler<'label_machine'> = (draft, { machine: id, set, remove }) => {
  const found = draft.machine(id)
  if (!found.ok) return found
  const fault = labelsFault('set', set)
  if (fault !== null) return refuse(fault)
  const kept = Object.entries(found.value.labels).filter(([key]) => !remove.includes(key))
  const labels = Object.fromEntries([...kept, ...Object.entries(set)])
  if (Object.keys(labels).length > LABELS_MAX) {
    return refuse(billetError('invalid_argument', `set: expected at most ${LABELS_MAX} labels.`, { field: 'set' }))
  }
  const machine = { ...found.value, labels }
  draft.putMachine(machine)
  return answer(draft, machine)
}

export const quarantineMachine: Handler<'quarantine_machine'> = (draft, { machine: id, caller, reason }) => {
  const machine = draft.machine(id)
  if (!machine.ok) return machine
  const moved = move(draft, machine.value, 'quarantine', reason, {}, { user: caller.user })
  return moved.ok ? answer(draft, moved.value) : moved
}

export const revalidateMachine: Handler<'revalidate_machine'> = (draft, { machine: id, caller }) => {
  const found = draft.machine(id)
  if (!found.ok) return found
  const machine = found.value
  // A machine that was never proved clean after its last tenant must go through its hand-back again.
  const unproved = machine.state === 'quarantined' && machine.cleanEpoch !== machine.epoch
  const reason = `asked for by ${caller.user}`
  const checks = checksDue(draft, machine, true)
  const also = { validation: machine.validation + 1, trouble: null, checks }
  const moved = move(draft, machine, unproved ? 'sanitise_again' : 'revalidate', reason, also)
  return moved.ok ? answer(draft, moved.value) : moved
}

export const retireMachine: Handler<'retire_machine'> = (draft, { machine: id, caller, force }) => {
  const found = draft.machine(id)
  if (!found.ok) return found
  const held = isHeld(found.value)
  if (held && !force) {
    const sentence = `Machine ${label(found.value)} is ${found.value.state} for tenant ${found.value.tenant ?? '?'}. `
    const advice = 'Drain it first, or retire it by force when it is known to be dead.'
    return refuse(billetError('machine_held', `${sentence}${advice}`, { machine: id, state: found.value.state }))
  }
  const reason = held ? `declared dead by ${caller.user}` : `retired by ${caller.user}`
  const lost = held ? loseMachine(draft, found.value, reason, true) : found.value
  const also = { placement: null, tenant: null, connection: 'lost', connectionAt: draft.now } as const
  const moved = move(draft, lost, held ? 'retire_dead' : 'retire', reason, also, { user: caller.user })
  if (!moved.ok) return moved
  forgetChecks(draft, id)
  leaveRegistration(draft, moved.value)
  draft.effect({ kind: 'end_session', machine: id, error: retired(moved.value) })
  return answer(draft, moved.value)
}

function retired(machine: MachineRecord) {
  const sentence = `Machine ${label(machine)} is retired; enrol it again as a new machine to use it.`
  return billetError('state_conflict', sentence, { machine: machine.id, state: 'retired' })
}

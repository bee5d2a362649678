import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { About, Draft } from './draft.ts'
import { type MachineTrigger, next } from './lifecycle.ts'
import type { MachineRecord } from './records.ts'
import { accountRelease } from './usage.ts'

/**
 * Moves a machine along the table of its life, writes it down with what else changed, and tells its agent.
 * The only place that changes a machine's state.
 */
export function move(
  draft: Draft,
  machine: MachineRecord,
  trigger: MachineTrigger,
  reason: string,
  also: Partial<Omit<MachineRecord, 'state' | 'stateReason' | 'stateAt'>> = {},
  about: About = {},
): Result<MachineRecord, BilletError> {
  const state = next(machine.state, trigger)
  if (state === undefined) return refuse(notAllowed(machine, trigger))
  const moved: MachineRecord = { ...machine, heldBy: null, ...also, state, stateReason: reason, stateAt: draft.now }
  accountRelease(draft, machine)
  draft.putMachine(moved)
  draft.effect({ kind: 'desired_changed', machine: machine.id })
  if (state !== machine.state && TOLD.has(state)) {
    draft.event(`MACHINE_${state.toUpperCase()}`, `${label(machine)}: ${reason}`, { machine: machine.id, ...about })
  }
  return ok(moved)
}

/** States whose coming is an event for people; the others come and go with every placement. */
const TOLD: ReadonlySet<string> = new Set(['pending', 'quarantined', 'retired'])

/** For a transition that the caller has made sure of: being refused is a bug. */
export function mustMove(...parameters: Parameters<typeof move>): MachineRecord {
  const moved = move(...parameters)
  if (!moved.ok) throw new Error(moved.error.message)
  return moved.value
}

export function label(machine: Pick<MachineRecord, 'id' | 'hostname'>): string {
  return machine.hostname === '' ? machine.id : `${machine.hostname} (${machine.id})`
}

function notAllowed(machine: MachineRecord, trigger: MachineTrigger): BilletError {
  const verb = trigger.replaceAll('_', ' ')
  const held = machine.tenant === null ? '' : ` for tenant ${machine.tenant}`
  return billetError(
    'state_conflict',
    `Machine ${label(machine)} is ${machine.state}${held}; "${verb}" is not possible then.`,
    { machine: machine.id, state: machine.state, verb, ...(machine.tenant === null ? {} : { tenant: machine.tenant }) },
  )
}

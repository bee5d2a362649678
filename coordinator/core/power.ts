import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { isHeld } from '../../shared/model/held.ts'
import { type NextBoot, type PowerAction, type PowerChange, bmcNotFound } from '../../shared/model/power.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import type { BmcRecord } from './bmc_record.ts'
import { type Handler, remember, repeated } from './handler.ts'
import type { PowerOutcome } from './inputs.ts'
import { label } from './machine_state.ts'
import type { MachineRecord } from './records.ts'

export const setBmc: Handler<'set_bmc'> = (draft, { machine: id, caller, access, digest }) => {
  const machine = draft.machine(id)
  if (!machine.ok) return machine
  const before = repeated(draft, caller, digest)
  if (!before.ok) return before
  if (before.value !== undefined) {
    return draft.find('bmcs', id) === undefined ? refuse(noBmc(machine.value)) : ok(() => draft.written('bmcs', id))
  }
  const record: BmcRecord = { ...access, machine: id, user: caller.user, setAt: draft.now }
  draft.put({ table: 'bmcs', key: id, record })
  remember(draft, caller, digest, id)
  draft.event('BMC_SET', `The BMC of ${label(machine.value)} is reached at ${access.url} as ${access.userName}.`, {
    machine: id,
    user: caller.user,
  })
  return ok(() => draft.written('bmcs', id))
}

export const deleteBmc: Handler<'delete_bmc'> = (draft, { machine: id, caller }) => {
  const machine = draft.machine(id)
  if (!machine.ok) return machine
  const digest = `delete_bmc ${id}`
  const before = repeated(draft, caller, digest)
  if (!before.ok) return before
  if (before.value !== undefined) return ok(() => undefined)
  if (draft.find('bmcs', id) === undefined) return refuse(noBmc(machine.value))
  draft.put({ table: 'bmcs', key: id, record: null })
  remember(draft, caller, digest, id)
  draft.event('BMC_DELETED', `The BMC of ${label(machine.value)} is forgotten, and its password.`, {
    machine: id,
    user: caller.user,
  })
  return ok(() => undefined)
}

export const orderPower: Handler<'order_power'> = (draft, input) => {
  const { machine: id, caller, change, reason, force, digest } = input
  const machine = draft.machine(id)
  if (!machine.ok) return machine
  const bmc = draft.find('bmcs', id)
  if (bmc === undefined) return refuse(noBmc(machine.value))
  const before = repeated(draft, caller, digest)
  if (!before.ok) return before
  if (before.value !== undefined) return ok(() => ({ bmc, machine: machine.value, repeated: true }))
  if (isHeld(machine.value) && !force) return refuse(held(machine.value))
  remember(draft, caller, digest, id)
  const forced = isHeld(machine.value) ? `, by force while tenant ${machine.value.tenant ?? '?'} holds it` : ''
  const about = { machine: id, user: caller.user }
  draft.event('POWER_ORDERED', `${label(machine.value)} is to be ${ordered(change)}${forced}: ${reason}`, about)
  return ok(() => ({ bmc, machine: machine.value, repeated: false }))
}

export const powerEnded: Handler<'power_ended'> = (draft, { machine: id, user, outcome }) => {
  const machine = draft.machine(id)
  if (!machine.ok) return machine
  const word = outcome.kind === 'done' ? 'POWER_CHANGED' : 'POWER_FAILED'
  draft.event(word, `${label(machine.value)} ${became(outcome)}`, { machine: id, user })
  return ok(() => undefined)
}

const ACTIONS = {
  on: 'switched on',
  off: 'switched off',
  graceful: 'shut down',
  cycle: 'switched off and on',
} as const satisfies Readonly<Record<PowerAction, string>>

const BOOTS = {
  network: 'started by network once',
  network_always: 'started by network each time',
  none: 'started in the order of its firmware',
} as const satisfies Readonly<Record<NextBoot, string>>

function ordered({ action, nextBoot }: PowerChange): string {
  const parts = [nextBoot === null ? [] : BOOTS[nextBoot], action === null ? [] : ACTIONS[action]].flat()
  return parts.join(', and ')
}

function became(outcome: PowerOutcome): string {
  if (outcome.kind === 'failed') return `was not changed as ordered: ${outcome.reason}`
  const state = outcome.state.replace('_', ' ')
  return outcome.already ? `was ${state} already.` : `is as ordered; its BMC says that it is ${state}.`
}

const noBmc = (machine: MachineRecord): BilletError => bmcNotFound(machine.id, label(machine))

function held(machine: MachineRecord) {
  const sentence = `Machine ${label(machine)} is ${machine.state} for tenant ${machine.tenant ?? '?'}. `
  const advice = 'Drain it first, or use force when what runs there may be lost.'
  return billetError('machine_held', `${sentence}${advice}`, { machine: machine.id, state: machine.state })
}

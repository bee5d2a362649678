import { NEVER_CHECKED } from '../../shared/model/check.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { epoch } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { checksDue } from './checks.ts'
import type { Handler } from './handler.ts'
import type { Draft } from './draft.ts'
import type { InputOf } from './inputs.ts'
import { label, mustMove } from './machine_state.ts'
import type { HardwareClaim, MachineRecord, TokenBinding, TokenRecord } from './records.ts'

type Enrol = InputOf<'enrol_machine'>

/**
 * The rule for hardware that is known already (a cloned disk, a machine installed anew): connected, it is
 * refused; held by a tenant, it is refused; silent and free, it is the same machine with a new identity, the
 * old one is void, and it waits for approval again unless the token was made for this very hardware. The same
 * key again is a repeated request: it is answered again and spends nothing.
 */
export const enrolMachine: Handler<'enrol_machine'> = (draft, input) => {
  const token = tokenOf(draft, input.tokenHash)
  if (!token.ok) return token
  const known = draft.before.machineOf(input.hardware)
  if (known !== undefined && known.publicKey === input.publicKey) {
    return ok(() => ({ machine: known.id, generation: known.generation }))
  }
  const usable = checkToken(draft, token.value, input.hardware)
  if (!usable.ok) return usable
  const machine = known === undefined ? ok(enrolNew(draft, input)) : enrolAgain(draft, known, input)
  if (!machine.ok) return machine
  const { usesLeft, usesMade } = token.value
  const spent = { ...token.value, usesLeft: usesLeft - 1, usesMade: usesMade + 1 }
  draft.put({ table: 'tokens', key: spent.id, record: spent })
  const { id, generation } = machine.value
  draft.event('MACHINE_ENROLLED', `${label(machine.value)} enrolled with token ${spent.id}.`, { machine: id })
  if (token.value.autoApprove && (known === undefined || isBound(token.value.binding))) {
    const also = {
      validation: machine.value.validation + 1,
      checks: checksDue(draft, machine.value, true),
    }
    mustMove(draft, machine.value, 'approve', `approved by its join token ${spent.id}; being validated`, also)
  }
  return ok(() => ({ machine: id, generation }))
}

function tokenOf(draft: Draft, hash: string): Result<TokenRecord, BilletError> {
  for (const { record } of draft.before.table('tokens').values()) if (record.hash === hash) return ok(record)
  return refuse(billetError('token_unknown', 'This join token is not known here. Ask an operator for a new one.'))
}

function checkToken(draft: Draft, token: TokenRecord, hardware: HardwareClaim): Result<undefined, BilletError> {
  const about = { token: token.id }
  if (token.revokedAt !== null) {
    return refuse(billetError('token_unknown', `Join token ${token.id} was revoked. Ask for a new one.`, about))
  }
  if (token.expiresAt <= draft.now) {
    return refuse(billetError('token_expired', `Join token ${token.id} has expired. Ask for a new one.`, about))
  }
  if (token.usesLeft <= 0) {
    return refuse(billetError('token_spent', `Join token ${token.id} has no use left. Ask for a new one.`, about))
  }
  const { uuid, serial, macAddress } = token.binding
  const matches =
    (uuid === '' || uuid === hardware.uuid) &&
    (serial === '' || serial === hardware.serial) &&
    (macAddress === '' || hardware.macAddresses.includes(macAddress))
  if (matches) return ok()
  return refuse(billetError('token_bound_elsewhere', `Join token ${token.id} is for another machine.`, about))
}

function isBound(binding: TokenBinding): boolean {
  return binding.uuid !== '' || binding.serial !== '' || binding.macAddress !== ''
}

function enrolNew(draft: Draft, input: Enrol): MachineRecord {
  const machine: MachineRecord = {
    id: draft.ids.machine(),
    hostname: input.hostname,
    state: 'pending',
    stateReason: 'waits for approval',
    stateAt: draft.now,
    connection: 'silent',
    connectionAt: draft.now,
    silentSince: draft.now,
    cordon: null,
    conditions: [],
    labels: {},
    hardwareClass: '',
    inventory: null,
    inventoryDigest: '',
    hardware: input.hardware,
    epoch: epoch(0),
    cleanEpoch: epoch(0),
    placement: null,
    tenant: null,
    generation: 1,
    publicKey: input.publicKey,
    agentVersion: '',
    address: '',
    peerAddress: '',
    bootId: '',
    formerBootId: '',
    createdAt: draft.now,
    lastHandBack: null,
    releases: 0,
    trouble: null,
    rollout: null,
    heldBy: null,
    gpusExpected: null,
    validation: 0,
    checks: NEVER_CHECKED,
    runState: 'idle',
  }
  draft.putMachine(machine)
  return machine
}

function enrolAgain(draft: Draft, known: MachineRecord, input: Enrol): Result<MachineRecord, BilletError> {
  const about = { machine: known.id, state: known.state }
  if (known.connection === 'connected') {
    const sentence =
      `This hardware is machine ${label(known)}, which is connected now: two machines cannot share an identity. ` +
      'If its disk was cloned, give the copy hardware identifiers of its own; if not, stop the agent there first.'
    draft.event('ENROLMENT_REFUSED', `Somebody enrols as ${label(known)}, which is connected.`, { machine: known.id })
    return refuse(billetError('hardware_connected', sentence, about))
  }
  if (known.state === 'allocated' || known.state === 'sanitising') {
    const sentence =
      `This hardware is machine ${label(known)}, which is ${known.state} for tenant ${known.tenant ?? '?'}. ` +
      `Retire it by force (billet machines retire --force ${known.id}), then enrol again as a new machine.`
    return refuse(billetError('machine_held', sentence, about))
  }
  const also = {
    hostname: input.hostname,
    hardware: input.hardware,
    generation: known.generation + 1,
    publicKey: input.publicKey,
    bootId: '',
    formerBootId: '',
  }
  return ok(mustMove(draft, known, 'enrol_again', 'enrolled again with a new identity; waits for approval', also))
}

import { NEVER_CHECKED } from '../../shared/model/check.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { isHeld } from '../../shared/model/held.ts'
import { type MachineId, epoch } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { later, minutes } from '../../shared/model/time.ts'
import { checksDue } from './checks.ts'
import type { Handler } from './handler.ts'
import type { Draft } from './draft.ts'
import type { InputOf } from './inputs.ts'
import { label, mustMove } from './machine_state.ts'
import type { HardwareClaim, TokenBinding, TokenRecord } from './enrolment_records.ts'
import type { MachineRecord } from './records.ts'
import { identifiersOf } from './registration_index.ts'
import { type Standing, missingOf, standingOf } from './registration_match.ts'
import { takeRegistration } from './registrations.ts'

type Enrol = InputOf<'enrol_machine'>

/** Operators are told of refusals with one token this often at most: whoever holds it must not fill their events. */
const TOLD_EVERY = minutes(1)
/** So many of the identifiers that were presented are told. */
const TOLD_MOST = 4

/**
 * The rule for hardware that is known already (a cloned disk, a machine installed anew): connected, it is
 * refused; held by a tenant, it is refused; silent and free, it is the same machine with a new identity, the
 * old one is void, and it waits for approval again unless the token was made for this very hardware. The same
 * key again is a repeated request: it is answered again and spends nothing. Hardware that is registered gets its
 * name and labels; where that is in doubt it gets nothing, and waits for approval whatever the token says.
 */
export const enrolMachine: Handler<'enrol_machine'> = (draft, input) => {
  const token = tokenOf(draft, input.tokenHash)
  if (!token.ok) return token
  const known = draft.before.machineOf(input.hardware)
  if (known !== undefined && known.publicKey === input.publicKey) {
    return ok(() => ({ machine: known.id, generation: known.generation }))
  }
  const standing = standingOf(draft.before, input.hardware, known)
  const usable = checkToken(draft, token.value, input.hardware, standing)
  if (!usable.ok) return usable
  const machine =
    known === undefined
      ? ok(enrolNew(draft, input, standing))
      : enrolAgain(draft, known, { input, token: token.value, standing })
  if (!machine.ok) return machine
  const described =
    standing.kind === 'registered' ? takeRegistration(draft, machine.value, standing.registration) : machine.value
  const { usesLeft, usesMade } = token.value
  const spent = { ...token.value, usesLeft: usesLeft - 1, usesMade: usesMade + 1 }
  draft.put({ table: 'tokens', key: spent.id, record: spent })
  const { id, generation } = described
  draft.event('MACHINE_ENROLLED', `${label(described)} enrolled with token ${spent.id}.`, { machine: id })
  if (standing.kind === 'doubtful') {
    draft.event('REGISTRATION_DOUBTFUL', `${label(described)}: ${standing.reason}.`, { machine: id })
  } else if (approves(token.value, known)) {
    const validation = described.validation + 1
    const also = { validation, checks: checksDue(draft, described, true) }
    mustMove(draft, described, 'approve', `approved by its join token ${spent.id}; being validated`, also)
  }
  return ok(() => ({ machine: id, generation }))
}

const approves = ({ autoApprove, binding, registration }: TokenRecord, known: MachineRecord | undefined): boolean =>
  autoApprove && (known === undefined || registration !== null || isBound(binding))

function tokenOf(draft: Draft, hash: string): Result<TokenRecord, BilletError> {
  const token = draft.before.tokenOf(hash)
  if (token !== undefined) return ok(token)
  return refuse(billetError('token_unknown', 'This join token is not known here. Ask an operator for a new one.'))
}

function checkToken(
  draft: Draft,
  token: TokenRecord,
  hardware: HardwareClaim,
  standing: Standing,
): Result<undefined, BilletError> {
  const about = { token: token.id }
  if (token.revokedAt !== null) {
    return refuse(billetError('token_unknown', `Join token ${token.id} was revoked. Ask for a new one.`, about))
  }
  if (token.expiresAt <= draft.now) {
    return refuse(billetError('token_expired', `Join token ${token.id} has expired. Ask for a new one.`, about))
  }
  if (token.usesLeft <= 0) {
    const isOfOne = token.registration !== null || isBound(token.binding)
    if (isOfOne) tell(draft, token, `Join token ${token.id} is for one machine, was used, and is presented again`)
    return refuse(billetError('token_spent', `Join token ${token.id} has no use left. Ask for a new one.`, about))
  }
  const elsewhere = bindingFault(draft, token, hardware, standing)
  if (elsewhere === null) return ok()
  const presented = identifiersOf(hardware).map(({ kind, text }) => `${kind} ${text}`)
  const who = presented.slice(0, TOLD_MOST).join(', ')
  tell(draft, token, `Join token ${token.id} was presented by another machine than it is for (${who}): ${elsewhere}`)
  // Which identifier is wrong is for operators alone: nobody is to find the right ones by trying.
  const sentence = `Join token ${token.id} is for another machine than this one; the event ENROLMENT_REFUSED says more.`
  return refuse(billetError('token_bound_elsewhere', sentence, about))
}

/** Why this hardware is not what the token is for; null: it is. */
function bindingFault(
  draft: Draft,
  { binding, registration: name }: TokenRecord,
  hardware: HardwareClaim,
  standing: Standing,
): string | null {
  const [lacking] = missingOf(claimOf(binding), hardware)
  if (lacking !== undefined) return `it is for ${lacking.kind} ${lacking.text}`
  if (name === null || (standing.kind === 'registered' && standing.registration.name === name)) return null
  const registration = draft.find('registrations', name)
  const [missing] = registration === undefined ? [] : missingOf(registration.hardware, hardware)
  if (missing !== undefined) return `it is for ${name}, registered with ${missing.kind} ${missing.text}`
  return standing.kind === 'doubtful' ? standing.reason : `it is for ${name}`
}

const claimOf = ({ uuid, serial, macAddress }: TokenBinding): HardwareClaim => ({
  uuid,
  serial,
  macAddresses: macAddress === '' ? [] : [macAddress],
})

/** Tells operators of somebody who is refused, who may be somebody else than they sent. */
function tell(draft: Draft, token: TokenRecord, sentence: string, machine?: MachineId): void {
  if (token.refusedAt !== null && later(token.refusedAt, TOLD_EVERY) > draft.now) return
  const record = { ...token, refusedAt: draft.now }
  draft.attempt('ENROLMENT_REFUSED', `${sentence}.`, machine === undefined ? {} : { machine }, [
    { table: 'tokens', key: token.id, record },
  ])
}

function isBound(binding: TokenBinding): boolean {
  return binding.uuid !== '' || binding.serial !== '' || binding.macAddress !== ''
}

function enrolNew(draft: Draft, input: Enrol, standing: Standing): MachineRecord {
  const machine: MachineRecord = {
    id: draft.ids.machine(),
    hostname: input.hostname,
    state: 'pending',
    stateReason: `waits for approval${doubtOf(standing)}`,
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
    registered: null,
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

const doubtOf = (standing: Standing): string => (standing.kind === 'doubtful' ? `: ${standing.reason}` : '')

type Again = { readonly input: Enrol; readonly token: TokenRecord; readonly standing: Standing }

function enrolAgain(
  draft: Draft,
  known: MachineRecord,
  { input, token, standing }: Again,
): Result<MachineRecord, BilletError> {
  const about = { machine: known.id, state: known.state }
  if (known.connection === 'connected') {
    const sentence =
      `This hardware is machine ${label(known)}, which is connected now: two machines cannot share an identity. ` +
      'If its disk was cloned, give the copy hardware identifiers of its own; if not, stop the agent there first.'
    tell(draft, token, `Somebody enrols as ${label(known)}, which is connected`, known.id)
    return refuse(billetError('hardware_connected', sentence, about))
  }
  if (isHeld(known)) {
    const sentence =
      `This hardware is machine ${label(known)}, which is ${known.state} for tenant ${known.tenant ?? '?'}. ` +
      `Retire it by force (billet machines retire --force ${known.id}), then enrol again as a new machine.`
    return refuse(billetError('machine_held', sentence, about))
  }
  const also = {
    hostname: known.registered?.name ?? input.hostname,
    hardware: input.hardware,
    generation: known.generation + 1,
    publicKey: input.publicKey,
    bootId: '',
    formerBootId: '',
  }
  const reason = `enrolled again with a new identity; waits for approval${doubtOf(standing)}`
  return ok(mustMove(draft, known, 'enrol_again', reason, also))
}

import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { RegistrationName, UserName } from '../../shared/model/ids.ts'
import { REGISTRATION_BOUNDS } from '../../shared/model/registration.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import type { Draft } from './draft.ts'
import type { HardwareClaim, RegistrationRecord } from './enrolment_records.ts'
import { type Handler, remember, repeated } from './handler.ts'
import type { AskedRegistration } from './inputs.ts'
import { labelsFault } from './labels.ts'
import { label } from './machine_state.ts'
import type { MachineRecord } from './records.ts'
import { type Identifier, identifiersOf } from './registration_index.ts'

export const registerMachines: Handler<'register_machines'> = (draft, { caller, digest, registrations }) => {
  const before = repeated(draft, caller, digest)
  if (!before.ok) return before
  if (before.value !== undefined) return answered(draft, before.value.resource.split(' '))
  const known = draft.before.table('registrations').size
  if (known + registrations.length > REGISTRATION_BOUNDS.most) {
    const sentence = `There are ${known} registrations, of the ${REGISTRATION_BOUNDS.most} that there may be.`
    return refuse(billetError('registration_conflict', `${sentence} Delete some first.`, { limit: `${known}` }))
  }
  const holders = new Holders(draft)
  for (const [index, asked] of registrations.entries()) {
    const fault = labelsFault(`registrations[${index}].labels`, asked.labels) ?? holders.take(index, asked)
    if (fault !== null) return refuse(fault)
    const made = { machine: null, enrolledAt: null, user: caller.user, createdAt: draft.now }
    draft.put({ table: 'registrations', key: asked.name, record: { ...asked, ...made } })
  }
  const names = registrations.map(({ name }) => name)
  remember(draft, caller, digest, names.join(' '))
  const many = names.length === 1 ? `${names[0]}` : `${names.length} machines, ${names[0]} to ${names.at(-1)}`
  draft.event('MACHINES_REGISTERED', `${caller.user} registered ${many}.`, { user: caller.user })
  return ok(() => names.map((name) => draft.written('registrations', name)))
}

function answered(draft: Draft, names: readonly string[]) {
  const gone = names.find((name) => draft.find('registrations', name) === undefined)
  if (gone !== undefined) return refuse(registrationUnknown(gone))
  return ok(() => names.map((name) => draft.written('registrations', name)))
}

export const registrationUnknown = (name: string): BilletError =>
  billetError('registration_not_found', `There is no registration ${name}.`, { registration: name })

/** Whose each name and each identifier is: of registrations, of machines that are not retired, and of one request. */
class Holders {
  readonly #draft: Draft
  readonly #names = new Map<string, string>()
  readonly #identifiers = new Map<string, string>()

  constructor(draft: Draft) {
    this.#draft = draft
    for (const { record } of draft.before.table('machines').values()) {
      if (record.state === 'retired') continue
      this.#names.set(record.hostname.toLowerCase(), `machine ${record.id}`)
      for (const { key } of identifiersOf(record.hardware)) this.#identifiers.set(key, `machine ${label(record)}`)
    }
  }

  /** Why it cannot be registered beside those before, or null. */
  take(index: number, { name, hardware }: AskedRegistration): BilletError | null {
    const path = `registrations[${index}]`
    const isRegistered = this.#draft.find('registrations', name) !== undefined
    const namesake = isRegistered ? `registration ${name}` : this.#names.get(name)
    if (namesake !== undefined) return conflict(`${path}.name`, `${namesake} is called ${name} already`, namesake)
    for (const { key, kind, text } of identifiersOf(hardware)) {
      const [registered] = this.#draft.before.registrationsOf(only(kind, text))
      const other = registered === undefined ? this.#identifiers.get(key) : `registration ${registered.name}`
      const field = `${path}.hardware.${fieldOf(kind, hardware.macAddresses.indexOf(text))}`
      if (other !== undefined) return conflict(field, `${kind} ${text} is that of ${other} already`, other)
      this.#identifiers.set(key, `registration ${name}`)
    }
    return null
  }
}

const fieldOf = (kind: Identifier['kind'], index: number): string =>
  ({ UUID: 'uuid', 'serial number': 'serial', address: `mac_addresses[${index}]` })[kind]

/** Hardware of which nothing else is known. */
const only = (kind: Identifier['kind'], text: string): HardwareClaim => ({
  uuid: kind === 'UUID' ? text : '',
  serial: kind === 'serial number' ? text : '',
  macAddresses: kind === 'address' ? [text] : [],
})

const conflict = (field: string, sentence: string, holder: string): BilletError =>
  billetError('registration_conflict', `${field}: ${sentence}.`, { field, holder })

export const deleteRegistration: Handler<'delete_registration'> = (draft, { caller, registration: name }) => {
  const digest = `delete_registration ${name}`
  const before = repeated(draft, caller, digest)
  if (!before.ok) return before
  if (before.value !== undefined) return ok(() => null)
  const versioned = draft.before.table('registrations').get(name)
  if (versioned === undefined) return refuse(registrationUnknown(name))
  revokeTokensFor(draft, name, caller.user)
  draft.put({ table: 'registrations', key: name, record: null })
  remember(draft, caller, digest, name)
  draft.event('REGISTRATION_DELETED', `Registration ${name} was deleted.`, { user: caller.user })
  return ok(() => versioned)
}

/** Ends every token for a registration that could still be used. */
export function revokeTokensFor(draft: Draft, name: RegistrationName, user: UserName): void {
  for (const token of draft.before.tokensFor(name)) {
    const isUsable = token.revokedAt === null && token.usesLeft > 0 && token.expiresAt > draft.now
    if (!isUsable) continue
    draft.put({ table: 'tokens', key: token.id, record: { ...token, revokedAt: draft.now } })
    draft.event('TOKEN_REVOKED', `Join token ${token.id}, for registration ${name}, was revoked.`, { user })
  }
}

/** The machine is the registered one: it gets what was registered, unless it has it already. */
export function takeRegistration(
  draft: Draft,
  machine: MachineRecord,
  registration: RegistrationRecord,
): MachineRecord {
  const { name, labels, hardwareClass } = registration
  if (registration.machine === machine.id) return machine
  const taken = { ...registration, machine: machine.id, enrolledAt: draft.now }
  draft.put({ table: 'registrations', key: name, record: taken })
  const registered = { name, expectedClass: hardwareClass }
  const described = { ...machine, hostname: name, labels: { ...labels }, registered }
  draft.putMachine(described)
  return described
}

/** The machine is retired: its hardware may come again, as another. */
export function leaveRegistration(draft: Draft, { id, registered }: MachineRecord): void {
  const registration = registered === null ? undefined : draft.find('registrations', registered.name)
  if (registration === undefined || registration.machine !== id) return
  const left = { ...registration, machine: null, enrolledAt: null }
  draft.put({ table: 'registrations', key: registration.name, record: left })
}

/** Why a machine is not what was registered, by what its inventory says; null: nothing speaks against it. */
export function otherClass({ registered, inventory, hardwareClass }: MachineRecord): string | null {
  if (registered === null || registered.expectedClass === '' || inventory === null) return null
  const { name, expectedClass } = registered
  if (hardwareClass === expectedClass) return null
  return (
    `registered as ${name} of class ${expectedClass}, and its inventory is of class ${hardwareClass}: ` +
    'take it as it is (billet machines accept) and validate it again, or see what is missing'
  )
}

/** What remains of a registration once the machine was found, or accepted, to be what it should be. */
export const asExpected = ({ registered }: MachineRecord): Pick<MachineRecord, 'registered'> => ({
  registered: registered === null ? null : { ...registered, expectedClass: '' },
})

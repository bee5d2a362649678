import type { HardwareClaim, RegistrationRecord } from './enrolment_records.ts'
import { label } from './machine_state.ts'
import type { MachineRecord } from './records.ts'
import { type Identifier, identifiersOf } from './registration_index.ts'
import type { FleetView } from './state.ts'

/** What the registrations say of hardware that comes. */
export type Standing =
  | { readonly kind: 'unregistered' }
  | { readonly kind: 'registered'; readonly registration: RegistrationRecord }
  /** It has something of a registration, and is not beyond doubt what was registered: it gets nothing. */
  | { readonly kind: 'doubtful'; readonly reason: string }

const UNREGISTERED: Standing = { kind: 'unregistered' }
const doubtful = (reason: string): Standing => ({ kind: 'doubtful', reason })

/**
 * Only hardware that has every identifier of one registration, and none of another, is what was registered.
 *
 * @param known the machine of the fleet that it is recognised as.
 */
export function standingOf(view: FleetView, hardware: HardwareClaim, known: MachineRecord | undefined): Standing {
  const [only, ...others] = view.registrationsOf(hardware)
  if (only === undefined) return UNREGISTERED
  const own = identifiersOf(hardware)
  const shared = sharedWith(only, own)
  if (others.length > 0) {
    const claims = [only, ...others].map((one) => `its ${sharedWith(one, own)} is registered for ${one.name}`)
    return doubtful(`${claims.join(', and ')}: one machine cannot be both`)
  }
  const [missing] = missingOf(only.hardware, hardware)
  if (missing !== undefined) {
    const said = own.filter(({ kind }) => kind === missing.kind).map(({ text }) => text)
    const has = said.length === 0 ? 'it reports none' : `it has ${said.slice(0, 4).join(', ')}`
    const registered = `${only.name}, whose ${missing.kind} ${missing.text} it has not`
    return doubtful(`its ${shared} is registered for ${registered}: ${has}`)
  }
  if (only.machine !== null && only.machine !== known?.id) {
    return doubtful(`its ${shared} is registered for ${only.name}, which is machine ${only.machine} already`)
  }
  if (only.machine === null && known !== undefined) {
    return doubtful(`it was ${label(known)} before its ${shared} was registered for ${only.name}`)
  }
  return { kind: 'registered', registration: only }
}

/** Identifiers that are wanted, and that the hardware has not. */
export function missingOf(wanted: HardwareClaim, hardware: HardwareClaim): readonly Identifier[] {
  const own = new Set(identifiersOf(hardware).map(({ key }) => key))
  return identifiersOf(wanted).filter(({ key }) => !own.has(key))
}

function sharedWith({ hardware }: RegistrationRecord, own: readonly Identifier[]): string {
  const registered = new Set(identifiersOf(hardware).map(({ key }) => key))
  const shared = own.find(({ key }) => registered.has(key))
  return shared === undefined ? 'hardware' : `${shared.kind} ${shared.text}`
}

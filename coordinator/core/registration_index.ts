import { withoutByteOrder } from '../../shared/model/hardware_identifiers.ts'
import type { RegistrationName } from '../../shared/model/ids.ts'
import type { HardwareClaim, RegistrationRecord } from './enrolment_records.ts'

/** An identifier of hardware, alike for however it is spelt. */
export type Identifier = {
  readonly kind: 'UUID' | 'serial number' | 'address'
  readonly key: string
  readonly text: string
}

/** In the order of how firmly they belong to a machine. */
export function identifiersOf({ uuid, serial, macAddresses }: HardwareClaim): readonly Identifier[] {
  return [
    ...(uuid === '' ? [] : [identifier('UUID', uuid, withoutByteOrder(uuid))]),
    ...(serial === '' ? [] : [identifier('serial number', serial)]),
    ...macAddresses.map((address) => identifier('address', address)),
  ]
}

const identifier = (kind: Identifier['kind'], text: string, alike = text.toLowerCase()): Identifier => ({
  kind,
  key: `${kind} ${alike}`,
  text,
})

/** Registrations by each of their identifiers. */
export class RegistrationIndex {
  readonly #byIdentifier = new Map<string, RegistrationName>()

  readonly changed = (before: RegistrationRecord | null, after: RegistrationRecord | null): void => {
    if (before?.hardware === after?.hardware) return
    if (before !== null) for (const { key } of identifiersOf(before.hardware)) this.#byIdentifier.delete(key)
    if (after !== null) for (const { key } of identifiersOf(after.hardware)) this.#byIdentifier.set(key, after.name)
  }

  /** Those that have any identifier in common with this hardware. */
  of(hardware: HardwareClaim): ReadonlySet<RegistrationName> {
    return new Set(identifiersOf(hardware).flatMap(({ key }) => this.#byIdentifier.get(key) ?? []))
  }
}

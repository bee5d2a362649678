/** What tells one machine from another, as its agent or its BMC says it; empty where it does not. */
export type Hardware = { readonly uuid: string; readonly serial: string }

/**
 * Whether a ComputerSystem is the machine: null where neither says anything that could be compared. Firmwares differ in
 * the order of the bytes of a UUID's first three parts.
 */
export function isSame(machine: Hardware, system: Hardware): boolean | null {
  const uuids = [plainUuid(machine.uuid), plainUuid(system.uuid)] as const
  const serials = [machine.serial.trim().toLowerCase(), system.serial.trim().toLowerCase()] as const
  const comparesUuid = uuids.every((uuid) => uuid !== '')
  const comparesSerial = serials.every((serial) => serial !== '')
  if (comparesUuid && (uuids[0] === uuids[1] || swapped(uuids[0]) === uuids[1])) return true
  if (comparesSerial && serials[0] === serials[1]) return true
  return comparesUuid || comparesSerial ? false : null
}

/** Empty for one that is none, or that a maker did not fill in. */
function plainUuid(uuid: string): string {
  const digits = uuid.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(digits) && !/^(?:0{32}|f{32})$/.test(digits) ? digits : ''
}

function swapped(digits: string): string {
  const turned = (from: number, to: number): string => (digits.slice(from, to).match(/../g) ?? []).toReversed().join('')
  return turned(0, 8) + turned(8, 12) + turned(12, 16) + digits.slice(16)
}

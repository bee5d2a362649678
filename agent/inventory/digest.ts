import { createHash } from 'node:crypto'
import type { Inventory } from '../../shared/model/inventory.ts'

/**
 * SHA-256 over all of an inventory that does not change by itself, in hexadecimal: the speed that a link has come to
 * is left out. The order of members and of lists makes no difference.
 */
export function inventoryDigest(inventory: Inventory): string {
  const stable = { ...inventory, nics: inventory.nics.map(({ speedMbps: _speed, ...nic }) => nic) }
  return createHash('sha256').update(canonical(stable)).digest('hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).toSorted().join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
  return `{${members.toSorted().join(',')}}`
}

import type { TenantName } from '../../shared/model/ids.ts'
import { faded, weighted } from '../../shared/model/tenant.ts'
import { type Instant, hours } from '../../shared/model/time.ts'
import type { FleetView } from '../core/state.ts'

/** What a tenant holds counts as if it kept it for so long: who takes much at once does not take all. */
const FORESEEN = 1
const NOTHING: ReadonlyMap<string, number> = new Map()

/**
 * What a tenant has had of the fleet, in weighted machine-hours for each share that it has: what it used, fading with
 * time, and what it holds, with so much more by hardware class. The tenant with the least goes first.
 */
export function standingOf(
  view: FleetView,
  name: TenantName,
  now: Instant,
  more: ReadonlyMap<string, number> = NOTHING,
): number {
  const tenant = view.find('tenants', name)
  const { sharing, usedUntil } = view.cluster()
  const holding = weighted(view.held(name), sharing) + weighted(more, sharing)
  // Zero: nothing was ever written down, and nobody knows since when it is held.
  const unwritten = usedUntil === 0 ? 0 : Math.max(0, now - usedUntil) / hours(1)
  const used = (tenant === undefined ? 0 : faded(tenant.usage, now, sharing)) + holding * (unwritten + FORESEEN)
  return used / Math.max(tenant?.share ?? 1, 1e-6)
}

import type { TenantName } from '../../shared/model/ids.ts'
import { type Quota, heldOf, quotaLeft } from '../../shared/model/tenant.ts'
import type { FleetView } from '../core/state.ts'
import type { Allowance } from './claims.ts'
import type { Entry } from './kind.ts'
import type { Wanted } from './waiting.ts'

export const NO_LIMIT: Allowance = () => Infinity

const quotasOf = (view: FleetView, tenant: TenantName): readonly Quota[] => view.find('tenants', tenant)?.quotas ?? []

export const hasQuota = (view: FleetView, tenant: TenantName): boolean => quotasOf(view, tenant).length > 0

/** How many more machines of a class a tenant may have. */
export function allowanceOf(view: FleetView, tenant: TenantName): Allowance {
  const quotas = quotasOf(view, tenant)
  if (quotas.length === 0) return NO_LIMIT
  const held = view.held(tenant)
  return (hardwareClass) => quotaLeft(quotas, held, hardwareClass)
}

/** Whether these together are more than a quota of a tenant allows. */
export function isOverQuota(view: FleetView, tenant: TenantName, entries: readonly Entry[]): boolean {
  const held = view.held(tenant)
  return quotasOf(view, tenant).some(({ hardwareClass, limit }) => {
    const of = entries.filter(({ record }) => hardwareClass === '' || record.hardwareClass === hardwareClass)
    return of.length > 0 && heldOf(held, hardwareClass) + of.length > limit
  })
}

/** Whether a tenant may have so many machines, whichever are free: what it may not have is kept for nobody. */
export function mayHold({ wants }: Wanted, allowance: Allowance): boolean {
  if (allowance === NO_LIMIT) return true
  let asked = 0
  for (const { demand, ranks } of wants) {
    asked += ranks.length
    let allowed = 0
    for (const hardwareClass of new Set(demand.kinds.map(({ facts }) => facts.hardwareClass))) {
      allowed += allowance(hardwareClass)
    }
    if (allowed < ranks.length) return false
  }
  return asked <= allowance('')
}

import type { TenantName } from '../../shared/model/ids.ts'
import { type Quota, ownLeft, quotaLeft } from '../../shared/model/tenant.ts'
import { quotasOf } from '../core/borrowed.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Allowance } from './claims.ts'
import type { Demand } from './demand.ts'
import type { Entry, Kind } from './kind.ts'
import type { Wanted } from './waiting.ts'

export const NO_LIMIT: Allowance = () => Infinity
const NOTHING: Allowance = () => 0

const isLimit = ({ limit }: Quota): boolean => limit !== null

/** Whether anything is said about what a tenant may hold. */
export const hasQuota = (view: FleetView, tenant: TenantName): boolean => quotasOf(view, tenant).length > 0

/** How many more machines of a class a tenant may have. */
export function allowanceOf(view: FleetView, tenant: TenantName): Allowance {
  const quotas = quotasOf(view, tenant)
  if (!quotas.some(isLimit)) return NO_LIMIT
  const held = view.held(tenant)
  return (hardwareClass) => quotaLeft(quotas, held, hardwareClass)
}

/** How many more machines of a class would be a tenant's own. */
export function ownAllowance(view: FleetView, tenant: TenantName): Allowance {
  if (!view.guaranteed().has(tenant)) return NOTHING
  const quotas = quotasOf(view, tenant)
  const held = view.held(tenant)
  return (hardwareClass) => Math.min(quotaLeft(quotas, held, hardwareClass), ownLeft(quotas, held, hardwareClass))
}

/** How many more machines of a class a workload may be given. */
export const allowanceFor = (view: FleetView, { tenant, spec }: Pick<WorkloadRecord, 'tenant' | 'spec'>): Allowance =>
  spec.noBorrow ? ownAllowance(view, tenant) : allowanceOf(view, tenant)

/** The same, but for so many machines of which it is not known yet what they are. */
export const lessened = (allowance: Allowance, by: number): Allowance =>
  by === 0 ? allowance : (hardwareClass) => Math.max(0, allowance(hardwareClass) - by)

/** Whether these together are more than is allowed. */
export function isOver(allowance: Allowance, entries: readonly Entry[]): boolean {
  if (allowance === NO_LIMIT) return false
  if (entries.length > allowance('')) return true
  const counts = new Map<string, number>()
  for (const { record } of entries) counts.set(record.hardwareClass, (counts.get(record.hardwareClass) ?? 0) + 1)
  return [...counts].some(([hardwareClass, count]) => count > allowance(hardwareClass))
}

/** Whether a tenant may have so many machines, whichever are free: what it may not have is kept for nobody. */
export function mayHold({ wants }: Pick<Wanted, 'wants'>, allowance: Allowance): boolean {
  if (allowance === NO_LIMIT) return true
  const asked = wants.reduce((sum, { ranks }) => sum + ranks.length, 0)
  if (asked > allowance('')) return false
  if (!wants.every(({ demand, ranks }) => ranks.length <= mostOf([demand], allowance))) return false
  // What several groups could use, only one of them can have.
  return (
    wants.length === 1 ||
    asked <=
      mostOf(
        wants.map(({ demand }) => demand),
        allowance,
      )
  )
}

/** Machines that would do for any of these, free or not, that are allowed. */
function mostOf(demands: readonly Demand[], allowance: Allowance): number {
  const suitable = new Map<Kind, number>()
  for (const demand of demands) {
    for (const [kind, total] of demand.totals()) suitable.set(kind, (suitable.get(kind) ?? 0) + total)
  }
  const totals = new Map<string, number>()
  for (const [{ facts, root }, count] of suitable) {
    totals.set(facts.hardwareClass, (totals.get(facts.hardwareClass) ?? 0) + Math.min(count, root.total))
  }
  let most = 0
  for (const [hardwareClass, total] of totals) most += Math.min(total, allowance(hardwareClass))
  return most
}

import type { TenantName } from '../../shared/model/ids.ts'
import { ok } from '../../shared/model/result.ts'
import { faded, weighted } from '../../shared/model/tenant.ts'
import { type Instant, hours, instant, later, minutes } from '../../shared/model/time.ts'
import type { Draft } from './draft.ts'
import type { Handler } from './handler.ts'
import { settledLimit } from './priorities.ts'
import type { TenantRecord } from './records.ts'

/** The tenant of a name; one that is new gets the next number. Numbers are never used again. */
export function tenantOf(draft: Draft, name: TenantName): TenantRecord {
  const known = draft.find('tenants', name)
  if (known !== undefined) return known
  const cluster = draft.cluster()
  const usage = { amount: 0, at: draft.now }
  const tenant = { name, number: cluster.nextTenantNumber, share: 1, quotas: [], usage, maxPriority: null }
  draft.put({ table: 'tenants', key: name, record: tenant })
  const record = { ...cluster, nextTenantNumber: cluster.nextTenantNumber + 1 }
  draft.put({ table: 'cluster', key: 'cluster', record })
  return tenant
}

export const updateTenant: Handler<'update_tenant'> = (draft, { tenant: name, share, quotas, maxPriority, caller }) => {
  const limit = typeof maxPriority === 'object' ? settledLimit(draft.cluster(), maxPriority) : ok(null)
  if (!limit.ok) return limit
  const tenant = tenantOf(draft, name)
  const changed = {
    ...tenant,
    share: share ?? tenant.share,
    quotas: quotas ?? tenant.quotas,
    maxPriority: maxPriority === undefined ? tenant.maxPriority : limit.value,
  }
  draft.put({ table: 'tenants', key: name, record: changed })
  draft.event('TENANT_CHANGED', `Share, quotas or highest priority of tenant ${name} were changed.`, {
    user: caller.user,
  })
  return ok(() => draft.written('tenants', name))
}

/** How often the use of machines is written down. */
const ACCRUED_EVERY = minutes(1)

/** What is held now is taken for what was held since the last time. */
export function accrueUsage(draft: Draft): void {
  const cluster = draft.cluster()
  if (later(cluster.usedUntil, ACCRUED_EVERY) > draft.now) return
  const since = cluster.usedUntil === 0 ? draft.now : cluster.usedUntil
  draft.put({ table: 'cluster', key: 'cluster', record: { ...cluster, usedUntil: draft.now } })
  for (const { record: tenant } of draft.before.table('tenants').values()) {
    const used = usedSince(draft, tenant.name, since)
    if (used === 0) continue
    const amount = faded(tenant.usage, draft.now, cluster.sharing) + used
    draft.put({ table: 'tenants', key: tenant.name, record: { ...tenant, usage: { amount, at: draft.now } } })
  }
}

function usedSince({ before, now }: Draft, tenant: TenantName, since: Instant): number {
  const weight = weighted(before.held(tenant), before.cluster().sharing)
  return (weight * Math.max(0, instant(now) - since)) / hours(1)
}

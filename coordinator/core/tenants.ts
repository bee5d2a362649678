import type { TenantName } from '../../shared/model/ids.ts'
import type { Draft } from './draft.ts'
import type { TenantRecord } from './records.ts'

/** The tenant of a name; one that is new gets the next number. Numbers are never used again. */
export function tenantOf(draft: Draft, name: TenantName): TenantRecord {
  const known = draft.find('tenants', name)
  if (known !== undefined) return known
  const cluster = draft.cluster()
  const tenant = { name, number: cluster.nextTenantNumber }
  draft.put({ table: 'tenants', key: name, record: tenant })
  const record = { ...cluster, nextTenantNumber: cluster.nextTenantNumber + 1 }
  draft.put({ table: 'cluster', key: 'cluster', record })
  return tenant
}

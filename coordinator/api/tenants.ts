import type { BilletError } from '../../shared/model/errors.ts'
import { type TenantName, parseTenantName } from '../../shared/model/ids.ts'
import type { MaxPriority } from '../../shared/model/priority.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { type Quota, borrowedOf, faded, weighted } from '../../shared/model/tenant.ts'
import { type Clock, type Instant, hours } from '../../shared/model/time.ts'
import { decode, invalid, resource } from '../../shared/wire/check.ts'
import type { Tenant } from '../../shared/wire/gen/types/billet/v1/Tenant.ts'
import type { TenantServiceHandlers } from '../../shared/wire/gen/types/billet/v1/TenantService.ts'
import type { UpdateTenantRequest__Output } from '../../shared/wire/gen/types/billet/v1/UpdateTenantRequest.ts'
import {
  decodeMaxPriority,
  decodeQuotas,
  decodeShare,
  encodeMaxPriority,
  encodeQuotas,
} from '../../shared/wire/tenant.ts'
import type { TenantRecord, Versioned } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Fleet } from '../ports.ts'
import { callerOf } from './caller.ts'
import type { Door } from './door.ts'
import { found } from './found.ts'
import { Guarantees } from './guarantees.ts'
import { page } from './pages.ts'

export function tenantService(door: Door, fleet: Fleet, clock: Clock): TenantServiceHandlers {
  const told = (tenant: Versioned<TenantRecord>): Tenant =>
    fleet.read((view) => tenantResource(view, tenant, clock.now(), waitingCounts(view)))
  return {
    GetTenant: door.unary(({ name }) => {
      const tenant = decode(() => tenantName(name))
      if (!tenant.ok) return tenant
      const record = fleet.read((view) => view.table('tenants').get(tenant.value))
      const answer = found(record, 'tenant_not_found', name)
      return answer.ok ? ok({ tenant: told(answer.value) }) : answer
    }),
    ListTenants: door.unary((request) =>
      fleet.read((view) => {
        const listed = page(view, 'tenants', request, null, () => true)
        if (!listed.ok) return listed
        const { items, next } = listed.value
        const [now, waiting, guarantees] = [clock.now(), waitingCounts(view), new Guarantees(view)]
        const tenants = items.map((item) => tenantResource(view, item, now, waiting, guarantees))
        return ok({ tenants, next_page_token: next, revision: view.revision })
      }),
    ),
    UpdateTenant: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const asked = decodeUpdate(request)
      if (!asked.ok) return asked
      const answer = await fleet.submit({ kind: 'update_tenant', caller: caller.value, ...asked.value })
      return answer.ok ? ok({ tenant: told(answer.value) }) : answer
    }),
  }
}

const tenantName = (name: string): TenantName => resource('name', 'tenants', name, parseTenantName)

type Update = {
  readonly tenant: TenantName
  readonly share: number | null
  readonly quotas: readonly Quota[] | null
  readonly maxPriority?: MaxPriority | 'unlimited'
}

function decodeUpdate({
  name,
  share,
  quotas,
  max_priority: most,
}: UpdateTenantRequest__Output): Result<Update, BilletError> {
  return decode(() => {
    const tenant = tenantName(name)
    if (share === 0 && quotas === null && most === null)
      invalid('share', 'expected a share above 0, quotas or a highest priority, got none of these')
    return {
      tenant,
      share: share === 0 ? null : decodeShare('share', share),
      quotas: quotas === null ? null : decodeQuotas('quotas.quotas', quotas.quotas),
      ...(most === null ? {} : { maxPriority: decodeMaxPriority('max_priority', most) }),
    }
  })
}

export function tenantResource(
  view: FleetView,
  { record, revision }: Versioned<TenantRecord>,
  now: Instant,
  waiting: ReadonlyMap<TenantName, number>,
  guarantees = new Guarantees(view),
): Tenant {
  return {
    name: `tenants/${record.name}`,
    share: record.share,
    quotas: encodeQuotas(record.quotas),
    used_machine_hours: usedUntil(view, record, now),
    held_machines: Object.fromEntries(view.held(record.name)),
    waiting_workloads: waiting.get(record.name) ?? 0,
    borrowed_machines: borrowedOf(record.quotas, view.held(record.name)),
    max_priority: encodeMaxPriority(record.maxPriority),
    warnings: guarantees.warnings(record.quotas),
    revision,
  }
}

/** What is written down, and what its machines have counted since then. */
function usedUntil(view: FleetView, { name, usage }: TenantRecord, now: Instant): number {
  const { sharing, usedUntil: since } = view.cluster()
  const weight = weighted(view.held(name), sharing)
  // Zero: nothing was ever written down.
  const unwritten = since === 0 ? 0 : Math.max(0, now - since) / hours(1)
  return faded(usage, now, sharing) + weight * unwritten
}

/** How many workloads of each tenant wait for machines; what runs and lacks a rank does not count. */
export function waitingCounts(view: FleetView): ReadonlyMap<TenantName, number> {
  const counts = new Map<TenantName, number>()
  for (const { tenant, state } of view.queued()) {
    if (state === 'queued') counts.set(tenant, (counts.get(tenant) ?? 0) + 1)
  }
  return counts
}

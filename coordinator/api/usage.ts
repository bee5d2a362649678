import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { type TenantName, parseTenantName } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock, Instant } from '../../shared/model/time.ts'
import { NO_USAGE, addedUsage, unaccounted } from '../../shared/model/usage.ts'
import { dayText, parseDay } from '../../shared/model/utc.ts'
import type { Identity } from '../../shared/tls/identity.ts'
import { decode, invalid, parsed, resource } from '../../shared/wire/check.ts'
import type { GetUsageRequest__Output } from '../../shared/wire/gen/types/billet/v1/GetUsageRequest.ts'
import type { UsageEntry } from '../../shared/wire/gen/types/billet/v1/UsageEntry.ts'
import type { UsageServiceHandlers } from '../../shared/wire/gen/types/billet/v1/UsageService.ts'
import type { UsageRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Fleet } from '../ports.ts'
import type { Door } from './door.ts'

const ENTRIES_MAX = 20_000

export function usageService(door: Door, fleet: Fleet, clock: Clock): UsageServiceHandlers {
  return {
    GetUsage: door.unary((request, { identity }) => {
      const asked = decode(() => decodeAsked(request))
      if (!asked.ok) return asked
      const allowed = allowedFor(identity, asked.value)
      if (!allowed.ok) return allowed
      const sums = fleet.read((view) => summed(view, allowed.value, clock.now()))
      if (sums.length > ENTRIES_MAX) {
        const sentence = `These are ${sums.length} entries, more than ${ENTRIES_MAX}. Ask for one tenant or fewer days.`
        return refuse(billetError('query_too_large', sentence))
      }
      return ok({ usage: sums.map((entry) => encodeEntry(entry, allowed.value.daily)) })
    }),
  }
}

type Asked = {
  readonly tenant: TenantName | null
  readonly first: number
  readonly last: number
  readonly daily: boolean
}

function decodeAsked({ tenant, start_date: start, end_date: end, daily }: GetUsageRequest__Output): Asked {
  const first = start === '' ? 0 : parsed('start_date', start, parseDay)
  const last = end === '' ? Number.MAX_SAFE_INTEGER : parsed('end_date', end, parseDay)
  if (last < first) invalid('end_date', 'expected a day that is not before start_date')
  return { tenant: tenant === '' ? null : resource('tenant', 'tenants', tenant, parseTenantName), first, last, daily }
}

/** A tenant is answered for itself alone. */
function allowedFor(identity: Identity, asked: Asked): Result<Asked, BilletError> {
  if (identity.kind !== 'tenant') return ok(asked)
  if (asked.tenant === null || asked.tenant === identity.tenant) return ok({ ...asked, tenant: identity.tenant })
  return refuse(billetError('permission_denied', `The certificate is tenant ${identity.tenant}'s; ask for its usage.`))
}

/** What is in the accounts, and what is held now and not in them yet. */
function summed(view: FleetView, { tenant, first, last, daily }: Asked, now: Instant): readonly UsageRecord[] {
  const sums = new Map<string, UsageRecord>()
  const add = (entry: UsageRecord): void => {
    const { tenant: of, hardwareClass, day } = entry
    if ((tenant !== null && of !== tenant) || day < first || day > last) return
    const key = JSON.stringify([of, hardwareClass, daily ? dayText(day) : ''])
    const before = sums.get(key) ?? { tenant: of, hardwareClass, day, ...NO_USAGE }
    sums.set(key, { ...before, ...addedUsage(before, entry) })
  }
  for (const { record } of view.table('usages').values()) add(record)
  const { accountedUntil } = view.cluster()
  for (const { record } of view.table('machines').values()) unaccounted(record, accountedUntil, now).forEach(add)
  return [...sums].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, record]) => record)
}

const HOUR = 3600

function encodeEntry(entry: UsageRecord, daily: boolean): UsageEntry {
  return {
    tenant: `tenants/${entry.tenant}`,
    hardware_class: entry.hardwareClass,
    date: daily ? dayText(entry.day) : '',
    machine_hours: entry.machineSeconds / HOUR,
    gpu_hours: entry.gpuSeconds / HOUR,
    energy_joules: entry.joules,
    metered_machine_hours: entry.meteredSeconds / HOUR,
  }
}

import type { TenantName } from '../../shared/model/ids.ts'
import { ok } from '../../shared/model/result.ts'
import { later, minutes } from '../../shared/model/time.ts'
import { NO_USAGE, addedUsage, unaccounted } from '../../shared/model/usage.ts'
import { dayOf } from '../../shared/model/utc.ts'
import type { Draft } from './draft.ts'
import type { Handler } from './handler.ts'
import type { MachineRecord, UsageRecord } from './records.ts'

/** How often what is held is written into the accounts; what is handed back is written at once. */
const ACCOUNTED_EVERY = minutes(10)
/** Days that are kept. */
const DAYS_KEPT = 400
const PRUNED_AT_ONCE = 500

/** Tenants' accounts are ordered by tenant, then day. */
export const usageKey = (tenant: TenantName, hardwareClass: string, day: number): string =>
  `${tenant}/${`${day}`.padStart(6, '0')}/${hardwareClass}`

/** The machine goes on from being held: its time up to now is written down. */
export function accountRelease(draft: Draft, machine: MachineRecord): void {
  for (const entry of unaccounted(machine, draft.cluster().accountedUntil, draft.now)) add(draft, entry)
}

/** Once in a while, for all that is held: so that no account is far behind, however long something is held. */
export function accountHeld(draft: Draft): void {
  const cluster = draft.cluster()
  if (later(cluster.accountedUntil, ACCOUNTED_EVERY) > draft.now) return
  for (const { record } of draft.before.table('machines').values()) {
    // As this decision leaves it: what it released is written down already.
    if (record.state === 'allocated') accountRelease(draft, draft.find('machines', record.id) ?? record)
  }
  draft.put({ table: 'cluster', key: 'cluster', record: { ...draft.cluster(), accountedUntil: draft.now } })
  prune(draft)
}

function add(draft: Draft, entry: UsageRecord): void {
  const { tenant, hardwareClass, day } = entry
  const key = usageKey(tenant, hardwareClass, day)
  const before = draft.find('usages', key) ?? NO_USAGE
  draft.put({ table: 'usages', key, record: { tenant, hardwareClass, day, ...addedUsage(before, entry) } })
}

export const energyMeasured: Handler<'energy_measured'> = (draft, { entries }) => {
  for (const entry of entries) add(draft, { ...NO_USAGE, ...entry })
  return ok(() => undefined)
}

function prune(draft: Draft): void {
  const first = dayOf(draft.now) - DAYS_KEPT
  let left = PRUNED_AT_ONCE
  for (const { record } of draft.before.table('usages').values()) {
    if (record.day >= first) continue
    draft.put({ table: 'usages', key: usageKey(record.tenant, record.hardwareClass, record.day), record: null })
    left -= 1
    if (left === 0) return
  }
}

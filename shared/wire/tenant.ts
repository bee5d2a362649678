import { type MaxPriority, PRIORITY_MOST } from '../model/priority.ts'
import type { Quota } from '../model/tenant.ts'
import { count, invalid, list, text } from './check.ts'
import type { MaxPriority as WireMaxPriority, MaxPriority__Output } from './gen/types/billet/v1/MaxPriority.ts'
import type { Quota as WireQuota, Quota__Output } from './gen/types/billet/v1/Quota.ts'
import { className } from './workload.ts'

const QUOTAS_MAX = 64
const LIMIT_MAX = 1_000_000
const SHARE_MAX = 1_000_000

export function decodeQuotas(field: string, wire: readonly Quota__Output[]): readonly Quota[] {
  const seen = new Set<string>()
  return list(field, wire, QUOTAS_MAX).map((quota, index) => {
    const hardwareClass = text(`${field}[${index}].hardware_class`, quota.hardware_class, 200)
    if (seen.has(hardwareClass)) invalid(`${field}[${index}].hardware_class`, 'expected one quota for each class')
    seen.add(hardwareClass)
    const limit = count(`${field}[${index}].limit`, quota.limit, 0, LIMIT_MAX)
    if (quota.unlimited && limit > 0) invalid(`${field}[${index}].limit`, 'expected 0 where it is unlimited')
    const most = quota.unlimited ? LIMIT_MAX : limit
    const guaranteed = count(`${field}[${index}].guaranteed`, quota.guaranteed, 0, most)
    return { hardwareClass, limit: quota.unlimited ? null : limit, guaranteed }
  })
}

export const encodeQuotas = (quotas: readonly Quota[]): WireQuota[] =>
  quotas.map(({ hardwareClass, limit, guaranteed }) => ({
    hardware_class: hardwareClass,
    limit: limit ?? 0,
    unlimited: limit === null,
    guaranteed,
  }))

export function decodeShare(field: string, share: number): number {
  if (share > 0 && share <= SHARE_MAX) return share
  return invalid(field, `expected a number above 0 and up to ${SHARE_MAX}, got ${share}`)
}

export function decodeMaxPriority(field: string, wire: MaxPriority__Output): MaxPriority | 'unlimited' {
  const priorityClass = className(`${field}.priority_class`, wire.priority_class)
  const priority = count(`${field}.priority`, wire.priority, -PRIORITY_MOST, PRIORITY_MOST)
  if (!wire.unlimited) return { priority, priorityClass }
  if (priorityClass !== '') invalid(`${field}.priority_class`, 'expected none where it is unlimited')
  if (priority !== 0) invalid(`${field}.priority`, 'expected 0 where it is unlimited')
  return 'unlimited'
}

export const encodeMaxPriority = (most: MaxPriority | null): WireMaxPriority | null =>
  most === null ? null : { priority: most.priority, priority_class: most.priorityClass }

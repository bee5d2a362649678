import type { WorkloadRecord } from '../../coordinator/core/records.ts'
import type { Ledger } from './ledger.ts'

/**
 * What was found here and is not mended yet. These workloads are not waited for in peace: people take them back. Whoever
 * mends one of them removes its line, and the law is asked of all again.
 */
export function isNeglected(workload: WorkloadRecord, ledger: Ledger): boolean {
  // Two groups that could use the same machines: the first may take what the second needs, every time anew.
  if (workload.spec.groups.length > 0) return true
  // What a quota allows is picked before it is asked how machines lie; and a rank that joins is picked without quotas.
  return ledger.hasQuota(workload.tenant) && (isTied(workload) || workload.vacancies.length > 0)
}

/** Whether its machines must lie to each other in some way. */
function isTied({ spec: { arrangement } }: WorkloadRecord): boolean {
  const { pack, spread, sameClass } = arrangement
  return pack?.required === true || spread !== null || sameClass
}

/**
 * Whether what is kept for one that waits may be given out all the same: what is kept by name or by place, and what is
 * kept by number, may be the same machines.
 */
export function isUnsureOfClaims(others: Iterable<WorkloadRecord>, isPlain: (one: WorkloadRecord) => boolean): boolean {
  for (const other of others) if (!isPlain(other)) return true
  return false
}

/** A rank that joins others and must lie to them is looked for without regard to what is kept by number. */
export const isHeedless = (workload: WorkloadRecord): boolean => workload.state !== 'queued' && isTied(workload)

import type { WorkloadRecord } from '../../coordinator/core/records.ts'
import { type Ledger, rankCount } from './ledger.ts'

/**
 * What was found here and is not mended yet. These workloads are not waited for in peace: people take them back. Whoever
 * mends one of them removes its line, and the law is asked of all again.
 */
export function isNeglected(workload: WorkloadRecord, ledger: Ledger): boolean {
  const { arrangement, groups, preemption } = workload.spec
  const isArranged = arrangement.pack?.required === true || arrangement.spread !== null
  // Two groups that could use the same machines: the first may take what the second needs, every time anew.
  if (groups.length > 0) return true
  // What its quota allows is chosen before it is asked how machines lie; and a rank that joins is chosen without it.
  const isLimited = ledger.hasQuota(workload.tenant)
  if (isLimited && (rankCount(workload) > 1 || workload.vacancies.length > 0)) return true
  // It has others stopped, again and again, for machines that its tenant's quota does not allow it.
  if (preemption.preempts && isLimited) return true
  // Several lost ranks are looked for from the first free machine on, whether others lie right to that or not.
  return workload.vacancies.length > 1 && isArranged
}

/**
 * Whether what is kept for one that waits may be given out all the same. What is kept by name or by place, and what is
 * kept by number, may be the same machines. And where one could not be placed whose tenant's quota keeps it from
 * claiming anything, nothing is kept for others that ask for the same.
 */
export function isUnsureOfClaims(
  others: Iterable<WorkloadRecord>,
  isPlain: (one: WorkloadRecord) => boolean,
  ledger: Ledger,
): boolean {
  for (const other of others) if (!isPlain(other) || ledger.hasQuota(other.tenant)) return true
  return false
}

/** A rank that joins others must lie to them, and is then looked for without regard to what is kept by number. */
export function isHeedless({ state, spec: { arrangement } }: WorkloadRecord): boolean {
  const { pack, spread, sameClass } = arrangement
  return state !== 'queued' && (pack?.required === true || spread !== null || sameClass)
}

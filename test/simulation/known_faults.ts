import type { WorkloadRecord } from '../../coordinator/core/records.ts'

/**
 * What was found here and is not mended yet. These workloads are not waited for in peace: people take them back.
 * Whoever mends one of them removes its line, and the law is asked of all again.
 */
export function isNeglected({ spec }: WorkloadRecord, hasQuota: boolean): boolean {
  const arrangements = [spec.arrangement, ...spec.groups.map(({ arrangement }) => arrangement)]
  if (!arrangements.some(({ spread }) => spread !== null)) return false
  // Of groups that could use the same machines, one that must have them spread may take what another needs, every time
  // anew. Under a quota of a class, which of the machines are counted is settled before it is asked how they lie.
  return spec.groups.length > 0 || hasQuota
}

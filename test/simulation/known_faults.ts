import type { WorkloadRecord } from '../../coordinator/core/records.ts'

/**
 * What was found here and is not mended yet. These workloads are not waited for in peace: people take them back.
 * Whoever mends one of them removes its line, and the law is asked of all again.
 */
export function isNeglected({ spec }: WorkloadRecord, hasQuota: boolean): boolean {
  // Under a quota of a class, which of the machines are counted is settled before it is asked how they lie.
  if (hasQuota && spec.arrangement.spread !== null) return true
  // Groups that could use the same machines, of which one must have them lie in some way: it may take what another
  // needs, every time anew.
  const lie = [spec.arrangement, ...spec.groups.map(({ arrangement }) => arrangement)]
  return (
    spec.groups.length > 0 &&
    lie.some(({ pack, spread, sameClass }) => pack?.required === true || spread !== null || sameClass)
  )
}

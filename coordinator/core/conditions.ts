import type { Condition } from '../../shared/model/health.ts'
import type { ClusterRecord } from './records.ts'

/** Findings of a machine, with what was decided about its findings before. */
export function conditionsOf(
  { health, healthLimitedSince }: ClusterRecord,
  before: readonly Condition[],
  reported: readonly Condition[],
): readonly Condition[] {
  const isLimited = healthLimitedSince !== null
  return reported.map((one) => {
    if (one.action === 'note') return one
    const known = before.find(({ id }) => id === one.id)
    return suspend(one, known?.suspended ?? (isLimited && !health.unlimited.includes(one.id)))
  })
}

export const suspend = (condition: Condition, suspended: boolean): Condition => ({
  ...condition,
  suspended,
  forbidsPlacement: condition.action !== 'note' && !suspended,
})

import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { WorkloadId } from '../../shared/model/ids.ts'
import { type Result, assertNever, ok, refuse } from '../../shared/model/result.ts'
import {
  type Dependency,
  type DependencyCondition,
  type WorkloadSpec,
  type WorkloadState,
  hasEnded,
} from '../../shared/model/workload.ts'
import type { Draft } from './draft.ts'

/** Whether an end is the one that was waited for. */
export function isMet(condition: DependencyCondition, ended: WorkloadState): boolean {
  switch (condition) {
    case 'succeeded':
      return ended === 'succeeded'
    case 'failed':
      return ended === 'failed' || ended === 'cancelled'
    case 'ended':
      return true
    default:
      return assertNever(condition)
  }
}

/**
 * What a new workload has to wait for. It can name only workloads that are there, so none can wait for itself over
 * others; one that has ended otherwise than was asked for will never end so.
 */
export function openDependencies(
  draft: Draft,
  { dependencies }: WorkloadSpec,
): Result<readonly Dependency[], BilletError> {
  const open: Dependency[] = []
  for (const [index, dependency] of dependencies.entries()) {
    const found = draft.workload(dependency.workload)
    if (!found.ok) return found
    const { state } = found.value
    if (!hasEnded(state)) open.push(dependency)
    else if (!isMet(dependency.condition, state)) {
      const sentence =
        `spec.dependencies[${index}]: workload ${dependency.workload} has ${state} already, ` +
        `and this one is to run only after it has ${dependency.condition}.`
      return refuse(billetError('state_conflict', sentence, { field: `spec.dependencies[${index}]` }))
    }
  }
  return ok(open)
}

/** Every workload that waits for this one, once for each end that it waits for. */
export function dependentsOf(draft: Draft, id: WorkloadId): readonly Dependency[] {
  return [...draft.before.dependents(id)].flatMap((key) => {
    const dependent = draft.find('workloads', key)
    if (dependent === undefined) return []
    const waited = dependent.waitsFor.filter((one) => one.workload === id)
    return waited.map(({ condition }) => ({ workload: dependent.id, condition }))
  })
}

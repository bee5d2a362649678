import { type CheckOrder, type CheckPlan, type CheckResult, shippedChecks } from '../../shared/model/check.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import type { ValidationReport } from '../../shared/model/run.ts'
import { minutes } from '../../shared/model/time.ts'
import type { World } from './world.ts'

/** Machines are measured often; one check takes them out of service, the others keep placements away. */
export const MEASURED: CheckPlan = {
  plan: shippedChecks.map((one) => (one.id === 'disk-write' ? { ...one, action: 'quarantine' } : one)),
  interval: minutes(1),
}

type Asked = { readonly validation: number; readonly checks: readonly CheckOrder[] }

/** A validation with what was to be measured in it. */
export function validated(world: World, machine: MachineId, asked: Asked, isEmpty: boolean): ValidationReport {
  const { validation, checks } = asked
  const passed = isEmpty && !world.fault(0.05)
  if (passed) world.observer.validated(machine)
  const steps = [{ id: 'simulated', passed, detail: '', durationMs: 0 }]
  return { validation, passed, checks: steps, results: checks.map((order) => measure(world, order)) }
}

/** What a simulated machine measures; often badly, since only what is bad twice counts. */
function measure(world: World, { id }: CheckOrder): CheckResult {
  const outcome = world.fault(0.25)
    ? ({ kind: 'failed', reason: 'simulated' } as const)
    : ({ kind: 'measured', value: world.fault(0.2) ? 40 : 95 + world.random.below(11), unit: 'B/s' } as const)
  return { check: id, measure: '', device: '', outcome, durationMs: 1 }
}

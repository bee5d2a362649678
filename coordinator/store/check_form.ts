import * as v from 'valibot'
import { type Check, checkOutputs, isCheckName } from '../../shared/model/check.ts'
import { healthActions, severityWords } from '../../shared/model/health.ts'
import { at, count, duration, machineId } from './record_parts.ts'

const name = v.pipe(v.string(), v.check(isCheckName, 'expected letters, digits, ".", "_", ":" and "-"'))
const reasoned = { reason: v.string() }

const outcome = v.variant('kind', [
  v.object({ kind: v.literal('measured'), value: v.pipe(v.number(), v.finite()), unit: v.string() }),
  v.object({ kind: v.literal('passed') }),
  v.object({ kind: v.literal('failed'), ...reasoned }),
  v.object({ kind: v.literal('skipped'), ...reasoned }),
])

/** What a machine's checks found. */
export const checkSeries = v.object({
  machine: machineId,
  check: name,
  measure: name,
  device: name,
  group: v.string(),
  first: v.array(v.number()),
  points: v.array(v.object({ at, outcome })),
  accepted: v.nullable(v.number()),
})

/** What is measured on a machine next. */
export const machineChecks = v.object({ asked: v.array(v.string()), isAgain: v.boolean(), at: v.nullable(at) })

const check: v.GenericSchema<unknown, Check> = v.object({
  id: name,
  argv: v.array(v.string()),
  output: v.picklist(checkOutputs),
  timeout: duration,
  memoryBytes: count,
  bad: v.picklist(['high', 'low']),
  tolerance: v.number(),
  isCount: v.boolean(),
  validating: v.boolean(),
  severity: v.picklist(severityWords),
  action: v.picklist(healthActions),
  about: v.string(),
  enabled: v.boolean(),
})

/** What is measured on machines. */
export const checkPlan = v.object({ plan: v.array(check), interval: duration })

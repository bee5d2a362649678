import * as v from 'valibot'
import {
  parseCommandId,
  parseMachineId,
  parsePlacementId,
  parseTenantName,
  parseUserName,
  parseWorkloadId,
} from '../../shared/model/ids.ts'
import { type PlacementPhase, placementPhases } from '../../shared/model/placement_phase.ts'
import type { Result } from '../../shared/model/result.ts'
import { instant, milliseconds } from '../../shared/model/time.ts'

/** What stored records of several kinds are made of. */

export function parsed<Parsed>(parse: (text: string) => Result<Parsed, string>) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, Parsed>(({ dataset, addIssue, NEVER }) => {
      const result = parse(dataset.value)
      if (result.ok) return result.value
      addIssue({ message: result.error })
      return NEVER
    }),
  )
}

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
export const at = v.pipe(count, v.transform(instant))
export const duration = v.pipe(v.number(), v.minValue(0), v.transform(milliseconds))
export const machineId = parsed(parseMachineId)
export const placementId = parsed(parsePlacementId)
export const workloadId = parsed(parseWorkloadId)
export const tenantName = parsed(parseTenantName)
export const userName = parsed(parseUserName)
export const commandId = parsed(parseCommandId)
export const exitCode = v.nullable(v.pipe(v.number(), v.integer()))
export const texts = v.record(v.string(), v.string())
export const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const phases = Object.keys(placementPhases)
export const isPhase = (value: unknown): value is PlacementPhase => typeof value === 'string' && phases.includes(value)

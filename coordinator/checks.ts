import * as v from 'valibot'
import { parseDuration } from '../shared/config.ts'
import {
  CHECK_BOUNDS,
  type Check,
  checkOutputs,
  check as plainCheck,
  faultOfCheck,
  shippedChecks,
} from '../shared/model/check.ts'
import { healthActions, severityWords } from '../shared/model/health.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { milliseconds } from '../shared/model/time.ts'
import { parseSiteFile, readSiteFile } from './site_file.ts'

/** One check as it stands in the file, where only what is changed of a shipped one need be said. */
const SAID = v.strictObject({
  id: v.string(),
  about: v.optional(v.string()),
  argv: v.optional(v.array(v.string())),
  output: v.optional(v.picklist(checkOutputs)),
  timeout: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => parseDuration(text) >= 0, 'expected a length of time such as 30s or 5m'),
      v.transform((text) => milliseconds(parseDuration(text))),
    ),
  ),
  memory_bytes: v.optional(v.number()),
  bad: v.optional(v.picklist(['high', 'low'])),
  tolerance: v.optional(v.number()),
  validating: v.optional(v.boolean()),
  severity: v.optional(v.picklist(severityWords)),
  action: v.optional(v.picklist(healthActions)),
  enabled: v.optional(v.boolean()),
})

const FILE = v.strictObject({ check: v.pipe(v.array(SAID), v.maxLength(CHECK_BOUNDS.checks - shippedChecks.length)) })

/** The checks of a site's file, whole; the refusal names the file, the check and the field. */
export const readChecks = (path: string): Result<readonly Check[], string> => readSiteFile('checks', path, parseChecks)

export function parseChecks(text: string): Result<readonly Check[], string> {
  const file = parseSiteFile(text, FILE)
  if (!file.ok) return file
  const checks: Check[] = []
  for (const said of file.value.check) {
    if (checks.some(({ id }) => id === said.id)) return refuse(`check ${said.id}: is there twice`)
    const { memory_bytes: memoryBytes, ...same } = said
    const changes = Object.fromEntries(
      Object.entries({ ...same, memoryBytes }).filter(([, value]) => value !== undefined),
    )
    const shipped = shippedChecks.find(({ id }) => id === said.id) ?? plainCheck({ id: said.id, about: '' })
    const whole: Check = { ...shipped, ...changes }
    const fault = faultOfCheck(whole)
    if (fault !== null) {
      const key = fault.field === 'memoryBytes' ? 'memory_bytes' : fault.field
      return refuse(`check ${said.id}: ${key}: expected ${fault.expected}`)
    }
    checks.push(whole)
  }
  return ok(checks)
}

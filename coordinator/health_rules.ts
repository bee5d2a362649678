import * as v from 'valibot'
import { parseDuration } from '../shared/config.ts'
import { type HealthRule, healthActions, healthMeasures, severityWords } from '../shared/model/health.ts'
import { faultOf, rule as plainRule } from '../shared/model/health_rules/rule.ts'
import { shippedRules } from '../shared/model/health_rules/shipped.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { milliseconds } from '../shared/model/time.ts'
import { SITE_RULES_MAX } from '../shared/wire/health.ts'
import { parseSiteFile, readSiteFile } from './site_file.ts'

const length = v.pipe(
  v.string(),
  v.check((text) => parseDuration(text) >= 0, 'expected a length of time such as 30s or 6h'),
  v.transform((text) => milliseconds(parseDuration(text))),
)

/** One rule as it stands in the file, where only what is changed of a shipped one need be said. */
const SAID = v.strictObject({
  id: v.string(),
  metric: v.optional(v.string()),
  labels: v.optional(v.record(v.string(), v.string())),
  of: v.optional(v.string()),
  measure: v.optional(v.picklist(healthMeasures)),
  window: v.optional(length),
  bad: v.optional(v.picklist(['high', 'low'])),
  raise_at: v.optional(v.number()),
  clear_at: v.optional(v.number()),
  raise_after: v.optional(length),
  clear_after: v.optional(length),
  from_zero: v.optional(v.boolean()),
  once_well: v.optional(v.boolean()),
  severity: v.optional(v.picklist(severityWords)),
  action: v.optional(v.picklist(healthActions)),
  limited: v.optional(v.boolean()),
  sentence: v.optional(v.string()),
  source: v.optional(v.string()),
  disputed: v.optional(v.string()),
  enabled: v.optional(v.boolean()),
})

const FILE = v.strictObject({ rule: v.pipe(v.array(SAID), v.maxLength(SITE_RULES_MAX)) })

const KEYS: Readonly<Partial<Record<keyof HealthRule, keyof v.InferOutput<typeof SAID>>>> = {
  raiseAt: 'raise_at',
  clearAt: 'clear_at',
  raiseAfter: 'raise_after',
  clearAfter: 'clear_after',
  fromZero: 'from_zero',
  onceWell: 'once_well',
}

/** The rules of a site's file, whole; the refusal names the file, the rule and the field. */
export const readHealthRules = (path: string): Result<readonly HealthRule[], string> =>
  readSiteFile('health_rules', path, parseHealthRules)

export function parseHealthRules(text: string): Result<readonly HealthRule[], string> {
  const file = parseSiteFile(text, FILE)
  if (!file.ok) return file
  const rules: HealthRule[] = []
  for (const said of file.value.rule) {
    if (rules.some(({ id }) => id === said.id)) return refuse(`rule ${said.id}: is there twice`)
    const whole = wholeRule(said)
    if (!whole.ok) return refuse(`rule ${said.id}: ${whole.error}`)
    rules.push(whole.value)
  }
  return ok(rules)
}

const NEEDED = ['metric', 'raise_at', 'clear_at', 'severity', 'action', 'sentence'] as const

function wholeRule(said: v.InferOutput<typeof SAID>): Result<HealthRule, string> {
  const shipped = shippedRules.find(({ id }) => id === said.id)
  const lacking = shipped === undefined ? NEEDED.filter((key) => said[key] === undefined) : []
  if (lacking.length > 0) return refuse(`is no shipped one, so it needs ${lacking.join(', ')} too`)
  const start: HealthRule =
    shipped ??
    plainRule({
      id: said.id,
      metric: '',
      raiseAt: 0,
      clearAt: 0,
      severity: 'info',
      action: 'note',
      sentence: '',
      source: 'this site',
    })
  const whole = { ...start, ...changesOf(said) }
  const fault = faultOf(whole)
  return fault === null ? ok(whole) : refuse(`${KEYS[fault.field] ?? fault.field}: expected ${fault.expected}`)
}

function changesOf(said: v.InferOutput<typeof SAID>): Partial<HealthRule> {
  const { raise_at: raiseAt, clear_at: clearAt, raise_after: raiseAfter, clear_after: clearAfter, ...same } = said
  const { once_well: onceWell, from_zero: fromZero, ...plain } = same
  const changes: { readonly [Key in keyof HealthRule]?: HealthRule[Key] | undefined } = {
    ...plain,
    raiseAt,
    clearAt,
    raiseAfter,
    clearAfter,
    onceWell,
    fromZero,
  }
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

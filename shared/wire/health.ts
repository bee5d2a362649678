import { type Condition, type HealthRule, finding } from '../model/health.ts'
import { faultOf } from '../model/health_rules/rule.ts'
import { hours } from '../model/time.ts'
import {
  count,
  duration,
  durationOf,
  enumWord,
  instantOf,
  invalid,
  list,
  map,
  present,
  text,
  timestamp,
} from './check.ts'
import { healthActionNumbers, healthMeasureNumbers, severities } from './enums.ts'
import type { Condition as WireCondition, Condition__Output } from './gen/types/billet/v1/Condition.ts'
import type { HealthPlan as WirePlan, HealthPlan__Output } from './gen/types/billet/v1/HealthPlan.ts'
import type { HealthRule as WireRule, HealthRule__Output } from './gen/types/billet/v1/HealthRule.ts'

const SENTENCE = 2000
const WEEK = hours(7 * 24)
/** Rules of a site's own, as many as an agent takes. */
export const SITE_RULES_MAX = 100
const GPUS_MAX = 1024

export function encodeCondition(condition: Condition): WireCondition {
  return {
    id: condition.id,
    severity: severities[condition.severity],
    reason: condition.reason,
    since_time: timestamp(condition.since),
    forbids_placement: condition.forbidsPlacement,
    action: healthActionNumbers[condition.action],
    evidence: [...condition.evidence],
    suspended: condition.suspended,
  }
}

/** As a machine says it: what is suspended, only the coordinator knows. */
export function decodeCondition(field: string, wire: Condition__Output): Condition {
  const unsaid = wire.forbids_placement ? 'cordon' : 'note'
  return finding({
    id: text(`${field}.id`, wire.id, 100),
    severity: enumWord(`${field}.severity`, severities, wire.severity),
    reason: text(`${field}.reason`, wire.reason, SENTENCE),
    since: instantOf(`${field}.since_time`, wire.since_time),
    action: wire.action === 0 ? unsaid : enumWord(`${field}.action`, healthActionNumbers, wire.action),
    evidence: list(`${field}.evidence`, wire.evidence, 16).map((one) => text(`${field}.evidence`, one, SENTENCE)),
  })
}

export function encodeHealthRule(rule: HealthRule): WireRule {
  return {
    id: rule.id,
    metric: rule.metric,
    labels: { ...rule.labels },
    of: rule.of,
    measure: healthMeasureNumbers[rule.measure],
    window: duration(rule.window),
    low: rule.bad === 'low',
    raise_at: rule.raiseAt,
    clear_at: rule.clearAt,
    raise_after: duration(rule.raiseAfter),
    clear_after: duration(rule.clearAfter),
    once_well: rule.onceWell,
    from_zero: rule.fromZero,
    severity: severities[rule.severity],
    action: healthActionNumbers[rule.action],
    unlimited: !rule.limited,
    sentence: rule.sentence,
    source: rule.source,
    disputed: rule.disputed,
    disabled: !rule.enabled,
  }
}

function decodeHealthRule(field: string, wire: HealthRule__Output): HealthRule {
  const rule: HealthRule = {
    id: wire.id,
    metric: wire.metric,
    labels: map(`${field}.labels`, wire.labels, { entries: 8, key: 63, value: 200 }),
    of: wire.of,
    measure: wire.measure === 0 ? 'value' : enumWord(`${field}.measure`, healthMeasureNumbers, wire.measure),
    window: durationOf(`${field}.window`, wire.window, hours(0), WEEK),
    bad: wire.low ? 'low' : 'high',
    raiseAt: wire.raise_at,
    clearAt: wire.clear_at,
    raiseAfter: durationOf(`${field}.raise_after`, wire.raise_after, hours(0), WEEK),
    clearAfter: durationOf(`${field}.clear_after`, wire.clear_after, hours(0), WEEK),
    onceWell: wire.once_well,
    fromZero: wire.from_zero,
    severity: enumWord(`${field}.severity`, severities, wire.severity),
    action: enumWord(`${field}.action`, healthActionNumbers, wire.action),
    limited: !wire.unlimited,
    sentence: wire.sentence,
    source: wire.source,
    disputed: wire.disputed,
    enabled: !wire.disabled,
  }
  const fault = faultOf(rule)
  return fault === null ? rule : invalid(`${field}.${fault.field}`, `expected ${fault.expected}`)
}

/** What counts as a fault of one machine: the site's rules, and how many GPUs it has on record, or null. */
export type HealthPlan = { readonly siteRules: readonly HealthRule[]; readonly gpusExpected: number | null }

export function encodeHealthPlan({ siteRules, gpusExpected }: HealthPlan): WirePlan {
  return {
    site_rules: siteRules.map(encodeHealthRule),
    gpus_expected: gpusExpected ?? 0,
    gpus_counted: gpusExpected !== null,
  }
}

export function decodeHealthPlan(field: string, wire: HealthPlan__Output | null): HealthPlan {
  const { site_rules: rules, gpus_expected: gpus, gpus_counted: isCounted } = present(field, wire)
  const decoded = list(`${field}.site_rules`, rules, SITE_RULES_MAX).map((rule, index) =>
    decodeHealthRule(`${field}.site_rules[${index}]`, rule),
  )
  return {
    siteRules: decoded,
    gpusExpected: isCounted ? count(`${field}.gpus_expected`, gpus, 0, GPUS_MAX) : null,
  }
}

import type { Condition } from '../../shared/model/health.ts'
import type { Instant } from '../../shared/model/time.ts'
import { type HealthFacts, type Rule, healthRules } from './rules.ts'

/** What the next evaluation must know of the ones before. */
export type HealthState = {
  /** In the order of the rules; the very same object as before for what goes on standing. */
  readonly conditions: readonly Condition[]
  /** Since when a rule's threshold is reached whose condition has not come yet. */
  readonly pending: ReadonlyMap<string, Instant>
}

export const noHealth: HealthState = { conditions: [], pending: new Map() }

/**
 * What stands after looking at `facts`. What a rule cannot see changes nothing: a condition that stands stands on.
 *
 * @returns `previous.conditions` itself if nothing came or went, so that a caller can compare by identity.
 */
export function evaluate(
  previous: HealthState,
  facts: HealthFacts,
  now: Instant,
  rules: readonly Rule[] = healthRules,
): HealthState {
  const pending = new Map<string, Instant>()
  const conditions: Condition[] = []
  for (const rule of rules) {
    const standing = previous.conditions.find((condition) => condition.id === rule.id)
    const measured = rule.measure(facts)
    if (standing !== undefined) {
      if (!(measured <= rule.clearAt)) conditions.push(standing)
      continue
    }
    const waiting = previous.pending.get(rule.id)
    if (Number.isNaN(measured)) {
      if (waiting !== undefined) pending.set(rule.id, waiting)
      continue
    }
    if (measured < rule.raiseAt) continue
    // A clock that was set back must not keep a condition from coming for as long as it went back.
    const since = waiting === undefined || waiting > now ? now : waiting
    if (now - since >= rule.raiseAfter) conditions.push(conditionOf(rule, facts, measured, since))
    else pending.set(rule.id, since)
  }
  return { conditions: isSame(previous.conditions, conditions) ? previous.conditions : conditions, pending }
}

function conditionOf(rule: Rule, facts: HealthFacts, measured: number, since: Instant): Condition {
  const { id, severity, forbidsPlacement } = rule
  return { id, severity, reason: rule.sentence(facts, measured), since, forbidsPlacement }
}

function isSame(one: readonly Condition[], other: readonly Condition[]): boolean {
  return one.length === other.length && one.every((condition, index) => condition === other[index])
}

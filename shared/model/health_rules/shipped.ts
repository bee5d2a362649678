import type { HealthRule } from '../health.ts'
import { agentRules } from './agent.ts'
import { diskRules } from './disks.ts'
import { gpuRules } from './gpus.ts'
import { hardwareRules } from './hardware.ts'
import { hostRules } from './host.ts'
import { xidRules } from './xids.ts'

/** The rules that hold where a site says nothing else. */
export const shippedRules: readonly HealthRule[] = [
  ...agentRules,
  ...hostRules,
  ...hardwareRules,
  ...diskRules,
  ...gpuRules,
  ...xidRules,
]

/** Rules that are acted on however much of the fleet is out of service. */
export const unlimitedOf = (rules: readonly HealthRule[]): readonly string[] =>
  rules.filter(({ limited, enabled }) => enabled && !limited).map(({ id }) => id)

/** The shipped rules with a site's own in place of those of the same name, and beside them. */
export function rulesWith(site: readonly HealthRule[]): readonly HealthRule[] {
  const changed = new Map(site.map((one) => [one.id, one]))
  const shipped = shippedRules.map((one) => changed.get(one.id) ?? one)
  const known = new Set(shippedRules.map(({ id }) => id))
  return [...shipped, ...site.filter(({ id }) => !known.has(id))]
}

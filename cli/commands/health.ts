import { HealthAction } from '../../shared/wire/gen/types/billet/v1/HealthAction.ts'
import type { HealthRule__Output } from '../../shared/wire/gen/types/billet/v1/HealthRule.ts'
import { Severity } from '../../shared/wire/gen/types/billet/v1/Severity.ts'
import { services } from '../../shared/wire/load.ts'
import { plain, table } from '../render.ts'
import { type OutputOption, type Register, withOutput, word } from './shared.ts'

const { FleetService } = services

const HEADER = ['RULE', 'SEVERITY', 'ACTION', 'METRIC', 'FOUND AT', 'GOES AT'] as const

function row(rule: HealthRule__Output): readonly string[] {
  const sign = rule.low ? '<=' : '>='
  return [
    rule.id,
    rule.disabled ? 'off' : word(Severity, 'SEVERITY_', rule.severity),
    word(HealthAction, 'HEALTH_ACTION_', rule.action),
    plain(rule.of === '' ? rule.metric : `${rule.metric} / ${rule.of}`),
    `${sign} ${rule.raise_at}`,
    `${rule.clear_at}`,
  ]
}

export const registerHealth: Register = (program, session) => {
  const group = program.command('health').description('what counts as a fault of a machine')
  const rules = group
    .command('rules', { isDefault: true })
    .description('the rules, and what is done about each finding')
  withOutput(rules).action(async ({ output }: OutputOption) => {
    const { rules: found } = await session.api().call(FleetService.ListHealthRules, {})
    if (output === 'json') for (const rule of found) session.stdout(`${JSON.stringify(rule)}\n`)
    else if (output === 'name') for (const rule of found) session.stdout(`${rule.id}\n`)
    else session.stdout(table(HEADER, found.map(row)))
  })
}

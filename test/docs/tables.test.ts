import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { agentOptions } from '../../agent/options.ts'
import { ENVIRONMENT } from '../../agent/runtime/environment.ts'
import { exitCodes } from '../../cli/errors.ts'
import { coordinatorOptions } from '../../coordinator/options.ts'
import { type OptionTable, fileKeyOf } from '../../shared/config.ts'
import { shippedChecks } from '../../shared/model/check.ts'
import { LABEL_PREFIX, attributes } from '../../shared/model/expression/attributes.ts'
import { parseExpression } from '../../shared/model/expression/parse.ts'
import { errorKinds } from '../../shared/model/errors.ts'
import type { HealthRule } from '../../shared/model/health.ts'
import { shippedRules } from '../../shared/model/health_rules/shipped.ts'
import { isMade, item, table } from './made.ts'

const pageOf = (name: string): string => readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8')
const code = (text: string): string => `\`${text}\``

function optionItems(options: OptionTable): readonly string[] {
  return Object.entries(options).flatMap(([name, spec]) => {
    const otherwise = spec.default === '' ? 'empty' : code(spec.default)
    return item(`${code(fileKeyOf(name))}: ${spec.help}. Expected: ${spec.expected}. Default: ${otherwise}.`)
  })
}

test('the page on configuration has every option of the coordinator', (t) => {
  isMade(t, { path: 'docs/configuration.md', name: 'coordinator', lines: optionItems(coordinatorOptions) })
})

test('the page on configuration has every option of the agent', (t) => {
  isMade(t, { path: 'docs/configuration.md', name: 'agent', lines: optionItems(agentOptions) })
})

test('the page for tenants has every name of a task’s environment', (t) => {
  const rows = Object.entries(ENVIRONMENT).map(([name, meaning]) => [code(name), meaning])
  isMade(t, { path: 'docs/tenants.md', name: 'environment', lines: table(['name', 'what it says'], rows) })
})

test('the page on the API has every reason of a refusal', (t) => {
  const rows = Object.values(errorKinds).map(({ reason, code: status, retryable }) => [
    code(reason),
    code(status),
    retryable ? 'yes' : '',
  ])
  const lines = table(['reason', 'gRPC status', 'may pass: try again'], rows)
  isMade(t, { path: 'docs/api.md', name: 'errors', lines })
})

const foundAt = ({ measure, window, bad, raiseAt, raiseAfter }: HealthRule): string => {
  const over = measure === 'value' ? '' : ` ${measure} in ${lengthOf(window)}`
  const lasting = raiseAfter === 0 ? '' : ` for ${lengthOf(raiseAfter)}`
  return `${bad === 'high' ? 'at least' : 'at most'} ${raiseAt}${over}${lasting}`
}

const lengthOf = (length: number): string =>
  length % 3_600_000 === 0
    ? `${length / 3_600_000} h`
    : length % 60_000 === 0
      ? `${length / 60_000} min`
      : `${length / 1000} s`

test('the page on health has every rule', (t) => {
  const items = shippedRules.flatMap((rule) => {
    const { id, severity, action, metric, of, labels, source, disputed, limited } = rule
    const where = Object.entries(labels).map(([label, text]) => `, ${label} ${text}`)
    const what = `${code(of === '' ? metric : `${metric} / ${of}`)}${where.join('')}`
    const always = limited ? '' : ', whatever the limit'
    const others = disputed === '' ? '' : ` Disputed: ${disputed}.`
    return item(`${code(id)} (${severity}, ${action}${always}): ${what} ${foundAt(rule)}. Source: ${source}.${others}`)
  })
  isMade(t, { path: 'docs/health.md', name: 'rules', lines: items })
})

test('the page on checks has every check', (t) => {
  const items = shippedChecks.flatMap(({ id, about, severity, action, tolerance, validating, argv }) => {
    const by = argv.length === 0 ? '' : ` Runs ${code(argv.join(' '))}.`
    const when = validating ? 'when validating' : 'by hand'
    return item(`${code(id)} (${severity}, ${action}, ${Math.round(tolerance * 100)} %, ${when}): ${about}.${by}`)
  })
  isMade(t, { path: 'docs/checks.md', name: 'checks', lines: items })
})

test('the page on scheduling has every attribute of an expression', (t) => {
  const rows = Object.entries(attributes).map(([name, { type, help }]) => [code(name), type, help])
  const label = [code(`${LABEL_PREFIX}KEY`), 'version', "the machine's label of this key"]
  const lines = table(['attribute', 'type', 'what it is'], [...rows, label])
  isMade(t, { path: 'docs/scheduling.md', name: 'attributes', lines })
})

test('the page on scheduling has examples that can be read, and every reason to wait', (t) => {
  const page = pageOf('scheduling.md')
  const [, examples = ''] = /\n\| example \|[^\n]*\n([^]*?)\n\n/.exec(page) ?? []
  const expressions = [...examples.matchAll(/^\| `([^`]+)` \|/gm)].map(([, expression = '']) => expression)
  t.true(expressions.length > 5)
  for (const [, quoted = ''] of page.matchAll(/--require '([^']+)'/g)) expressions.push(quoted)
  for (const expression of expressions) t.like(parseExpression(expression), { ok: true }, expression)
  const model = readFileSync(join(import.meta.dirname, '..', '..', 'shared', 'model', 'workload.ts'), 'utf8')
  const [, reasons = ''] = /(export type MachineRefusalReason =[^]*?)export type RefusalReason/.exec(model) ?? []
  const words = [...reasons.matchAll(/'([A-Z_]+)'/g)].map(([, word = '']) => word)
  t.true(words.length > 20)
  for (const word of words) t.true(page.includes(`\`${word}\``), word)
})

test('the page on exit codes has every exit code', (t) => {
  const page = pageOf('exit-codes.md')
  for (const number of Object.values(exitCodes)) t.regex(page, new RegExp(`^\\| ${number} +\\|`, 'm'))
})

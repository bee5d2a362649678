import test from 'ava'
import { parseHealthRules, readHealthRules } from '../../coordinator/health_rules.ts'
import { shippedRules } from '../../shared/model/health_rules/shipped.ts'
import { minutes } from '../../shared/model/time.ts'
import { must } from '../fixtures.ts'

const OWN = `[[rule]]
id = "inlet-hot"
metric = "node_hwmon_temp_celsius"
labels = { chip = "ipmi*" }
raise_at = 38
clear_at = 34
raise_after = "5m"
severity = "warning"
action = "cordon"
sentence = "{device} has {value} degrees"
`

test('a rule of a site’s own is whole, with what is usual where nothing is said', (t) => {
  const [rule] = must(parseHealthRules(OWN))
  t.like(rule, {
    id: 'inlet-hot',
    labels: { chip: 'ipmi*' },
    measure: 'value',
    bad: 'high',
    raiseAt: 38,
    raiseAfter: minutes(5),
    action: 'cordon',
    enabled: true,
    limited: true,
  })
})

test('of a shipped rule, only what changes is said', (t) => {
  const text = '[[rule]]\nid = "gpu-missing"\naction = "quarantine"\nraise_after = "10m"\n'
  const shipped = shippedRules.find(({ id }) => id === 'gpu-missing')
  t.deepEqual(must(parseHealthRules(text)), [{ ...shipped, action: 'quarantine', raiseAfter: minutes(10) }])
})

test('what is wrong is said with the rule and the field', (t) => {
  const cases = [
    ['[[rule]]\nid = 5\n', /^rule\.0\.id: /],
    ['[[rule]]\nid = "gpu-missing"\ncolour = "red"\n', /^rule\.0\.colour: /],
    ['[[rule]]\nid = "gpu-missing"\naction = "burn"\n', /^rule\.0\.action: .*"note"/],
    ['[[rule]]\nid = "gpu-missing"\nraise_after = "soon"\n', /^rule\.0\.raise_after: expected a length of time/],
    [
      '[[rule]]\nid = "gpu-missing"\nclear_at = 9\n',
      /^rule gpu-missing: clear_at: expected a number of at most the one .* 1$/,
    ],
    ['[[rule]]\nid = "gpu-missing"\nsentence = "{colour}"\n', /^rule gpu-missing: sentence: expected .*\{device\}/],
    ['[[rule]]\nid = "gpu-missing"\nmeasure = "increase"\n', /^rule gpu-missing: window: expected from 1 s/],
    ['[[rule]]\nid = "new"\n', /^rule new: is no shipped one, so it needs metric, raise_at, clear_at,/],
    [OWN + OWN, /^rule inlet-hot: is there twice$/],
    [OWN.replace('ipmi*', '*a*b*c*d*e'), /^rule inlet-hot: labels: /],
    [OWN.replace('inlet-hot', 'Inlet Hot'), /^rule Inlet Hot: id: /],
    ['[[rule', /^is not TOML: line 1, column /],
    ['rules = 1', /^rules?: /],
  ] as const
  for (const [text, message] of cases) {
    const parsed = parseHealthRules(text)
    t.false(parsed.ok, text)
    t.regex(parsed.ok ? '' : parsed.error, message)
  }
})

test('no file is no rules, and one that cannot be read is a fault that names it', (t) => {
  t.deepEqual(must(readHealthRules('')), [])
  const missing = readHealthRules('/nowhere/rules.toml')
  t.regex(missing.ok ? '' : missing.error, /^health_rules: \/nowhere\/rules\.toml cannot be read: /)
})

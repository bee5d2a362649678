import test from 'ava'
import * as fc from 'fast-check'
import { CHECK_BOUNDS, isCheckName } from '../../../shared/model/check.ts'
import { resultsOf } from '../../../agent/checks/output.ts'

const lines = (stdout: string, failure: string | null = null) =>
  resultsOf({ id: 'gpu', output: 'lines' }, { stdout, failure })
const report = (value: unknown, failure: string | null = null) =>
  resultsOf({ id: 'dcgm-diag', output: 'dcgm' }, { stdout: `${JSON.stringify(value)}\n`, failure })

test('each line of JSON is a result, of the check itself or of one thing that it measures', (t) => {
  const text = [
    'warming up',
    '{"check": "copy", "value": 5.2e10, "unit": "B/s", "device": "gpu0"}',
    '{"value": 1}',
    '{"check": "gpu", "device": "gpu1", "failure": "it fell off the bus"}',
    '{"check": "matmul", "passed": true}',
    '{"check": "nvlink", "skipped": "there is one GPU"}',
  ]
  t.deepEqual(lines(text.join('\n')), [
    { measure: 'copy', device: 'gpu0', outcome: { kind: 'measured', value: 5.2e10, unit: 'B/s' } },
    { measure: '', device: '', outcome: { kind: 'measured', value: 1, unit: '' } },
    { measure: '', device: 'gpu1', outcome: { kind: 'failed', reason: 'it fell off the bus' } },
    { measure: 'matmul', device: '', outcome: { kind: 'passed' } },
    { measure: 'nvlink', device: '', outcome: { kind: 'skipped', reason: 'there is one GPU' } },
  ])
})

test('a program that fails, says nothing, or what nobody can read, has failed', (t) => {
  for (const [stdout, failure, reason] of [
    ['', null, /it said nothing/],
    ['{"value": 1}', 'it exited with code 3: no', /exited with code 3: no/],
    ['{"value": 1', null, /is no JSON object/],
    ['{"value": "fast"}', null, /value: expected a number/],
    ['{"value": 1, "device": "/dev/sda"}', null, /device: expected a name/],
    ['{"value": 1, "unit": "furlongs per fortnight"}', null, /unit: expected at most 16/],
  ] as const) {
    const outcome = lines(stdout, failure).at(-1)?.outcome
    t.is(outcome?.kind, 'failed')
    t.regex(outcome?.kind === 'failed' ? outcome.reason : '', reason)
  }
})

test("DCGM's report: each test passed, failed with its words, or was not run", (t) => {
  const tests = [
    { name: 'Denylist', results: [{ status: 'Pass' }] },
    {
      name: 'PCIe',
      results: [
        { gpu_id: '0', status: 'Pass' },
        { gpu_id: '3', status: 'Fail', warnings: 'x4 link' },
      ],
    },
    { name: 'Memory', results: [{ entity_id: 1, status: 'FAIL', warnings: [{ warning: 'row remap', error_id: 83 }] }] },
    { name: 'Context Create', results: [{ status: 'Skip' }] },
    { name: 'software', test_summary: { status: 'Pass' } },
  ]
  const categories = [
    { category: 'Hardware', tests: tests.slice(1) },
    { category: 'Deployment', tests: [tests[0]] },
  ]
  for (const name of ['DCGM Diagnostic', 'DCGM GPU Diagnostic']) {
    const found = report({ [name]: { test_categories: categories } }, 'it exited with code 226')
    t.deepEqual(Object.fromEntries(found.map(({ measure, outcome }) => [measure, outcome])), {
      denylist: { kind: 'passed' },
      pcie: { kind: 'failed', reason: 'GPU 3: x4 link' },
      memory: { kind: 'failed', reason: 'GPU 1: row remap' },
      'context-create': { kind: 'skipped', reason: 'it was not run' },
      software: { kind: 'passed' },
    })
  }
})

test('without a report of DCGM nothing is known of the GPUs', (t) => {
  for (const stdout of ['', 'Error: unable to establish a connection', '{}', '{"error": "no"}']) {
    const found = resultsOf({ id: 'dcgm-diag', output: 'dcgm' }, { stdout, failure: 'it exited with code 1' })
    t.deepEqual(found, [
      { measure: '', device: '', outcome: { kind: 'skipped', reason: 'there is no report: it exited with code 1' } },
    ])
  }
})

test('property: whatever a program writes, there is a result, and all are within their bounds', (t) => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(fc.json(), { maxLength: 5 }).map((all) => all.join('\n')),
  )
  fc.assert(
    fc.property(text, fc.constantFrom('lines', 'dcgm'), fc.option(fc.string()), (stdout, output, failure) => {
      const found = resultsOf({ id: 'it', output }, { stdout, failure })
      t.true(found.length > 0)
      for (const { measure, device, outcome } of found) {
        t.true(isCheckName(measure) && isCheckName(device))
        if (outcome.kind === 'failed' || outcome.kind === 'skipped') {
          t.true(outcome.reason.length <= CHECK_BOUNDS.reason)
        }
      }
    }),
  )
})

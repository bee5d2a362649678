import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { machineStates, triggersOf } from '../../coordinator/core/lifecycle.ts'

const PATH = join(import.meta.dirname, '..', '..', 'docs', 'machine-life.md')

function page(): string {
  const rows = machineStates.flatMap((state) =>
    triggersOf(state).map(([trigger, to]) => `| \`${state}\` | ${trigger.replaceAll('_', ' ')} | \`${to}\` |`),
  )
  const arrows = machineStates.flatMap((state) =>
    triggersOf(state).map(([trigger, to]) => `  ${state} --> ${to}: ${trigger.replaceAll('_', ' ')}`),
  )
  return [
    "# A machine's life",
    '',
    'Made from `coordinator/core/lifecycle.ts`; a test keeps it true (`UPDATE_DOCS=1 make test` writes it anew).',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> pending: enrol',
    ...arrows,
    '```',
    '',
    '| from | what happens | to |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

test('the page on a machine’s life says what the table says', (t) => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PATH, page())
  t.is(readFileSync(PATH, 'utf8'), page())
})

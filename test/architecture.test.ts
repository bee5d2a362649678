import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type Import, cycles, deadFiles, importsOf, missingTargets } from './tidy/imports.ts'
import { forbiddenImports, layers, undeclaredPackages } from './tidy/layers.ts'
import { readTree, show } from './tidy/source.ts'

const root = join(import.meta.dirname, '..')
const files = readTree(root, ['.ts', '.mjs'])
const paths = files.map(({ path }) => path)
const imports = files.flatMap(importsOf)

function fields(value: unknown): Map<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}

function declared(section: string): Set<string> {
  const manifest = fields(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return new Set(fields(manifest.get(section)).keys())
}

function isEntry(path: string): boolean {
  // Jobs of the demonstration, the many agents of a benchmark, what tests start, simulator and faults are programs.
  if (/^test\/(?:(?:simulation|faults)\/(?:main|bite)|process\/greedy_scheduler)\.ts$/.test(path)) return true
  if (/^(?:demo\/[^/]+\.mjs|test\/coordinator\/store\/writer\.ts)$/.test(path)) return true
  if (/^bench\/lib\/(?:many_agents|simulated_fleet|plain_server|echo_server|workload)\.ts$/.test(path)) return true
  return /^(?:(?:bin|bench|demo)\/[^/]+\.ts|test\/.*\.test\.ts|build\/(?:generate\.ts|setup\.mjs)|[^/]+\.mjs)$/.test(
    path,
  )
}

const edges = (from: string, text: string): Import[] => importsOf({ path: from, text })

test('imports keep to the table', (t) => {
  t.deepEqual(forbiddenImports(imports, layers).map(show), [])
})

test('every relative import names a file that exists', (t) => {
  t.deepEqual(missingTargets(imports, new Set(paths)).map(show), [])
})

test('no files import one another in a circle', (t) => {
  t.deepEqual(cycles(imports), [])
})

test('what ships imports only what ships with it', (t) => {
  const violations = undeclaredPackages(imports, declared('dependencies'), declared('devDependencies'))
  t.deepEqual(violations.map(show), [])
})

test('every file is imported, or is an entry', (t) => {
  // The compiler finds declarations of untyped packages by itself.
  const ours = paths.filter((path) => !path.startsWith('shared/wire/gen/types/') && !path.endsWith('.d.ts'))
  t.deepEqual(deadFiles(ours, imports, isEntry).map(show), [])
})

test('the scanner sees every form of import, and none in strings or comments', (t) => {
  const text = [
    "import { a } from './a.ts'",
    "import type { B } from './b.ts'",
    "import { type C, type D } from './c.ts'",
    "import './d.ts'",
    "export { e } from './e.ts'",
    "import {\n  f,\n} from './f.ts'",
    "const g = await import('./g.ts')",
    "import h from '@scope/h/deep'",
    "import { i } from 'node:fs'",
    "// import { x } from './x.ts'",
    "const s = \"import { y } from './y.ts'\" + `from './z.ts'`",
  ].join('\n')
  const seen = edges('agent/x.ts', text)
    .toSorted((one, other) => one.line - other.line)
    .map(({ to, kind, typeOnly }) => `${to} ${kind}${typeOnly ? ' type' : ''}`)
  t.deepEqual(seen, [
    'agent/a.ts file',
    'agent/b.ts file type',
    'agent/c.ts file type',
    'agent/d.ts file',
    'agent/e.ts file',
    'agent/f.ts file',
    'agent/g.ts file',
    '@scope/h package',
    'node:fs node',
  ])
})

const forbidden: readonly (readonly [from: string, text: string, because: RegExp])[] = [
  ['agent/session.ts', "import type { A } from '../coordinator/ports.ts'", /may not import coordinator/],
  ['coordinator/loop.ts', "import { a } from '../agent/core/agent.ts'", /may not import agent/],
  ['coordinator/core/apply.ts', "import { a } from '../scheduler/scheduler.ts'", /may not import/],
  ['coordinator/core/apply.ts', "import { a } from 'node:fs'", /is pure/],
  ['coordinator/core/apply.ts', "import * as v from 'valibot'", /is pure/],
  ['coordinator/scheduler/scheduler.ts', "import { a } from '../core/state.ts'", /for its types alone/],
  ['coordinator/scheduler/scheduler.ts', "import type { A } from '../store/sqlite.ts'", /may not import/],
  ['coordinator/api/machines.ts', "import { a } from '../store/sqlite.ts'", /may not import/],
  ['coordinator/api/machines.ts', "import { a } from '../telemetry/rings.ts'", /may not import/],
  ['coordinator/api/machines.ts', "import { a } from '../loop.ts'", /for its types alone/],
  ['agent/runtime/plan.ts', "import { a } from '../../shared/clock.ts'", /may not import/],
  ['agent/runtime/execute.ts', "import { a } from '../telemetry/proc.ts'", /may not import/],
  ['agent/health/evaluate.ts', "import { a } from 'node:os'", /is pure/],
  ['shared/tls.ts', "import { a } from '../agent/ports.ts'", /may not import/],
  ['shared/model/ids.ts', "import { a } from '../clock.ts'", /may not import/],
  ['cli/main.ts', "import { a } from '../coordinator/ports.ts'", /may not import/],
  ['coordinator/core/state.ts', "import type { A } from '../../shared/wire/gen/types/a.ts'", /may not import/],
  ['agent/ports.ts', "import { a } from '../test/fixtures.ts'", /may not import/],
  ['bin/billet.ts', "import { a } from '../test/fixtures.ts'", /may not import/],
  ['tools/new.ts', "import { a } from './b.ts'", /belongs to no part/],
]

for (const [from, text, because] of forbidden) {
  test(`the table refuses: ${from}: ${text}`, (t) => {
    const [violation, ...others] = forbiddenImports(edges(from, text), layers)
    t.deepEqual(others, [])
    t.regex(violation?.message ?? 'nothing was refused', because)
  })
}

test('circles are found, through types too', (t) => {
  const circle = [
    ...edges('agent/a.ts', "import { b } from './b.ts'"),
    ...edges('agent/b.ts', "import type { C } from './c.ts'"),
    ...edges('agent/c.ts', "import { a } from './a.ts'\nimport { d } from './d.ts'"),
    ...edges('agent/e.ts', "import { a } from './a.ts'"),
  ]
  t.deepEqual(cycles(circle), [['agent/a.ts', 'agent/b.ts', 'agent/c.ts']])
})

test('missing, undeclared and dead are found', (t) => {
  const some = edges('agent/a.ts', "import { b } from './b.ts'\nimport left from 'left-pad'")
  t.is(missingTargets(some, new Set(['agent/a.ts'])).length, 1)
  t.is(undeclaredPackages(some, new Set(), new Set(['left-pad'])).length, 1)
  t.is(undeclaredPackages(edges('test/a.ts', "import l from 'left-pad'"), new Set(), new Set(['left-pad'])).length, 0)
  const dead = deadFiles(['agent/a.ts', 'agent/b.ts', 'agent/c.ts'], some, (path) => path === 'agent/a.ts')
  t.deepEqual(
    dead.map(({ path }) => path),
    ['agent/c.ts'],
  )
})

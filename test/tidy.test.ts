import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { staleFiles } from '../build/generate.ts'
import { longFunctions } from './tidy/functions.ts'
import { mask } from './tidy/mask.ts'
import * as rules from './tidy/rules.ts'
import { type SourceFile, readTree, show } from './tidy/source.ts'

const root = join(import.meta.dirname, '..')
const isOurs = ({ path }: SourceFile): boolean =>
  !/^(?:shared\/wire\/gen\/|proto\/(?:google|grpc)\/|coordinator\/boot\/deployed\.ts$)/.test(path)
const code = readTree(root, ['.ts', '.mjs']).filter(isOurs)
const documents = readTree(root, ['.md'])
const others = ['.proto', 'Makefile', '.ci/run', '.yaml', '.sh']
const prose = [...code, ...documents, ...readTree(root, others).filter(isOurs)]

const file = (text: string, path = 'agent/bad.ts'): SourceFile => ({ path, text })
const lines = (count: number): string => 'x()\n'.repeat(count)

test('files have at most 400 lines, tests 500', (t) => {
  const limit = (path: string): number => (path.startsWith('test/') ? 500 : 400)
  t.deepEqual(rules.longFiles(code, limit).map(show), [])
})

test('functions have at most 60 lines', (t) => {
  t.deepEqual(longFunctions(code, 60).map(show), [])
})

test('lines have at most 120 columns', (t) => {
  const wide = prose.filter(({ path }) => !path.endsWith('.md'))
  t.deepEqual(rules.longLines(wide, 120).map(show), [])
})

test('no banned words', (t) => {
  t.deepEqual(rules.bannedWords(prose, rules.bans).map(show), [])
})

test('no addresses of hosts that not everybody can reach', (t) => {
  t.deepEqual(rules.strangeHosts(prose).map(show), [])
  t.deepEqual(rules.resolvedPackages(readTree(root, ['package-lock.json'])[0] ?? file('')).map(show), [])
})

test('no dead links in documents', (t) => {
  t.deepEqual(rules.deadLinks(documents, (path) => existsSync(join(root, path))).map(show), [])
})

test('tests are where the runner finds them', (t) => {
  t.deepEqual(rules.misplacedTests(code).map(show), [])
})

test('file names follow one pattern', (t) => {
  t.deepEqual(rules.misnamedFiles(code).map(show), [])
})

test('generated code is what proto/ says', (t) => {
  t.deepEqual(staleFiles(), [], 'make generate')
})

test('rule: long files', (t) => {
  t.is(rules.longFiles([file(lines(10))], () => 10).length, 0)
  t.is(rules.longFiles([file(lines(11))], () => 10).length, 1)
})

test('rule: long lines, but for addresses', (t) => {
  t.is(rules.longLines([file('a'.repeat(120))], 120).length, 0)
  t.is(rules.longLines([file('a'.repeat(121))], 120).length, 1)
  t.is(rules.longLines([file(`// https://example.com/${'a'.repeat(121)}`)], 120).length, 0)
})

for (const text of [
  `function a() {\n${lines(40)}}`,
  `const a = <T, U>(b: T, c = {}): Promise<{ a: U }> => {\n${lines(40)}}`,
  `export async function a<A, B extends {}>(x: A, { y } = {}): Promise<{ a: B }> {\n${lines(40)}}`,
  `const b = 1\nfunction a(x: unknown): asserts x is { y: 1 } {\n${lines(40)}}`,
  `class A {\n  constructor(x: number) {\n${lines(40)}  }\n}`,
  `class A {\n  #x = 1\n  private async *a<T>(b: T): AsyncGenerator<T, void> {\n${lines(40)}  }\n}`,
  `class A {\n  *[Symbol.iterator]() {\n${lines(40)}  }\n}`,
  `const a = { b, get c() {\n${lines(40)}} }`,
  `test('a', async (t) => {\n${lines(40)}})`,
  `const a = () => {\n  // }}} \`\n  const s = '}' + \`\${b({ c: "}" })}}\`\n${lines(40)}}`,
]) {
  test(`rule: long function: ${text.slice(0, 60).replaceAll('\n', ' ')}`, (t) => {
    t.is(longFunctions([file(text)], 40).length, 1)
    t.is(longFunctions([file(text)], 50).length, 0)
  })
}

for (const text of [
  `const a = {\n${lines(40)}}`,
  `type A = {\n${lines(40)}}`,
  `class A extends B(C) implements D {\n${lines(40)}}`,
  `if (a()) {\n${lines(40)}} else if (b(c)) {\n${lines(40)}} else {\n${lines(40)}}`,
  `for await (const a of b()) {\n${lines(40)}}`,
  `try {\n${lines(40)}} catch (error) {\n${lines(40)}}`,
  `const a = b ? c() : {\n${lines(40)}}`,
  `a(b(), {\n${lines(40)}})`,
]) {
  test(`rule: no function: ${text.slice(0, 40).replaceAll('\n', ' ')}`, (t) => {
    t.deepEqual(longFunctions([file(text)], 30), [])
  })
}

test('rule: banned words', (t) => {
  const banned = [
    'FIX_ME',
    'TO_DO',
    'XX_X',
    '@ts-ig_nore',
    'oxlint-dis_able',
    'x as a_ny',
    'test.sk_ip(',
    "'/wo_rk/x'",
    'iss_ue #12',
  ]
  for (const word of banned) {
    t.is(rules.bannedWords([file(`a\n// ${word.replace('_', '')}\n`)], rules.bans).length, 1, word)
  }
  t.deepEqual(rules.bannedWords([file('// a fixed, todone, /home/work/ matter: issues')], rules.bans), [])
})

test('rule: unknown hosts, and a lock file that names one', (t) => {
  const scheme = 'https:/'
  t.is(rules.strangeHosts([file(`${scheme}/packages.corp.internal/npm`)]).length, 1)
  t.is(rules.strangeHosts([file(`${scheme}/notgithub.com.evil/`)]).length, 1)
  t.deepEqual(rules.strangeHosts([file(`${scheme}/docs.github.com/x ${scheme}/127.0.0.1:80/ ${scheme}/a.example`)]), [])
  t.is(rules.resolvedPackages(file('{\n  "resolved": "x"\n}')).length, 1)
})

test('rule: dead links', (t) => {
  const text = [
    '# The Title, here',
    '[a](other.md) [b](../gone.md) [c](#the-title-here) [d](#gone) [e](other.md#part-two) [f](other.md#gone)',
    '[g](https://example.com/x) `[h](code.md)`',
    '```\n[i](code.md)\n```',
  ].join('\n')
  const all = [file(text, 'docs/a.md'), file('## Part *two*', 'docs/other.md')]
  const found = rules.deadLinks(all, (path) => path.startsWith('docs/') && !path.endsWith('code.md'))
  t.deepEqual(
    found.map(({ line, message }) => `${line} ${message}`),
    [
      '2 links to gone.md, which does not exist',
      '2 links to #gone, which docs/a.md does not have',
      '2 links to #gone, which docs/other.md does not have',
    ],
  )
})

test('rule: misplaced tests and misnamed files', (t) => {
  const uses = ['import test from', "'ava'\n"].join(' ')
  t.is(rules.misplacedTests([file(uses, 'test/agent/a.ts')]).length, 1)
  t.is(rules.misplacedTests([file(uses, 'agent/a.test.ts')]).length, 1)
  t.is(rules.misplacedTests([file('x', 'test/a.test.ts')]).length, 1)
  t.is(rules.misplacedTests([file(uses, 'test/a.test.ts'), file('x', 'test/fixtures.ts')]).length, 0)
  t.is(rules.misnamedFiles([file('', 'agent/camelCase.ts'), file('', 'agent/kebab-case.ts')]).length, 2)
  t.is(rules.misnamedFiles([file('', 'agent/snake_case.ts'), file('', 'test/a/b_c.test.ts')]).length, 0)
})

test('rule: only code is code', (t) => {
  t.is(mask("a = 1 / 2 / 3 // x 'y"), 'a = 1 / 2 / 3        ')
  t.is(mask('return /}"/.test(x)'), 'return /  /.test(x)')
  t.is(mask('`a${b ? `c${{ d: 1 }.d}` : 0}e{` + 1'), '` ${b ? ` ${{ d: 1 }.d}` : 0}  ` + 1')
  t.is(mask("'it\\'s {' + x"), "'       ' + x")
  t.is(mask('a /* {\n{ */ b'), 'a     \n     b')
})

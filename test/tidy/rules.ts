import { posix } from 'node:path'
import { type SourceFile, type Violation, lineAt } from './source.ts'

/** Files that are longer than they may be. */
export function longFiles(files: readonly SourceFile[], limitFor: (path: string) => number): Violation[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
    const limit = limitFor(path)
    return lines > limit ? [{ path, line: lines, message: `${lines} lines, ${limit} are allowed` }] : []
  })
}

/** Lines that are longer than `limit`, save those that an address makes long. */
export function longLines(files: readonly SourceFile[], limit: number): Violation[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const length = Array.from(line).length
      if (length <= limit || /https?:\/\//.test(line)) return []
      return [{ path, line: index + 1, message: `${length} columns, ${limit} are allowed` }]
    }),
  )
}

export type Ban = { readonly pattern: RegExp; readonly instead: string }

// Written so that no pattern finds itself.
export const bans: readonly Ban[] = [
  { pattern: /\b(?:FIX[M]E|TO[D]O|XX[X]|HAC[K])\b/, instead: 'do it, or leave it out and say so in the documents' },
  { pattern: /@ts-(?:ignor[e]|nochec[k]|expect-erro[r])/, instead: 'mend the types' },
  { pattern: /\b(?:ox|es)lint-disabl[e]|\bbiome-ignor[e]/, instead: 'mend the code, or change the rule for all' },
  { pattern: /\b(?:test|serial)\.ski[p]\b/, instead: 'onlyWhere of test/conditional.ts, which tells why' },
  { pattern: /\bas an[y]\b/, instead: 'unknown, and a check where it enters' },
  { pattern: /(?:^|[\s'"`(=:])\/wor[k]\//, instead: 'a path inside the project' },
  { pattern: /\bissue[s]?\s+#?\d+\b/i, instead: 'the reason itself: the project speaks of itself alone' },
  { pattern: /\b(?:Clau[d]e|Anthropi[c]|ChatGP[T]|large language mode[l])\b/i, instead: 'nothing' },
]

/** Places where a banned word stands. */
export function bannedWords(files: readonly SourceFile[], banned: readonly Ban[]): Violation[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) =>
      banned.flatMap(({ pattern, instead }) => {
        const found = pattern.exec(line)
        if (found === null) return []
        return [{ path, line: index + 1, message: `${JSON.stringify(found[0].trim())} is banned; instead: ${instead}` }]
      }),
    ),
  )
}

/** Sites that every reader can reach, and names that exist only in examples. */
const knownHosts = [
  'example',
  'test',
  'invalid',
  'localhost',
  'example.com',
  'example.net',
  'example.org',
  'apache.org',
  'aip.dev',
  'buf.build',
  'freedesktop.org',
  'github.com',
  'grpc.io',
  'ietf.org',
  'json-schema.org',
  'kernel.org',
  'nodejs.org',
  'nvidia.com',
  'opentelemetry.io',
  'prometheus.io',
  'pytorch.org',
  'rfc-editor.org',
  'spiffe.io',
  'w3.org',
]

function isKnownHost(host: string): boolean {
  const name = host.replace(/:\d*$/, '')
  // An address of numbers, or one that is put together at run time, is nobody's site.
  if (/^(?:[\d.]+|\[[\da-f:]*\]?)$/.test(name) || /[${<]/.test(name)) return true
  return knownHosts.some((known) => name === known || name.endsWith(`.${known}`))
}

/** Addresses of hosts that only this or that site can reach: they would make the project depend on it. */
export function strangeHosts(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/\bhttps?:\/\/(?<host>[^\s/'"`)>\]\\]+)/g)].flatMap((found) => {
      const host = found.groups?.['host'] ?? ''
      if (isKnownHost(host)) return []
      return [{ path, line: lineAt(text, found.index), message: `the address of an unknown host: ${host}` }]
    }),
  )
}

/** The lock file must not name where packages come from: the machine's own registry serves them. */
export function resolvedPackages(lock: SourceFile): Violation[] {
  return [...lock.text.matchAll(/"resolved":/g)].map((found) => ({
    path: lock.path,
    line: lineAt(lock.text, found.index),
    message: 'names a registry; omit-lockfile-registry-resolved in .npmrc leaves it out',
  }))
}

/** The anchor that a heading gets: lower case, hyphens for spaces, punctuation left out. */
function anchorOf(heading: string): string {
  return heading
    .replaceAll(/\[(?<text>[^\]]*)\]\([^)]*\)/g, '$<text>')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[^]*?^```|`[^`\n]*`/gm, (code) => code.replaceAll(/[^\n]/g, ' '))

function anchorsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#{1,6}\s+(?<heading>.+?)\s*#*$/gm)
  return new Set([...headings].map((found) => anchorOf(found.groups?.['heading'] ?? '')))
}

/** Links in documents to files or headings that do not exist. `exists` says whether a path of the checkout does. */
export function deadLinks(documents: readonly SourceFile[], exists: (path: string) => boolean): Violation[] {
  const texts = new Map(documents.map(({ path, text }) => [path, text]))
  return documents.flatMap(({ path, text }) =>
    [...withoutCode(text).matchAll(/\]\((?<target>[^)\s]+)(?:\s+"[^"]*")?\)/g)].flatMap((found) => {
      const target = found.groups?.['target'] ?? ''
      if (/^[a-z]+:/.test(target)) return []
      const [file = '', anchor] = target.split('#')
      const to = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file))
      const line = lineAt(text, found.index)
      if (!exists(to)) return [{ path, line, message: `links to ${to}, which does not exist` }]
      const linked = texts.get(to)
      if (anchor === undefined || linked === undefined || anchorsOf(linked).has(anchor)) return []
      return [{ path, line, message: `links to #${anchor}, which ${to} does not have` }]
    }),
  )
}

/** Tests that the runner would not find, and files that it would take for tests. */
export function misplacedTests(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, text }) => {
    const named = path.startsWith('test/') && path.endsWith('.test.ts')
    const usesRunner = /^import (?:test\b|anyTest\b|\{ default as)[^\n]* from 'ava'$/m.test(text)
    if (usesRunner && !named) return [{ path, line: 1, message: 'declares tests but is not test/**/*.test.ts' }]
    if (path.endsWith('.test.ts') && !named) return [{ path, line: 1, message: 'tests live in test/' }]
    if (named && !usesRunner) return [{ path, line: 1, message: 'is named a test and declares none' }]
    return []
  })
}

/** File names that do not follow the project's one pattern. */
export function misnamedFiles(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path }) =>
    /^(?:[a-z0-9_.-]+\/)*(?:[a-z0-9]+(?:_[a-z0-9]+)*|billet-agent)(?:\.(?:test|config|d))?\.(?:ts|mjs)$/.test(path)
      ? []
      : [{ path, line: 1, message: 'file names are snake_case' }],
  )
}

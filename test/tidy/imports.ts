import { posix } from 'node:path'
import { mask } from './mask.ts'
import { type SourceFile, type Violation, lineAt } from './source.ts'

export type Import = {
  readonly from: string
  /** A path of the checkout; or `node:fs`, or the name of a package. */
  readonly to: string
  readonly kind: 'file' | 'node' | 'package'
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean
  readonly line: number
}

// Over masked text: the quotes are still there, and what stood between them is read from the original.
const STATIC = /\b(?:import|export)\b(?<what>[\w\s{},*$]*?)\bfrom\s*(?<quote>['"])/g
const BARE = /\bimport\s*\(?\s*(?<quote>['"])/g

function specifierAt(text: string, openingQuote: number): string {
  return text.slice(openingQuote + 1, text.indexOf(text.charAt(openingQuote), openingQuote + 1))
}

/** `import type { A }`, and `import { type A, type B }`, which is erased as well but for the loading. */
function isTypeOnly(what: string): boolean {
  const trimmed = what.trim()
  if (/^type\b(?!\s*,|\s*$)/.test(trimmed)) return true
  const named = /^\{(?<names>[^}]*)\}$/.exec(trimmed)?.groups?.['names']
  if (named === undefined) return false
  const names = named.split(',').map((name) => name.trim())
  return names.filter((name) => name !== '').every((name) => name.startsWith('type '))
}

function resolve(from: string, specifier: string): Pick<Import, 'to' | 'kind'> {
  if (specifier.startsWith('node:')) return { to: specifier, kind: 'node' }
  if (specifier.startsWith('.')) {
    return { to: posix.normalize(posix.join(posix.dirname(from), specifier)), kind: 'file' }
  }
  const parts = specifier.split('/')
  return { to: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'), kind: 'package' }
}

export function importsOf(file: SourceFile): Import[] {
  const code = mask(file.text)
  const found = (match: RegExpMatchArray, typeOnly: boolean): Import => {
    const quote = (match.index ?? 0) + match[0].length - 1
    const target = resolve(file.path, specifierAt(file.text, quote))
    return { from: file.path, ...target, typeOnly, line: lineAt(file.text, quote) }
  }
  return [
    ...[...code.matchAll(STATIC)].map((match) => found(match, isTypeOnly(match.groups?.['what'] ?? ''))),
    ...[...code.matchAll(BARE)].map((match) => found(match, false)),
  ]
}

export function missingTargets(imports: readonly Import[], paths: ReadonlySet<string>): Violation[] {
  return imports
    .filter(({ kind, to }) => kind === 'file' && !paths.has(to))
    .map(({ from, line, to }) => ({ path: from, line, message: `imports ${to}, which does not exist` }))
}

/** Groups of files that import one another in a circle, types included. */
export function cycles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>()
  for (const { from, to, kind } of imports) {
    if (kind === 'file') targets.set(from, [...(targets.get(from) ?? []), to])
  }
  // Tarjan: a file is the first of its circle when nothing it leads to was entered before it.
  const entered = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (path: string): number => {
    const number = entered.size
    entered.set(path, number)
    lowest.set(path, number)
    stack.push(path)
    for (const next of targets.get(path) ?? []) {
      const reached = entered.has(next) ? (stack.includes(next) ? entered.get(next) : undefined) : visit(next)
      if (reached !== undefined) lowest.set(path, Math.min(lowest.get(path) ?? number, reached))
    }
    const low = lowest.get(path) ?? number
    if (low === number) {
      const circle = stack.splice(stack.indexOf(path))
      if (circle.length > 1 || (targets.get(path) ?? []).includes(path)) found.push(circle.toSorted())
    }
    return low
  }
  for (const path of targets.keys()) if (!entered.has(path)) visit(path)
  return found
}

/** Files that no entry leads to. */
export function deadFiles(
  paths: readonly string[],
  imports: readonly Import[],
  isEntry: (path: string) => boolean,
): Violation[] {
  const alive = new Set(paths.filter(isEntry))
  // A set that grows while it is walked: each file is visited once, after it was reached.
  for (const path of alive) for (const { from, to } of imports) if (from === path) alive.add(to)
  return paths.filter((path) => !alive.has(path)).map((path) => ({ path, line: 1, message: 'nothing imports it' }))
}

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { ExecutionContext } from 'ava'

const ROOT = join(import.meta.dirname, '..', '..')

export type Part = {
  /** Page, from the root of the checkout. */
  readonly path: string
  /** The part stands between "<!-- made: NAME -->" and "<!-- end -->". */
  readonly name: string
  readonly lines: readonly string[]
}

/** Asserts that a part of a page is what the program says of itself; UPDATE_DOCS=1 writes it anew. */
export function isMade(t: ExecutionContext, { path, name, lines }: Part): void {
  const full = join(ROOT, path)
  const page = readFileSync(full, 'utf8')
  const begin = `<!-- made: ${name} -->\n`
  const from = page.indexOf(begin)
  const to = page.indexOf('<!-- end -->', from)
  if (from < 0 || to < 0) return t.fail(`${path} has no part ${name}`)
  const made = `\n${lines.join('\n')}\n\n`
  const before = page.slice(0, from + begin.length)
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(full, `${before}${made}${page.slice(to)}`)
  const updated = readFileSync(full, 'utf8')
  t.is(updated.slice(from + begin.length, updated.indexOf('<!-- end -->', from)), made, 'UPDATE_DOCS=1 make test')
}

export const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))]
}

const COLUMNS = 120

/** One item of a list, over as many lines as it needs. */
export function item(text: string): readonly string[] {
  const lines: string[] = []
  let line = '-'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = ' '
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

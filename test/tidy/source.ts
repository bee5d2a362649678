import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export type SourceFile = {
  /** From the root of the checkout, with forward slashes. */
  readonly path: string
  readonly text: string
}

export type Violation = {
  readonly path: string
  /** Counted from 1. */
  readonly line: number
  readonly message: string
}

export function show(violation: Violation): string {
  return `${violation.path}:${violation.line} ${violation.message}`
}

/** Built, fetched or kept by other tools: not ours to judge. */
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache', '.demo'])

/** Every text file of the checkout whose name ends in one of `endings`, in order of path. */
export function readTree(root: string, endings: readonly string[]): SourceFile[] {
  const found: SourceFile[] = []
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (SKIPPED.has(entry.name)) continue
      if (entry.isDirectory()) walk(path)
      else if (endings.some((ending) => path.endsWith(ending))) {
        found.push({ path, text: readFileSync(join(root, path), 'utf8') })
      }
    }
  }
  walk('')
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let index = text.indexOf('\n'); index !== -1 && index < offset; index = text.indexOf('\n', index + 1)) line += 1
  return line
}

import { mask } from './mask.ts'
import { type SourceFile, type Violation, lineAt } from './source.ts'

type Block = { readonly open: number; readonly close: number }

/** Every pair of braces. */
function blocks(code: string): Block[] {
  const open: number[] = []
  const found: Block[] = []
  for (const { 0: brace, index } of code.matchAll(/[{}]/g)) {
    if (brace === '{') open.push(index)
    else {
      const start = open.pop()
      if (start !== undefined) found.push({ open: start, close: index })
    }
  }
  return found
}

const OPENER: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/**
 * What stands before a brace, back to where its statement or member begins, with what is in parentheses, brackets
 * and braces left out: `async run<A>(): Promise<>`.
 */
function header(code: string, brace: number): { text: string; start: number } {
  const closers: string[] = []
  let text = ''
  let index = brace - 1
  for (; index >= 0; index -= 1) {
    const here = code.charAt(index)
    if (here in OPENER) {
      // A closing brace with a word after it ended the statement before; else it belongs to a type.
      if (here === '}' && closers.length === 0 && /^\s*[\w$@#*]/.test(text)) break
      closers.push(here)
      if (closers.length === 1) text = here + text
    } else if (here === '(' || here === '[' || here === '{') {
      const closer = closers.pop()
      if (closer === undefined) break
      if (closers.length === 0) text = here + text
    } else if (closers.length === 0) {
      if (here === ';') break
      text = here + text
    }
  }
  return { text, start: index + 1 }
}

const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await', 'function'])
const MEMBER = /(?:^|[\s,*#])(?<name>[\w$]+|\[\])\s*(?:<[^()]*>)?\s*\(\)\s*(?::\s*[^\s=;][^=;]*)?\s*$/

function isFunction(text: string): boolean {
  if (/=>\s*$/.test(text) || /\bfunction\b[^=]*$/.test(text)) return true
  if (/\b(?:class|interface)\s+\w+[^;]*$/.test(text)) return false
  const name = MEMBER.exec(text)?.groups?.['name']
  return name !== undefined && !CONTROL.has(name)
}

function startOfHead(code: string, head: { text: string; start: number }): number {
  const skipped = /^\s*/.exec(code.slice(head.start))?.[0].length ?? 0
  return head.start + skipped
}

/** Functions whose text, from the line of their name to that of the closing brace, takes more than `limit` lines. */
export function longFunctions(files: readonly SourceFile[], limit: number): Violation[] {
  return files.flatMap((file) => {
    const code = mask(file.text)
    return blocks(code).flatMap((block) => {
      const last = lineAt(code, block.close)
      // Counting the header needs a walk back through the text: only for blocks that could be too long.
      if (last - lineAt(code, block.open) + 1 <= limit - 20) return []
      const head = header(code, block.open)
      if (!isFunction(head.text)) return []
      const inline = /=>\s*$/.test(head.text) && !/^\s*(?:export\s+)?(?:const|let)\b/.test(head.text)
      const first = lineAt(code, inline ? block.open : startOfHead(code, head))
      const lines = last - first + 1
      if (lines <= limit) return []
      return [{ path: file.path, line: first, message: `a function of ${lines} lines, ${limit} are allowed` }]
    })
  })
}

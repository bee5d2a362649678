import { type Result, ok, refuse } from '../result.ts'

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~'

export type Token = { readonly column: number } & (
  | { readonly kind: 'word'; readonly text: string }
  /** In quotes: never a keyword. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: Operator }
  | { readonly kind: '(' | ')' | ',' | 'end'; readonly text: string }
)

/** Where an expression is wrong, from column 1, and what was expected there. */
export type ExpressionFault = { readonly column: number; readonly expected: string; readonly found: string }

export const EXPRESSION_MAX = 4096

const WORD = /[A-Za-z0-9_*?][A-Za-z0-9_.:/+*?@-]*/y
const OPERATOR = /==|!=|<=|>=|=|<|>|~|&&|\|\||!/y
const QUOTED = /"([^"\\]*(?:\\.[^"\\]*)*)"|'([^'\\]*(?:\\.[^'\\]*)*)'/y
const BLANK = /\s+/y
const OTHER_NAMES: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not', '==': '=' }
const operators: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', '~']

export function tokens(text: string): Result<readonly Token[], ExpressionFault> {
  if (text.length > EXPRESSION_MAX) {
    const found = `${text.length} characters`
    return refuse({ column: EXPRESSION_MAX + 1, expected: `at most ${EXPRESSION_MAX} characters`, found })
  }
  const found: Token[] = []
  let at = 0
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  while (at < text.length) {
    if (next(BLANK) !== null) continue
    const column = at + 1
    const sign = text[at] ?? ''
    if (sign === '(' || sign === ')' || sign === ',') {
      found.push({ kind: sign, text: sign, column })
      at += 1
      continue
    }
    const quoted = next(QUOTED)
    if (quoted !== null) {
      found.push({ kind: 'text', text: (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/g, '$1'), column })
      continue
    }
    const word = next(WORD)
    if (word !== null) {
      found.push({ kind: 'word', text: word[0], column })
      continue
    }
    const sighted = next(OPERATOR)?.[0]
    if (sighted === undefined) return refuse({ column, expected: 'a name, a value or an operator', found: sign })
    const named = OTHER_NAMES[sighted] ?? sighted
    const operator = operators.find((one) => one === named)
    found.push(
      operator === undefined ? { kind: 'word', text: named, column } : { kind: 'operator', text: operator, column },
    )
  }
  found.push({ kind: 'end', text: 'the end', column: text.length + 1 })
  return ok(found)
}

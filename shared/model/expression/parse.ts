import { type Result, ok, refuse } from '../result.ts'
import { LABEL_PREFIX, type Subject, attributes, isAttribute, typeOf } from './attributes.ts'
import type { Expression, Test } from './expression.ts'
import { type ExpressionFault, type Operator, type Token, tokens } from './tokens.ts'
import { EXPECTED, parseValue } from './values.ts'

const DEPTH_MAX = 32
const VALUES_MAX = 1024

/** Reads an expression such as `gpu.count >= 8 and label.rack in (r1, r2)`. A fault says where it is. */
export function parseExpression(text: string): Result<Expression, ExpressionFault> {
  const read = tokens(text)
  if (!read.ok) return read
  const parser = new Parser(read.value)
  try {
    return ok({ text, test: parser.whole() })
  } catch (error) {
    if (error instanceof Fault) return refuse(error.fault)
    throw error
  }
}

/** The fault as a person reads it, with the place shown. */
export function describeFault(text: string, { column, expected, found }: ExpressionFault): string {
  const from = Math.max(0, column - 30)
  const shown = text.slice(from, column + 30).replaceAll(/\s/g, ' ')
  const place = column - 1 - from
  return `column ${column}: expected ${expected}, found ${found}: ${shown.slice(0, place)}>>>${shown.slice(place)}`
}

class Fault extends Error {
  readonly fault: ExpressionFault

  constructor(token: Token, expected: string) {
    super(expected)
    this.fault = { column: token.column, expected, found: token.text.slice(0, 40) }
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'exists'])
const ORDERED: ReadonlySet<Operator> = new Set(['<', '<=', '>', '>='])

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(all: readonly Token[]) {
    this.#tokens = all
  }

  whole(): Test {
    const test = this.#any(0)
    const rest = this.#peek()
    if (rest.kind !== 'end') throw new Fault(rest, 'and, or, or the end')
    return test
  }

  #any(depth: number): Test {
    return this.#joined('any', 'or', () => this.#all(depth))
  }

  #all(depth: number): Test {
    return this.#joined('all', 'and', () => this.#one(depth))
  }

  #joined(kind: 'all' | 'any', keyword: string, part: () => Test): Test {
    const first = part()
    const of = [first]
    while (this.#takeKeyword(keyword)) of.push(part())
    return of.length === 1 ? first : { kind, of }
  }

  #one(depth: number): Test {
    const token = this.#peek()
    if (depth > DEPTH_MAX) throw new Fault(token, `at most ${DEPTH_MAX} levels of brackets and not`)
    if (this.#takeKeyword('not')) return { kind: 'not', of: this.#one(depth + 1) }
    if (token.kind === '(') {
      this.#at += 1
      const inner = this.#any(depth + 1)
      this.#expect(')')
      return inner
    }
    return this.#test()
  }

  #test(): Test {
    const subject = this.#subject()
    const isNot = this.#takeKeyword('not')
    if (this.#takeKeyword('exists')) return negated(isNot, { kind: 'exists', subject })
    if (this.#takeKeyword('in')) return negated(isNot, { kind: 'in', subject, values: this.#values(subject) })
    const token = this.#peek()
    if (isNot) throw new Fault(token, 'in or exists')
    if (token.kind !== 'operator') throw new Fault(token, 'an operator, in, not in or exists')
    if (ORDERED.has(token.text) && typeOf(subject) === 'text')
      throw new Fault(token, '=, !=, ~, in or exists for a text')
    if (token.text === '~' && typeof parseValue(typeOf(subject), '1') === 'number') {
      throw new Fault(token, 'another operator than ~ for a number')
    }
    this.#at += 1
    return { kind: 'compare', subject, operator: token.text, value: this.#value(subject) }
  }

  #subject(): Subject {
    const token = this.#peek()
    if (token.kind !== 'word' || KEYWORDS.has(token.text.toLowerCase())) throw new Fault(token, 'an attribute')
    this.#at += 1
    if (token.text.startsWith(LABEL_PREFIX) && token.text.length > LABEL_PREFIX.length) {
      return { label: token.text.slice(LABEL_PREFIX.length) }
    }
    if (isAttribute(token.text)) return { attribute: token.text }
    throw new Fault(token, `label.KEY or one of ${Object.keys(attributes).join(', ')}`)
  }

  #values(subject: Subject): readonly (string | number)[] {
    this.#expect('(')
    const values = [this.#value(subject)]
    while (this.#peek().kind === ',') {
      const comma = this.#peek()
      if (values.length === VALUES_MAX) throw new Fault(comma, `at most ${VALUES_MAX} values`)
      this.#at += 1
      values.push(this.#value(subject))
    }
    this.#expect(')')
    return values
  }

  #value(subject: Subject): string | number {
    const token = this.#peek()
    const type = typeOf(subject)
    const isValue = token.kind === 'text' || token.kind === 'word'
    const value = isValue ? parseValue(type, token.text) : undefined
    if (value === undefined) throw new Fault(token, EXPECTED[type])
    this.#at += 1
    return value
  }

  #expect(kind: '(' | ')'): void {
    const token = this.#peek()
    if (token.kind !== kind) throw new Fault(token, kind === ')' ? '")", "," or an operator' : '"("')
    this.#at += 1
  }

  #takeKeyword(keyword: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'word' || token.text.toLowerCase() !== keyword) return false
    this.#at += 1
    return true
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: 'the end', column: 1 }
  }
}

const negated = (isNot: boolean, test: Test): Test => (isNot ? { kind: 'not', of: test } : test)

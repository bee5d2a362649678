import { assertNever } from '../result.ts'
import { type MachineFacts, valueOf } from './attributes.ts'
import type { Test } from './expression.ts'
import type { Operator } from './tokens.ts'
import { compareVersions, isLike } from './values.ts'

/** Whether a test holds of a machine. What a machine does not have is unlike every value: `!=` and `not in` hold. */
export function holds(test: Test, facts: MachineFacts): boolean {
  switch (test.kind) {
    case 'all':
      return test.of.every((one) => holds(one, facts))
    case 'any':
      return test.of.some((one) => holds(one, facts))
    case 'not':
      return !holds(test.of, facts)
    case 'exists':
      return valuesOf(test, facts).length > 0
    case 'in':
      return valuesOf(test, facts).some((value) => test.values.some((asked) => isEqual(value, asked)))
    case 'compare': {
      const values = valuesOf(test, facts)
      if (test.operator === '!=') return values.every((value) => !isEqual(value, test.value))
      return values.some((value) => compares(test.operator, value, test.value))
    }
    default:
      return assertNever(test)
  }
}

type Looking = Extract<Test, { readonly kind: 'exists' | 'in' | 'compare' }>

function valuesOf({ subject }: Looking, facts: MachineFacts): readonly (string | number)[] {
  const value = valueOf(subject, facts)
  if (value === undefined) return []
  return typeof value === 'string' || typeof value === 'number' ? [value] : value
}

/** Case does not count: nobody remembers how a maker writes a model. */
const isEqual = (value: string | number, asked: string | number): boolean =>
  typeof value === 'string' ? value.toLowerCase() === String(asked).toLowerCase() : value === asked

function compares(operator: Operator, value: string | number, asked: string | number): boolean {
  if (operator === '=') return isEqual(value, asked)
  if (operator === '~') return isLike(String(value), String(asked))
  const order =
    typeof value === 'number' && typeof asked === 'number'
      ? value - asked
      : compareVersions(String(value), String(asked))
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '!=':
      return order !== 0
    default:
      return assertNever(operator)
  }
}

import { assertNever } from '../result.ts'
import { LABEL_PREFIX, type Subject, typeOf } from './attributes.ts'
import type { Test } from './expression.ts'
import { writeValue } from './values.ts'

/** A test as it can be read again. */
export function write(test: Test): string {
  switch (test.kind) {
    case 'all':
      return test.of.map((one) => (one.kind === 'any' ? `(${write(one)})` : write(one))).join(' and ')
    case 'any':
      return test.of.map(write).join(' or ')
    case 'not':
      return test.of.kind === 'in' || test.of.kind === 'exists' ? negated(test.of) : `not (${write(test.of)})`
    case 'exists':
      return `${nameOf(test.subject)} exists`
    case 'in':
      return `${nameOf(test.subject)} in (${valuesOf(test)})`
    case 'compare':
      return `${nameOf(test.subject)} ${test.operator} ${writeValue(typeOf(test.subject), test.value)}`
    default:
      return assertNever(test)
  }
}

/** Its parts, all of which must hold. */
export const conditionsOf = (test: Test): readonly Test[] => (test.kind === 'all' ? test.of : [test])

function negated(test: Extract<Test, { readonly kind: 'in' | 'exists' }>): string {
  if (test.kind === 'exists') return `${nameOf(test.subject)} not exists`
  return `${nameOf(test.subject)} not in (${valuesOf(test)})`
}

const valuesOf = ({ subject, values }: Extract<Test, { readonly kind: 'in' }>): string =>
  values.map((value) => writeValue(typeOf(subject), value)).join(', ')

const nameOf = (subject: Subject): string =>
  'label' in subject ? `${LABEL_PREFIX}${subject.label}` : subject.attribute

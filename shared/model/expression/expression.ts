import type { Subject } from './attributes.ts'
import type { Operator } from './tokens.ts'

/** What must hold of a machine. */
export type Test =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Test[] }
  | { readonly kind: 'not'; readonly of: Test }
  | { readonly kind: 'exists'; readonly subject: Subject }
  | { readonly kind: 'in'; readonly subject: Subject; readonly values: readonly (string | number)[] }
  | {
      readonly kind: 'compare'
      readonly subject: Subject
      readonly operator: Operator
      readonly value: string | number
    }

/** An expression as it was written, and what it means. */
export type Expression = { readonly text: string; readonly test: Test }

/** Everything that a test looks at. */
export function subjectsOf(test: Test): readonly Subject[] {
  switch (test.kind) {
    case 'all':
    case 'any':
      return test.of.flatMap(subjectsOf)
    case 'not':
      return subjectsOf(test.of)
    case 'exists':
    case 'in':
    case 'compare':
      return [test.subject]
  }
}

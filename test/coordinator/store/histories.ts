import * as fc from 'fast-check'

/** What happens to a store, at random: transactions that hold or do not, compactions, and opening again. */

const KEYS = ['a', 'a/1', 'a/2', 'b/\u{1f600}', 'b/\uffff', 'c']
const writes = fc.array(
  fc.record({
    key: fc.constantFrom(...KEYS),
    value: fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: null }),
  }),
  { maxLength: 6 },
)
export const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      writes,
      guarded: fc.constantFrom(...KEYS),
      offset: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
)

export type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never

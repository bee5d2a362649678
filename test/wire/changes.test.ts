import test from 'ava'
import * as fc from 'fast-check'
import { instant } from '../../shared/model/time.ts'
import { decode } from '../../shared/wire/check.ts'
import { decodeChanges, encodeChanges } from '../../shared/wire/telemetry.ts'

const number = fc.oneof(fc.constantFrom(0, -0, 1, Number.NaN), fc.double({ noDefaultInfinity: true }))
const pair = fc.nat(40).chain((length) => {
  const numbers = fc.array(number, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values))
  return fc.tuple(numbers, numbers, fc.infiniteStream(fc.boolean()))
})
const sampleOf = (values: Float64Array) => ({ schemaId: 3, at: instant(1_700_000_000_123), values })

test('what moved, put upon the sample before, is the sample', (t) => {
  fc.assert(
    fc.property(pair, ([before, drawn, moves]) => {
      const after = drawn.map((value, index) => (moves.next().value === true ? value : (before[index] ?? 0)))
      const changes = encodeChanges(sampleOf(after), before)
      const wire = {
        schema_id: 3,
        time: { seconds: 1_700_000_000, nanos: 123_000_000 },
        changed: Buffer.from(changes.changed ?? []),
        values: (changes.values ?? []).map(Number),
      }
      const result = decode(() => decodeChanges('changes', wire, sampleOf(before)))
      t.true(result.ok)
      // Both zeros are one number to whoever reads them.
      if (result.ok)
        t.deepEqual(
          [...result.value.values].map((value) => value + 0),
          [...after].map((value) => value + 0),
        )
    }),
  )
})

test('a number that stays costs one bit, whatever it is', (t) => {
  const values = Float64Array.from({ length: 800 }, (_, index) => (index % 2 === 0 ? Number.NaN : index))
  const { changed, values: moved } = encodeChanges(sampleOf(values.slice()), values)
  t.is(changed?.length, 100)
  t.deepEqual(moved, [])
})

test('changes that fit no sample are refused in words', (t) => {
  const time = { seconds: 1, nanos: 0 }
  const before = sampleOf(Float64Array.of(1, 2, 3))
  const wire = { schema_id: 3, time, changed: Buffer.of(0b101), values: [7, 8] }
  const refused = (changes: Partial<typeof wire>, base: typeof before | null = before): string => {
    const result = decode(() => decodeChanges('changes', { ...wire, ...changes }, base))
    return result.ok ? '' : result.error.message
  }
  t.is(refused({}), '')
  t.regex(refused({}, null), /expected the schema of the sample before/)
  t.regex(refused({ schema_id: 4 }), /expected the schema of the sample before/)
  t.regex(refused({ changed: Buffer.of(1, 0) }), /one bit per metric/)
  t.regex(refused({ changed: Buffer.of(0b1001) }), /no bit beyond/)
  t.regex(refused({ values: [7] }), /one number for each bit/)
  t.regex(refused({ values: [7, 8, 9] }), /one number for each bit/)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3 }), fc.array(fc.double(), { maxLength: 10 }), (changed, values) => {
      refused({ changed: Buffer.from(changed), values })
    }),
  )
})

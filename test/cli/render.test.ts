import test from 'ava'
import * as fc from 'fast-check'
import { age, bytes, percent, plain, table } from '../../cli/render.ts'

test('columns are as wide as what is widest in them, and nothing ends with spaces', (t) => {
  const rows = [
    ['a', '1', 'x'],
    ['longer', '22', ''],
    ['ü–“', '', 'last'],
  ]
  t.is(table(['NAME', 'N', 'WHY'], rows), 'NAME    N   WHY\na       1   x\nlonger  22\nü–“         last\n')
  t.is(table(['NAME', 'WHY'], []), 'NAME  WHY\n')
})

test('every cell begins in the column of its name', (t) => {
  const cell = fc.stringMatching(/^[a-z0-9-]{0,12}$/)
  const rows = fc.array(fc.tuple(cell, cell, cell))
  fc.assert(
    fc.property(rows, (made) => {
      const [head = '', ...lines] = table(['ONE', 'TWO', 'THREE'], made).split('\n').slice(0, -1)
      t.is(lines.length, made.length)
      const starts = ['ONE', 'TWO', 'THREE'].map((name) => head.indexOf(name))
      for (const [index, row] of made.entries()) {
        for (const [column, value] of row.entries()) {
          t.true(value === '' || lines[index]?.startsWith(value, starts[column]) === true)
        }
      }
    }),
  )
})

test('text from elsewhere cannot move the cursor, begin a line or hide anything', (t) => {
  t.is(plain('a\u001b[2Jb\r\nc\u0007\u009b'), 'a\\x1b[2Jb\\x0d\\x0ac\\x07\\x9b')
  t.is(plain('Grüße, “fleet” – ok'), 'Grüße, “fleet” – ok')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/\p{Cc}/u.test(plain(text))))
})

test('sizes, ages and shares are short', (t) => {
  const sizes: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [100 * 1024 ** 2, '100 MiB'],
    [1024 ** 4, '1.0 TiB'],
    [1024 ** 6, '1024 PiB'],
  ]
  for (const [count, text] of sizes) t.is(bytes(count), text)
  const ages: readonly (readonly [number, string])[] = [
    [-5000, '0s'],
    [999, '0s'],
    [119_999, '119s'],
    [120_000, '2m'],
    [7_199_000, '119m'],
    [7_200_000, '2h'],
    [172_799_000, '47h'],
    [172_800_000, '2d'],
  ]
  for (const [milliseconds, text] of ages) t.is(age(milliseconds), text)
  t.is(percent(0.256), '26%')
  t.is(percent(Number.NaN), '-')
  t.is(percent(Number.POSITIVE_INFINITY), '-')
})

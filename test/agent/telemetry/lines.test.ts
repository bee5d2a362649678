import test from 'ava'
import * as fc from 'fast-check'
import { fieldsOf, linesOf, numberAfter, numberOf } from '../../../agent/telemetry/lines.ts'

function fields(text: string, separator = ' '): (readonly string[])[] {
  return linesOf(text, separator).map(fieldsOf)
}

function number(text: string): number {
  return numberOf(fields(text)[0]?.[0])
}

test('lines and fields are those that splitting the text gives', (t) => {
  const word = fc.constantFrom('a', '17', ' ', '\t', '\n', ':', 'eth0')
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const text = words.join('')
      const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n')
      const expected = text === '' ? [] : lines.map((line) => line.split(/[ \t:]+/).filter((field) => field !== ''))
      return JSON.stringify(fields(text, ':')) === JSON.stringify(expected)
    }),
  )
  t.pass()
})

test('numbers are those that the text says', (t) => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => number(String(value)) === value))
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 99 }), (whole, part) => {
      const text = `${whole}.${String(part).padStart(2, '0')}`
      return Math.abs(number(text) - Number(text)) < 1e-9 * Math.max(1, whole)
    }),
  )
  t.is(number('-5'), -5)
})

test('what is no plain decimal number is none', (t) => {
  const exotic = ['', '-', 'x', '1x', '0x10', '1e3', '10e2', '1e21', 'Infinity', '1.2.3', '.5', '+1', 'NaN', '--1', '½']
  for (const text of exotic) t.is(number(text), Number.NaN, text)
})

test('a number is found behind its word alone', (t) => {
  const text = '\nCached: 12 kB\nSwapCached:  34 kB\nMemFree: lots kB\nBuffers:'
  t.is(numberAfter(text, '\nCached:'), 12)
  t.is(numberAfter(text, '\nSwapCached:'), 34)
  for (const word of ['\nMemFree:', '\nBuffers:', '\nDirty:']) t.is(numberAfter(text, word), Number.NaN, word)
})

test('of a line without end only the first fields are told', (t) => {
  t.deepEqual(fieldsOf(Array.from({ length: 5000 }, (_, index) => index).join(' ')).slice(0, 3), ['0', '1', '2'])
  t.true(fieldsOf('0 '.repeat(5000)).length < 100)
})

import test from 'ava'
import * as fc from 'fast-check'
import { LineScanner, ascii } from '../../../agent/telemetry/scanner.ts'

function fields(text: string, separator = ' '): string[][] {
  const scanner = new LineScanner(separator)
  const bytes = ascii(text)
  scanner.load(bytes, bytes.length)
  const lines: string[][] = []
  while (scanner.nextLine()) {
    const line: string[] = []
    while (scanner.nextField()) line.push(scanner.text())
    lines.push(line)
  }
  return lines
}

function number(text: string): number {
  const scanner = new LineScanner()
  const bytes = ascii(text)
  scanner.load(bytes, bytes.length)
  scanner.nextLine()
  return scanner.nextNumber()
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
  for (const text of ['', '-', 'x', '1x', '0x10', '1e3', '1.2.3', '+1', 'NaN', '--1', '½'])
    t.is(number(text), Number.NaN, text)
})

test('bytes beyond the given length are not looked at', (t) => {
  const scanner = new LineScanner()
  scanner.load(ascii('12 34\n56'), 4)
  t.true(scanner.nextLine())
  t.is(scanner.nextNumber(), 12)
  t.is(scanner.nextNumber(), 3)
  t.is(scanner.nextNumber(), Number.NaN)
  t.false(scanner.nextLine())
})

import type { Buffer } from 'node:buffer'

/** More than any line has that is told of; the rest of the longest, that of all interrupts, is not looked at. */
const FIELDS_MAX = 64

/**
 * The lines of a file of the kernel, with single spaces between fields. Cutting text and reading numbers are left to
 * the engine's own routines: in an agent without compilers they are ten times as fast as a walk over bytes.
 *
 * @param separator one more character that ends a field, beside space and tab.
 */
export function linesOf(bytes: Buffer, length: number, separator = ' '): readonly string[] {
  let text = bytes.toString('latin1', 0, length).replaceAll('\t', ' ')
  if (separator !== ' ') text = text.replaceAll(separator, ' ')
  while (text.includes('  ')) text = text.replaceAll('  ', ' ')
  const lines = text.split('\n')
  // What comes after the last line's end is no line.
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The fields of one of these lines. */
export function fieldsOf(line: string): readonly string[] {
  const fields = line.split(' ', FIELDS_MAX)
  if (fields[0] === '') fields.shift()
  if (fields.at(-1) === '') fields.pop()
  return fields
}

/** A field as a plain decimal number; NaN where it is anything else, or is not there. */
export function numberOf(field: string | undefined): number {
  if (field === undefined) return Number.NaN
  const value = Number(field)
  // Most are whole. The others take the long way: Number() takes more for a number than the kernel writes.
  if (Number.isSafeInteger(value) && `${value}` === field) return value
  return PLAIN.test(field) ? value : Number.NaN
}

const PLAIN = /^-?\d+(?:\.\d*)?$/

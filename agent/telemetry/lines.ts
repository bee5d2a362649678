/** More than any line has that is told of; the rest of the longest, that of all interrupts, is not looked at. */
const FIELDS_MAX = 64
/** Digits of the largest number that the kernel writes, and spaces before it. */
const NUMBER_MAX = 32

/*
 * Cutting text and reading numbers are left to the engine's own routines: in an agent without compilers they are ten
 * times as fast as a walk over bytes.
 */

/**
 * The lines of a file of the kernel, with single spaces between fields.
 *
 * @param separator one more character that ends a field, beside space and tab.
 */
export function linesOf(text: string, separator = ' '): readonly string[] {
  const lines = spaced(text, separator).split('\n')
  // What comes after the last line's end is no line.
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The same text with single spaces between fields. */
export function spaced(text: string, separator = ' '): string {
  let result = text.includes('\t') ? text.replaceAll('\t', ' ') : text
  if (separator !== ' ') result = result.replaceAll(separator, ' ')
  while (result.includes('  ')) result = result.replaceAll('  ', ' ')
  return result
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

/**
 * The whole number that stands behind a word; NaN where the word is not there, or something else follows it.
 *
 * @param word with the line's end before it and the space or colon behind it, so that no other word ends in it.
 */
export function numberAfter(text: string, word: string): number {
  const at = text.indexOf(word)
  if (at < 0) return Number.NaN
  const from = at + word.length
  return Number.parseInt(text.slice(from, from + NUMBER_MAX), 10)
}

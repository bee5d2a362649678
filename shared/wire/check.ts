import { type BilletError, invalidField } from '../model/errors.ts'
import { type Instant, type Milliseconds, instant, milliseconds } from '../model/time.ts'
import { type Result, ok, refuse } from '../model/result.ts'

/** A field that is not as the contract says. It never leaves `decode`, which makes a refusal of it. */
class InvalidField extends Error {
  readonly field: string
  readonly expected: string

  constructor(field: string, expected: string) {
    super(`${field}: ${expected}`)
    this.field = field
    this.expected = expected
  }
}

/** Runs a decoder: the value, or the refusal that names the first field at fault and what was expected there. */
export function decode<Value>(decoder: () => Value): Result<Value, BilletError> {
  try {
    return ok(decoder())
  } catch (error) {
    if (error instanceof InvalidField) return refuse(invalidField(error.field, error.expected))
    throw error
  }
}

export function invalid(field: string, expected: string): never {
  throw new InvalidField(field, expected)
}

/** A message that must be there. */
export function present<Value>(field: string, value: Value | null | undefined): Value {
  return value ?? invalid(field, 'expected a message, got none')
}

export function text(field: string, value: string, most: number): string {
  if (value.length > most) invalid(field, `expected at most ${most} characters, got ${value.length}`)
  return value
}

export function bytes(field: string, value: Uint8Array, most: number): Uint8Array {
  if (value.length > most) invalid(field, `expected at most ${most} bytes, got ${value.length}`)
  return value
}

/** A whole number from `least` to `most`. */
export function count(field: string, value: number, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  const upTo = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
  return invalid(field, `expected a whole number ${upTo}, got ${value}`)
}

export function list<Value>(field: string, values: readonly Value[], most: number): readonly Value[] {
  if (values.length > most) invalid(field, `expected at most ${most} entries, got ${values.length}`)
  return values
}

type MapLimits = { readonly entries: number; readonly key: number; readonly value: number }

/** A map without a prototype's names in it: keys come from outside. */
export function map(
  field: string,
  value: Readonly<Record<string, string>>,
  limits: MapLimits,
): Readonly<Record<string, string>> {
  const entries = Object.entries(value)
  if (entries.length > limits.entries) invalid(field, `expected at most ${limits.entries} entries`)
  for (const [key, item] of entries) {
    if (key === '' || key.length > limits.key) invalid(field, `expected keys of 1 to ${limits.key} characters`)
    if (item.length > limits.value) {
      invalid(`${field}[${JSON.stringify(key)}]`, `expected at most ${limits.value} characters`)
    }
  }
  return Object.fromEntries(entries)
}

export function parsed<Value>(field: string, value: string, parse: (text: string) => Result<Value, string>): Value {
  const result = parse(value)
  return result.ok ? result.value : invalid(field, result.error)
}

/** The identifier in a resource name such as "machines/mch-…". */
export function resource<Id>(
  field: string,
  collection: string,
  name: string,
  parse: (text: string) => Result<Id, string>,
): Id {
  if (!name.startsWith(`${collection}/`)) {
    invalid(field, `expected "${collection}/" and an identifier, got ${JSON.stringify(name.slice(0, 64))}`)
  }
  return parsed(field, name.slice(collection.length + 1), parse)
}

/** A table from the model's words to the numbers on the wire. */
export type EnumTable<Word extends string> = Readonly<Record<Word, number>>

export function enumWord<Word extends string>(field: string, table: EnumTable<Word>, value: number): Word {
  for (const word in table) if (table[word] === value) return word
  return invalid(field, `expected one of ${Object.keys(table).join(', ')}, got the number ${value}`)
}

export type WireTimestamp = { readonly seconds: number; readonly nanos: number }

export function timestamp(at: Instant): WireTimestamp {
  const seconds = Math.floor(at / 1000)
  return { seconds, nanos: (at - seconds * 1000) * 1_000_000 }
}

export function optionalTimestamp(at: Instant | null): WireTimestamp | null {
  return at === null ? null : timestamp(at)
}

/** Times outside these are no times of this system: a clock that was never set, or nonsense. */
const LAST_SECOND = 253_402_300_799

export function instantOf(field: string, stamp: WireTimestamp | null): Instant {
  const { seconds, nanos } = present(field, stamp)
  count(`${field}.seconds`, seconds, 0, LAST_SECOND)
  count(`${field}.nanos`, nanos, 0, 999_999_999)
  return instant(seconds * 1000 + Math.floor(nanos / 1_000_000))
}

export function optionalInstant(field: string, stamp: WireTimestamp | null): Instant | null {
  return stamp === null ? null : instantOf(field, stamp)
}

export function duration(value: Milliseconds): WireTimestamp {
  const seconds = Math.floor(value / 1000)
  // Never a whole second: what is rounded up to one would be out of its range.
  return { seconds, nanos: Math.min(999_999_999, Math.round((value - seconds * 1000) * 1_000_000)) }
}

/** A length of time, or `otherwise` where none is given. */
export function durationOf(
  field: string,
  value: WireTimestamp | null,
  otherwise: Milliseconds,
  most: Milliseconds,
): Milliseconds {
  if (value === null) return otherwise
  const length = value.seconds * 1000 + value.nanos / 1_000_000
  if (length >= 0 && length <= most) return milliseconds(length)
  return invalid(field, `expected from 0 to ${most / 1000} s, got ${length / 1000} s`)
}

export function atLeast(field: string, length: Milliseconds, least: Milliseconds): Milliseconds {
  return length >= least ? length : invalid(field, `expected at least ${least / 1000} s, got ${length / 1000} s`)
}

import { type Result, ok, refuse } from './result.ts'
import { type Instant, hours } from './time.ts'

/** Times of day and dates in UTC, by the Gregorian calendar. */

export const DAY = hours(24)

/** Days since 1970. */
export const dayOf = (at: Instant): number => Math.floor(at / DAY)

const two = (value: number): string => String(value).padStart(2, '0')

/** A time for people, to the minute: "2026-12-24T18:00Z". */
export function utc(at: Instant): string {
  const minutes = Math.floor((at % DAY) / 60_000)
  return `${dayText(dayOf(at))}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}Z`
}

/** "2026-12-24" of a day since 1970. */
export function dayText(day: number): string {
  // Years are counted from March, so that leap days end one (Howard Hinnant's method).
  const since = day + 719_468
  const era = Math.floor(since / 146_097)
  const dayOfEra = since - era * 146_097
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  const date = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`
}

/** Reads "2026-12-24". */
export function parseDay(text: string): Result<number, string> {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const [y, m, d] = [Number(year), Number(month), Number(date)]
  const shifted = y - (m <= 2 ? 1 : 0)
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
  const day = era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
  // What is no day of the calendar is written as another one.
  if (year !== undefined && day >= 0 && dayText(day) === text) return ok(day)
  return refuse(`expected a day such as 2026-12-24, got ${JSON.stringify(text.slice(0, 20))}`)
}

/** A length of time as the command line takes it, rounded down: "3h20m". */
export function lengthText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  const [whole, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (whole > 0) return rest === 0 ? `${whole}h` : `${whole}h${rest}m`
  return minutes > 0 ? `${minutes}m` : `${Math.floor(milliseconds / 1000)}s`
}

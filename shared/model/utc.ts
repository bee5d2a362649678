import type { Instant } from './time.ts'

const DAY = 86_400_000

const two = (value: number): string => String(value).padStart(2, '0')

/** A time for people, to the minute: "2026-12-24T18:00Z". */
export function utc(at: Instant): string {
  const { year, month, day } = dateOf(Math.floor(at / DAY))
  const minutes = Math.floor((at % DAY) / 60_000)
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  return `${date}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}Z`
}

/** The Gregorian date so many days after 1970-01-01. Years are counted from March, so that leap days end one. */
function dateOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const since = days + 719_468
  const era = Math.floor(since / 146_097)
  const dayOfEra = since - era * 146_097
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}

/** A length of time as the command line takes it, rounded down: "3h20m". */
export function lengthText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours > 0) return rest === 0 ? `${hours}h` : `${hours}h${rest}m`
  return minutes > 0 ? `${minutes}m` : `${Math.floor(milliseconds / 1000)}s`
}

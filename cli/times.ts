import { usage } from './errors.ts'
import { parseDuration } from './commands/shared.ts'

/** As a google.protobuf.Timestamp is written. */
export type Stamp = { readonly seconds: number; readonly nanos: number }

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)([Zz]|[+-]\d{2}:\d{2})$/

/** A time, or a length of time from now on: "2026-12-24T18:00:00Z", "2h". What comes back is told what time it is. */
export function parseTime(option: string): (text: string) => (now: number) => Stamp {
  return (text) => {
    if (/^\d+(?:\.\d+)?[a-z]+$/.test(text)) {
      const { seconds, nanos } = parseDuration(option)(text)
      return (now) => stampOf(now + seconds * 1000 + nanos / 1e6)
    }
    const at = timeOf(text)
    if (at !== undefined) return () => at
    throw usage(`${option}: expected a time such as 2026-12-24T18:00:00Z, or 2h, got ${JSON.stringify(text)}.`)
  }
}

/** A time of the calendar alone. */
export function parseCalendarTime(option: string): (text: string) => Stamp {
  return (text) => {
    const at = timeOf(text)
    if (at !== undefined) return at
    throw usage(`${option}: expected a time such as 2026-12-24T18:00:00Z, got ${JSON.stringify(text)}.`)
  }
}

function timeOf(text: string): Stamp | undefined {
  const [, day = '', time = '', zone = ''] = TIME.exec(text) ?? []
  const at = Date.parse(`${day}T${time}${zone.toUpperCase()}`)
  // The 30th of February would be the 2nd of March.
  const isDay = !Number.isNaN(at) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
  return isDay && at >= 0 ? stampOf(at) : undefined
}

function stampOf(milliseconds: number): Stamp {
  const whole = Math.round(milliseconds)
  const seconds = Math.floor(whole / 1000)
  return { seconds, nanos: (whole - seconds * 1000) * 1_000_000 }
}

import type { Expression } from './expression/expression.ts'
import type { ReservationName, TenantName } from './ids.ts'
import { type Instant, type Milliseconds, hours, instant, later, minutes } from './time.ts'

/** How often windows come again. In UTC, whose days are all of one length: a window does not move with the seasons. */
export type Recurrence = 'daily' | 'weekly'

export const PERIODS = { daily: hours(24), weekly: hours(24 * 7) } as const satisfies Readonly<
  Record<Recurrence, Milliseconds>
>

/** When a reservation has its windows. */
export type Timing = {
  /** When the first begins. */
  readonly start: Instant
  /** Of each; null: without an end. Shorter than the time between two. */
  readonly duration: Milliseconds | null
  /** Null: there is one window alone. */
  readonly recurrence: Recurrence | null
  /** No window begins after this; null: they come for ever. */
  readonly lastStart: Instant | null
  /** Windows that began by then are over, whatever they were meant to last. */
  readonly endedUntil: Instant | null
}

/** From its start up to, and without, its end; null: it has none. */
export type Window = { readonly start: Instant; readonly end: Instant | null }

/** The window that is open at a time, or else the next one; null: there is none any more. */
export function windowAt({ start, duration, recurrence, lastStart, endedUntil }: Timing, at: Instant): Window | null {
  const ended = endedUntil ?? -1
  if (recurrence === null || duration === null) {
    const end = duration === null ? null : later(start, duration)
    return start <= ended || (end !== null && end <= at) ? null : { start, end }
  }
  const period = PERIODS[recurrence]
  // The first that ends after `at`, and begins after those that were ended.
  const open = Math.floor((at - start - duration) / period) + 1
  const left = Math.floor((ended - start) / period) + 1
  const begins = instant(start + Math.max(0, open, left) * period)
  return lastStart !== null && begins > lastStart ? null : { start: begins, end: later(begins, duration) }
}

export const isOpen = (window: Window | null, now: Instant): window is Window => window !== null && window.start <= now

/** The first window of one that overlaps one of the other, from a time on; null: none ever does. */
export function overlap(left: Timing, right: Timing, from: Instant): Window | null {
  // Once both have begun, what does not happen within the longest period never does.
  const begun = Math.max(from, left.start, right.start, left.endedUntil ?? 0, right.endedUntil ?? 0)
  const settled = begun + 2 * PERIODS.weekly
  let one = windowAt(left, from)
  let other = windowAt(right, from)
  while (one !== null && other !== null && Math.min(one.start, other.start) <= settled) {
    if (one.end !== null && one.end <= other.start) one = windowAt(left, other.start)
    else if (other.end !== null && other.end <= one.start) other = windowAt(right, one.start)
    else return one.start > other.start ? one : other
  }
  return null
}

/** What sets machines aside for some, or for upkeep, at certain times. */
export type Reserved = Timing & {
  readonly name: ReservationName
  /** Who may use its machines within its windows; nobody: they are for upkeep. */
  readonly tenants: readonly TenantName[]
  /** Whether what others run there is asked to end when a window begins. */
  readonly evicts: boolean
  /** Whether what has no time limit may start there before a window begins. */
  readonly admitsUnlimited: boolean
}

/** Who asks for a machine. */
export type Asker = {
  readonly tenant: TenantName
  /** The reservation that it is to be placed in; empty: anywhere. */
  readonly reservation: string
  /** How long it may run, in milliseconds; Infinity: nobody knows. */
  readonly length: number
}

/** What cleaning and validating a machine after a tenant is expected to take, until more is known. */
export const CLEANING = minutes(2)

/** Whether a reservation leaves its machines to somebody at all times. */
export const isFor = ({ tenants }: Pick<Reserved, 'tenants'>, { tenant }: Pick<Asker, 'tenant'>): boolean =>
  tenants.includes(tenant)

/** The window in whose way something that starts on its machines at a time would be; null: it may start. */
export function windowAgainst(reserved: Reserved, asker: Asker, at: Instant): Window | null {
  if (isFor(reserved, asker)) return null
  const window = windowAt(reserved, at)
  if (window === null) return null
  if (at + asker.length + CLEANING <= window.start) return null
  const mayBeStopped = asker.length === Infinity && reserved.admitsUnlimited
  return mayBeStopped && at < window.start ? null : window
}

/** Whether a machine with these reservations is kept from somebody at this time. */
export function isKeptFrom(all: readonly Reserved[], asker: Asker, now: Instant): boolean {
  const isWithin = asker.reservation === '' || all.some((one) => isNamed(asker)(one) && isOpen(windowAt(one, now), now))
  return !isWithin || all.some((one) => windowAgainst(one, asker, now) !== null)
}

/** Whether what runs so long fits between two windows that come for ever. */
function fitsBetween({ recurrence, duration, admitsUnlimited }: Reserved, { length }: Asker): boolean {
  if (recurrence === null) return true
  if (length === Infinity) return admitsUnlimited
  return length + CLEANING <= PERIODS[recurrence] - (duration ?? 0)
}

/** Whether a machine with these reservations could ever be given to somebody who asks so, if it were free. */
export function isEverFree(all: readonly Reserved[], asker: Asker): boolean {
  if (asker.reservation !== '' && !all.some(isNamed(asker))) return false
  return all.every((one) => isFor(one, asker) || one.lastStart !== null || fitsBetween(one, asker))
}

/** From when on, as far as these reservations go, a machine could be given to somebody; null: nobody knows. */
export function freeFrom(all: readonly Reserved[], asker: Asker, at: Instant): Instant | null {
  let from = at
  for (let round = 0; round <= 2 * all.length; round += 1) {
    const before = from
    for (const one of all) {
      const next = passed(one, asker, from)
      if (next === null) return null
      from = next
    }
    if (from === before) return asker.reservation === '' || all.some(isNamed(asker)) ? from : null
  }
  return null
}

const isNamed =
  (asker: Asker) =>
  (one: Reserved): boolean =>
    one.name === asker.reservation && isFor(one, asker)

/** The first time from `at` on at which this one is not in the way. */
function passed(one: Reserved, asker: Asker, at: Instant): Instant | null {
  if (isNamed(asker)(one)) {
    const own = windowAt(one, at)
    return own === null ? null : instant(Math.max(at, own.start))
  }
  const window = windowAgainst(one, asker, at)
  if (window === null) return at
  if (one.recurrence === null || fitsBetween(one, asker)) return window.end
  if (one.lastStart === null) return null
  const turns = Math.floor((one.lastStart - one.start) / PERIODS[one.recurrence])
  return instant(one.start + turns * PERIODS[one.recurrence] + (one.duration ?? 0))
}

/** How machines are found for a reservation that names none. */
export type Wanted = { readonly count: number; readonly require: Expression | null }

export const RESERVATION_BOUNDS = {
  /** That are not over. */
  most: 100,
  /** Of those that are over. */
  kept: 50,
  machinesMost: 20_000,
  tenantsMost: 64,
  durationLeast: minutes(1),
  durationMost: hours(24 * 365),
  /** From now to the start. */
  aheadMost: hours(24 * 365 * 2),
  countMost: 1000,
} as const

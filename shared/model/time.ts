/** Milliseconds since the Unix epoch, by the wall clock: for stamping, never for measuring. */
export type Instant = number & { readonly unit: 'instant' }
/** A length of time. */
export type Milliseconds = number & { readonly unit: 'milliseconds' }

export function isInstant(value: number): value is Instant {
  return Number.isSafeInteger(value) && value >= 0
}

export function instant(value: number): Instant {
  if (!isInstant(value)) throw new RangeError(`not an instant in milliseconds: ${value}`)
  return value
}

function isMilliseconds(value: number): value is Milliseconds {
  return Number.isFinite(value) && value >= 0
}

export function milliseconds(value: number): Milliseconds {
  if (!isMilliseconds(value)) throw new RangeError(`not a length of time: ${value}`)
  return value
}

export const seconds = (value: number): Milliseconds => milliseconds(value * 1000)
export const minutes = (value: number): Milliseconds => milliseconds(value * 60_000)
export const hours = (value: number): Milliseconds => milliseconds(value * 3_600_000)

export function later(from: Instant, by: Milliseconds): Instant {
  return instant(Math.round(from + by))
}

/** Two clocks in one: the wall's for stamping, the monotonic one for measuring. */
export interface Clock {
  now(): Instant
  /** Milliseconds since an arbitrary start; never goes back. Suspended time may be left out. */
  monotonic(): Milliseconds
}

import { Buffer } from 'node:buffer'

/** How the kernel's clock follows another one: what adjtimex(2) tells, in seconds. */
export type ClockDiscipline = {
  /** Whether something sets the clock by another one. */
  readonly isSynchronised: boolean
  /** What is still to be corrected: above nothing where this clock is behind. */
  readonly offset: number
  readonly estimatedError: number
  readonly maximumError: number
  /** Of the clock's own frequency: 1 is none. */
  readonly frequencyRatio: number
}

/** More than `struct timex` has, on machines of 64 bits. */
export const TIMEX_BYTES = 256

/** Nothing sets it, or the clock itself failed: STA_UNSYNC and STA_CLOCKERR. */
const UNSYNCHRONISED = 0x1040
/** Parts of a second are nanoseconds, and not microseconds. */
const NANOSECONDS = 0x2000
/** Parts per million, times 2^16. */
const FREQUENCY_UNIT = 1e6 * 2 ** 16

/** `struct timex` of <sys/timex.h>, on machines of 64 bits. */
export function parseTimex(timex: Uint8Array): ClockDiscipline {
  const page = Buffer.from(timex.buffer, timex.byteOffset, timex.length)
  const status = page.readInt32LE(40)
  const second = (status & NANOSECONDS) === 0 ? 1e6 : 1e9
  return {
    isSynchronised: (status & UNSYNCHRONISED) === 0,
    offset: Number(page.readBigInt64LE(8)) / second,
    frequencyRatio: 1 + Number(page.readBigInt64LE(16)) / FREQUENCY_UNIT,
    maximumError: Number(page.readBigInt64LE(24)) / 1e6,
    estimatedError: Number(page.readBigInt64LE(32)) / 1e6,
  }
}

import { uptime } from 'node:os'
import process from 'node:process'
import { type Clock, type Milliseconds, instant, milliseconds } from './model/time.ts'

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  monotonic: () => milliseconds(Number(process.hrtime.bigint() / 1000n) / 1000),
}

/**
 * Since the boot, by the clock that counts suspended time too and is never set: to 10 ms, and never ahead. The
 * monotonic clock of the runtime stands still while the machine is suspended.
 */
export function sinceBoot(): Milliseconds {
  return milliseconds(Math.floor(uptime() * 1000))
}

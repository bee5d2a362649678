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

/** How much of the time that passes may go into coming back to the wall clock. */
const SLEW = 0.01

/**
 * Time for deciding: begins at the wall clock, goes with the monotonic one, never back and never ahead at a jump. A
 * wall clock that is set is followed slowly, by a hundredth of the time that passes.
 */
export function steady(clock: Clock): Clock {
  let at: number = clock.now()
  let since: number = clock.monotonic()
  return {
    monotonic: () => clock.monotonic(),
    now: () => {
      const passed = clock.monotonic() - since
      const behind = clock.now() - (at + passed)
      at += passed + Math.max(-passed * SLEW, Math.min(passed * SLEW, behind))
      since += passed
      return instant(Math.floor(at))
    },
  }
}

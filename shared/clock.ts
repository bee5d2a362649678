import process from 'node:process'
import { type Clock, instant, milliseconds } from './model/time.ts'

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  monotonic: () => milliseconds(Number(process.hrtime.bigint() / 1000n) / 1000),
}

import { type Milliseconds, milliseconds, seconds } from '../../shared/model/time.ts'

export type BeatWishes = {
  /** Somebody looks at this machine at this moment. */
  readonly watched: boolean
  /** The tenant asked for as little disturbance as can be had. */
  readonly quiet: boolean
}

/** A tenant's wish for quiet is stronger than an onlooker's curiosity. */
export function beatPeriod({ watched, quiet }: BeatWishes): Milliseconds {
  if (quiet) return seconds(60)
  return watched ? seconds(1) : seconds(10)
}

/** Where in the period a machine's beats lie, from 0 up to 1: the same at each start, another for each machine. */
export function beatPhase(machine: string): number {
  let mixed = 0x811c9dc5
  for (let index = 0; index < machine.length; index += 1) {
    mixed = Math.imul(mixed ^ machine.charCodeAt(index), 0x01000193) >>> 0
  }
  // The last characters of an identifier must reach the high bits too, or neighbours would beat together.
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 0x1_0000_0000
}

/**
 * How long to wait until the next beat. Beats lie on a grid of the period, shifted by the phase: they never drift, a
 * late one shortens nothing but its own wait, and thousands of machines spread evenly over the period.
 *
 * @param now of any clock, as long as it is always the same.
 */
export function untilNextBeat(now: number, period: Milliseconds, phase: number): Milliseconds {
  const into = (((now - period * phase) % period) + period) % period
  return milliseconds(period - into)
}

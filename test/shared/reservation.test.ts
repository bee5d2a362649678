import test from 'ava'
import * as fc from 'fast-check'
import { parseReservationName } from '../../shared/model/ids.ts'
import {
  type Asker,
  CLEANING,
  PERIODS,
  type Reserved,
  type Timing,
  type Window,
  freeFrom,
  isEverFree,
  isKeptFrom,
  overlap,
  windowAt,
} from '../../shared/model/reservation.ts'
import { type Instant, hours, instant, milliseconds, minutes } from '../../shared/model/time.ts'
import { lengthText, utc } from '../../shared/model/utc.ts'
import { must, tenant } from '../fixtures.ts'

const HOUR = hours(1)
const DAYS = 24

/** All in whole hours of a few weeks, so that every window can be looked at. */
const hour = (most: number, least = 0): fc.Arbitrary<Instant> =>
  fc.integer({ min: least, max: most }).map((count) => instant(count * HOUR))

const timing: fc.Arbitrary<Timing> = fc
  .record({
    start: hour(20 * DAYS),
    length: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 7 * DAYS - 1 })),
    recurrence: fc.constantFrom(null, 'daily' as const, 'weekly' as const),
    more: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
    ended: fc.option(hour(20 * DAYS), { nil: null }),
    isEndless: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
  })
  .map(({ start, length, recurrence, more, ended, isEndless }) => {
    const whole = isEndless && recurrence === null ? null : hours(recurrence === 'daily' ? length % DAYS || 1 : length)
    const last = recurrence === null || more === null ? null : instant(start + more * PERIODS[recurrence] + 5 * HOUR)
    return { start, duration: whole, recurrence, lastStart: last, endedUntil: ended }
  })

/** Every window, said as plainly as can be. */
function windows({ start, duration, recurrence, lastStart, endedUntil }: Timing): readonly Window[] {
  const all: Window[] = []
  for (let turn = 0; turn < 200; turn += 1) {
    const begins = instant(start + turn * (recurrence === null ? 0 : PERIODS[recurrence]))
    if (lastStart !== null && begins > lastStart) break
    const end = duration === null ? null : instant(begins + duration)
    if (endedUntil === null || begins > endedUntil) all.push({ start: begins, end })
    if (recurrence === null) break
  }
  return all
}

test('the window at a time is the first that is not over then', (t) => {
  fc.assert(
    fc.property(timing, hour(40 * DAYS), (one, at) => {
      const plain = windows(one).find(({ end }) => end === null || end > at) ?? null
      t.deepEqual(windowAt(one, at), plain)
    }),
    { numRuns: 3000 },
  )
  t.pass()
})

test('two reservations overlap where some window of one overlaps one of the other, however far ahead', (t) => {
  let found = 0
  fc.assert(
    fc.property(timing, timing, hour(20 * DAYS), (left, right, from) => {
      const ahead = (one: Timing): readonly Window[] => windows(one).filter(({ end }) => end === null || end > from)
      const overlaps = (one: Window, other: Window): boolean =>
        (one.end === null || one.end > other.start) && (other.end === null || other.end > one.start)
      const plain = ahead(left).some((one) => ahead(right).some((other) => overlaps(one, other)))
      t.is(overlap(left, right, from) !== null, plain)
      t.is(overlap(right, left, from) !== null, plain)
      if (plain) found += 1
    }),
    { numRuns: 3000 },
  )
  t.true(found > 500 && found < 2900, `${found}`)
})

const name = (text: string) => must(parseReservationName(text))
const reserved = (names: readonly string[]): fc.Arbitrary<Reserved> =>
  fc
    .record({
      timing,
      name: fc.constantFrom(...names.map(name)),
      tenants: fc.subarray([tenant('a'), tenant('b')]),
      evicts: fc.boolean(),
      admitsUnlimited: fc.boolean(),
    })
    .map(({ timing: when, ...others }) => ({
      ...when,
      ...others,
      admitsUnlimited: others.evicts && others.admitsUnlimited,
    }))

/** No two have one name. */
const some = fc.uniqueArray(reserved(['one', 'two', 'three']), { maxLength: 3, selector: (one) => one.name })

const asker: fc.Arbitrary<Asker> = fc.record({
  tenant: fc.constantFrom(tenant('a'), tenant('b'), tenant('c')),
  reservation: fc.constantFrom('', '', 'one'),
  length: fc.oneof(
    fc.constant(Infinity),
    fc.integer({ min: 1, max: 24 * DAYS }).map((count) => count * HOUR - CLEANING),
  ),
})

/** Whether all of it could be there, hour by hour: nobody else's window is open, or is to open before it is over. */
function mayStart(all: readonly Reserved[], { tenant: who, reservation, length }: Asker, at: Instant): boolean {
  const named = all.filter((one) => one.name === reservation && one.tenants.includes(who))
  const isWithin = named.some((one) => windows(one).some(({ start, end }) => start <= at && (end === null || at < end)))
  if (reservation !== '' && !isWithin) return false
  return all.every((one) => {
    if (one.tenants.includes(who)) return true
    return windows(one).every(({ start, end }) => {
      if (end !== null && end <= at) return true
      if (length === Infinity && one.admitsUnlimited && at < start) return true
      return at + length + CLEANING <= start
    })
  })
}

test('who is not named is never there within a window, and may be there whenever that is so', (t) => {
  let kept = 0
  fc.assert(
    fc.property(some, asker, hour(40 * DAYS, 20 * DAYS), (all, who, at) => {
      const isKept = isKeptFrom(all, who, at)
      if (isKept) kept += 1
      t.is(isKept, !mayStart(all, who, at))
      // The first time at which it may is told, and none is told where there is none.
      const from = freeFrom(all, who, at)
      if (from !== null) {
        t.false(isKeptFrom(all, who, from))
        for (let time = at; time < from; time = instant(time + HOUR)) t.true(isKeptFrom(all, who, time))
      }
      if (!isEverFree(all, who)) {
        for (let time = at + 30 * DAYS * HOUR; time < at + 45 * DAYS * HOUR; time += HOUR) {
          t.true(isKeptFrom(all, who, instant(time)))
        }
      }
    }),
    { numRuns: 1500 },
  )
  t.true(kept > 300, `${kept}`)
})

test('times are told as everybody tells them, and lengths as the command line takes them', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => {
      t.is(utc(instant(at)), `${new Date(at).toISOString().slice(0, 16)}Z`)
    }),
  )
  t.is(lengthText(milliseconds(90_000)), '1m')
  t.is(lengthText(minutes(60)), '1h')
  t.is(lengthText(minutes(200)), '3h20m')
  t.is(lengthText(hours(49)), '49h')
  t.is(lengthText(milliseconds(59_000)), '59s')
})

import test from 'ava'
import * as fc from 'fast-check'
import { beatPeriod, beatPhase, untilNextBeat } from '../../../agent/telemetry/beat.ts'
import { milliseconds, seconds } from '../../../shared/model/time.ts'

test('a machine beats slowly, fast while watched, and slowest when its tenant asks for quiet', (t) => {
  t.is(beatPeriod({ watched: false, quiet: false }), seconds(10))
  t.is(beatPeriod({ watched: true, quiet: false }), seconds(1))
  t.is(beatPeriod({ watched: true, quiet: true }), seconds(60))
})

test('the next beat is after now, within a period, and on the grid', (t) => {
  const time = fc.integer({ min: 0, max: 2 ** 41 })
  const period = fc.integer({ min: 1000, max: 60_000 })
  fc.assert(
    fc.property(time, period, fc.nat(999), (now, length, thousandths) => {
      const phase = thousandths / 1000
      const wait = untilNextBeat(now, milliseconds(length), phase)
      const beat = (now + wait) / length - phase
      return wait > 0 && wait <= length && Math.abs(beat - Math.round(beat)) < 1e-3
    }),
  )
  t.pass()
})

test('machines spread over the period', (t) => {
  const buckets = new Set<number>()
  for (let machine = 0; machine < 1000; machine += 1) {
    const phase = beatPhase(`mch-${machine.toString(36).padStart(16, '0')}`)
    t.true(phase >= 0 && phase < 1)
    buckets.add(Math.floor(phase * 50))
  }
  t.is(buckets.size, 50)
})

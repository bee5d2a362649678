import test from 'ava'
import * as fc from 'fast-check'
import { Meter } from '../../../agent/health/meter.ts'
import { seconds } from '../../../shared/model/time.ts'
import { at } from './fixture.ts'

const WINDOW = 160
const MARKS = 16

type Beat = { readonly value: number; readonly after: number }
type Measure = 'increase' | 'changes'

/** The same, each time from all that was seen. */
function plain(beats: readonly Beat[], measure: Measure, fromZero: boolean): readonly number[] {
  let marks: { readonly at: number; readonly amount: number }[] = []
  let [now, amount, last] = [0, 0, fromZero ? 0 : Number.NaN]
  return beats.map(({ value, after }) => {
    now += after
    if (marks.length === 0) marks.push({ at: now, amount })
    if (!Number.isNaN(last)) amount += measure === 'changes' ? Number(value !== last) : Math.max(0, value - last)
    last = value
    const newest = marks.at(-1)?.at ?? 0
    if (now < newest) marks = []
    if (marks.length === 0 || now - newest >= WINDOW / MARKS) marks.push({ at: now, amount })
    marks = marks.slice(-MARKS)
    const before = marks.findLast((mark) => mark.at <= now - WINDOW) ?? marks[0]
    return amount - (before?.amount ?? 0)
  })
}

for (const measure of ['increase', 'changes'] as const) {
  test(`what a meter tells of the ${measure} is what all its marks tell`, (t) => {
    const value = fc.oneof(fc.constant(7), fc.nat(9), fc.double({ min: 0, max: 1e6, noNaN: true }))
    const after = fc.oneof(
      { weight: 9, arbitrary: fc.nat(30) },
      { weight: 1, arbitrary: fc.integer({ min: -400, max: 400 }) },
    )
    const beats = fc.array(fc.record({ value, after }), { maxLength: 120, size: 'max' })
    fc.assert(
      fc.property(beats, fc.boolean(), (seen, fromZero) => {
        const meter = new Meter({ measure, window: seconds(WINDOW), fromZero })
        let now = 0
        const told = seen.map((beat) => meter.add(beat.value, at((now += beat.after))))
        t.deepEqual(told, [...plain(seen, measure, fromZero)])
      }),
    )
  })
}

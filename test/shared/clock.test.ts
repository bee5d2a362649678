import test from 'ava'
import { sinceBoot, steady, systemClock } from '../../shared/clock.ts'
import { type Clock, instant, milliseconds } from '../../shared/model/time.ts'

/** A machine whose clocks are set by hand. */
class Hands implements Clock {
  wall = 1_000_000
  passed = 500
  now = () => instant(this.wall)
  monotonic = () => milliseconds(this.passed)

  pass(by: number): this {
    this.wall += by
    this.passed += by
    return this
  }
}

test('time for deciding goes with the clock on the wall', (t) => {
  const hands = new Hands()
  const clock = steady(hands)
  for (const by of [0, 1, 1000, 86_400_000]) {
    hands.pass(by)
    t.is(clock.now(), hands.now())
  }
})

test('a clock that is set moves no deadline: it is followed slowly, either way, and never back', (t) => {
  for (const jump of [3_600_000, -900_000]) {
    const hands = new Hands()
    const clock = steady(hands)
    let last = clock.now()
    hands.wall += jump
    let least = 1000
    let most = 1000
    for (let second = 0; second < 200_000; second += 1) {
      hands.pass(1000)
      const now = clock.now()
      least = Math.min(least, now - last)
      most = Math.max(most, now - last)
      last = now
    }
    t.true(least >= 989 && most <= 1011, `${least} to ${most}`)
    if (jump < 0) t.true(Math.abs(last - hands.now()) <= 1)
  }
})

test('the clock that counts from the boot is that of the kernel, and never ahead of it', (t) => {
  const before = sinceBoot()
  t.true(before > 0)
  t.true(sinceBoot() >= before)
  t.true(systemClock.monotonic() > 0)
})

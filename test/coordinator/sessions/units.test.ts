import { EventEmitter } from 'node:events'
import test from 'ava'
import * as fc from 'fast-check'
import { Gate } from '../../../coordinator/sessions/gate.ts'
import { Pace } from '../../../coordinator/sessions/pace.ts'
import { AgentSession } from '../../../coordinator/sessions/session.ts'
import { Supersessions } from '../../../coordinator/sessions/supersessions.ts'
import { type MachineId, epoch, idSource, term } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import type { DesiredState } from '../../../shared/model/run.ts'
import { type Milliseconds, milliseconds } from '../../../shared/model/time.ts'
import { order as orderOf } from '../../agent/core/fixture.ts'
import { Subscription } from '../../../shared/subscription.ts'
import type { SessionResponse } from '../../../shared/wire/gen/types/billet/v1/SessionResponse.ts'

const generator = random(9)
const ids = idSource((length) => generator.bytes(length))
const machine: MachineId = ids.machine()

/** A stream whose other side reads when it is told to. */
class SlowStream extends EventEmitter {
  readonly written: SessionResponse[] = []
  isFull = false

  write(message: SessionResponse): boolean {
    this.written.push(message)
    return !this.isFull
  }

  drain(): void {
    this.isFull = false
    this.emit('drain')
  }

  /** What was written, in words. */
  get kinds(): readonly string[] {
    return this.written.map(({ desired, heartbeat, welcome }) => {
      if (welcome !== undefined) return 'welcome'
      return desired === undefined ? `heartbeat ${String(heartbeat)}` : `epoch ${String(desired?.epoch)}`
    })
  }
}

function wanted(at: number): DesiredState {
  return { machine, term: term(1), epoch: epoch(at), goal: 'idle', assignment: null, upgrade: null, validation: 0 }
}

function session(overflow: () => void = () => {}) {
  const stream = new SlowStream()
  return { stream, session: new AgentSession(machine, stream, overflow) }
}

test('nothing goes out before the welcome, and the welcome replaces what was to be said of the state', (t) => {
  const made = session()
  made.session.desire(wanted(1))
  made.session.send({ heartbeat: 1 })
  t.deepEqual(made.stream.kinds, [])
  made.session.welcome({ welcome: {} }, wanted(2))
  made.session.desire(wanted(2))
  t.deepEqual(made.stream.kinds, ['welcome', 'heartbeat 1'])
  made.session.desire(wanted(3))
  t.deepEqual(made.stream.kinds, ['welcome', 'heartbeat 1', 'epoch 3'])
})

test('other peers are another order, whatever else is as it was', (t) => {
  const made = session()
  const of = (generation: number): DesiredState => {
    const { assignment } = orderOf({ epoch: 1, goal: 'run', generation })
    return { ...wanted(1), goal: 'run', assignment }
  }
  made.session.welcome({ welcome: {} }, of(1))
  made.session.desire(of(1))
  made.session.desire(of(2))
  made.session.desire(of(2))
  t.deepEqual(made.stream.kinds, ['welcome', 'epoch 1'])
})

test('while an agent does not read only the newest state waits for it, and the rest in a bounded queue', (t) => {
  let overflows = 0
  const made = session(() => {
    overflows += 1
  })
  made.session.welcome({ welcome: {} }, wanted(0))
  made.stream.isFull = true
  made.session.send({ heartbeat: 0 })
  for (let at = 1; at <= 50; at += 1) made.session.desire(wanted(at))
  made.session.send({ heartbeat: 1 })
  t.deepEqual(made.stream.kinds, ['welcome', 'heartbeat 0'])
  made.stream.drain()
  t.deepEqual(made.stream.kinds, ['welcome', 'heartbeat 0', 'heartbeat 1', 'epoch 50'])
  made.stream.isFull = true
  for (let beat = 0; beat < 2000; beat += 1) made.session.send({ heartbeat: beat })
  t.true(overflows > 0)
  made.session.end()
  const before = made.stream.written.length
  made.stream.drain()
  made.session.send({ heartbeat: 1 })
  t.is(made.stream.written.length, before, 'nothing is written to a session that is over')
})

test('however messages come, no more than the rate and the burst are taken without a wait', (t) => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 })
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 100 }),
      (pauses, perSecond, burst) => {
        const pace = new Pace({ perSecond, burst }, milliseconds(0))
        let now: Milliseconds = milliseconds(0)
        let taken = 0
        for (const pause of pauses) {
          now = milliseconds(now + pause)
          now = milliseconds(now + pace.wait(now))
          taken += 1
          // Debt of up to 50 ms is let go, since timers are no finer.
          t.true(taken <= burst + (perSecond * (now + 50)) / 1000 + 1e-6)
        }
      },
    ),
  )
})

test('an agent that says little never waits', (t) => {
  const pace = new Pace({ perSecond: 200, burst: 400 }, milliseconds(0))
  for (let at = 0; at < 60_000; at += 100) t.is(pace.wait(milliseconds(at)), milliseconds(0))
})

test('a gate lets so many in, makes others wait in line, and turns away the rest', async (t) => {
  const gate = new Gate(2, 2)
  t.true(await gate.enter())
  t.true(await gate.enter())
  const order: number[] = []
  const third = gate.enter().then((entered) => order.push(entered ? 3 : 0))
  const fourth = gate.enter().then((entered) => order.push(entered ? 4 : 0))
  t.false(await gate.enter())
  gate.leave()
  await third
  t.deepEqual(order, [3])
  gate.leave()
  await fourth
  t.deepEqual(order, [3, 4])
  gate.leave()
  gate.leave()
  t.true(await gate.enter())
})

test('sessions that end each other are told of once an hour, and a restart is not', (t) => {
  const supersessions = new Supersessions()
  const minute = (count: number) => milliseconds(count * 60_000)
  const told = (times: readonly number[]) => times.map((at) => supersessions.note(machine, minute(at)) ?? 0)
  t.deepEqual(told([0, 5, 10, 15]), [0, 0, 0, 0])
  t.is(supersessions.note(ids.machine(), minute(16)), undefined)
  t.deepEqual(told([20, 25, 30]), [5, 0, 0])
  t.deepEqual(told([90, 95, 100, 105, 110, 115]), [0, 0, 0, 0, 5, 0])
  const quiet = new Supersessions()
  t.deepEqual(
    [0, 100, 200, 300, 400, 500, 600].map((at) => quiet.note(machine, minute(at))),
    Array.from({ length: 7 }, () => undefined),
  )
})

test('a subscription is open at once, gives what waits after its end, and leaves its source once', async (t) => {
  const controller = new AbortController()
  const items = [1, 2]
  let left = 0
  const subscription = new Subscription({
    take: () => items.shift(),
    leave: () => {
      left += 1
    },
    signal: controller.signal,
  })
  t.deepEqual(await subscription.next(), { done: false, value: 1 })
  controller.abort()
  subscription.close()
  t.deepEqual(await subscription.next(), { done: false, value: 2 })
  t.deepEqual(await subscription.next(), { done: true, value: undefined })
  items.push(3)
  await subscription.return()
  t.deepEqual(items, [], 'what nobody will read is taken')
  t.is(left, 1)
})

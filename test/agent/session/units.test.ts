import { EventEmitter } from 'node:events'
import test from 'ava'
import * as fc from 'fast-check'
import { Backoff } from '../../../agent/session/backoff.ts'
import { Lease } from '../../../agent/session/lease.ts'
import { Outbox } from '../../../agent/session/outbox.ts'
import type { MessageSink } from '../../../shared/grpc/stream.ts'
import { epoch, term } from '../../../shared/model/ids.ts'
import type { MachineReport } from '../../../shared/model/run.ts'
import type { SampleSchema } from '../../../shared/model/telemetry.ts'
import { instant, milliseconds, seconds } from '../../../shared/model/time.ts'
import type { SessionRequest } from '../../../shared/wire/gen/types/billet/v1/SessionRequest.ts'

test('waits are anywhere up to a bound that doubles up to the cap', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(40), (chance, attempts) => {
      const backoff = new Backoff({ base: seconds(1), cap: seconds(30), random: () => chance })
      for (let attempt = 0; attempt < attempts; attempt += 1) backoff.next()
      return backoff.next() === Math.min(30_000, 1000 * 2 ** attempts) * chance
    }),
  )
  const backoff = new Backoff({ base: seconds(1), cap: seconds(30), random: () => 0.5 })
  backoff.next()
  backoff.next()
  backoff.reset()
  t.is(backoff.next(), milliseconds(500))
})

test('a lease runs from when its renewal was asked for, and answers may come late, twice or never', (t) => {
  const at = (value: number) => milliseconds(value)
  const lease = new Lease(seconds(45), at(1000))
  t.false(lease.hasEnded(at(45_999)))
  t.true(lease.hasEnded(at(46_000)))
  const first = lease.ask(at(10_000))
  const second = lease.ask(at(20_000))
  lease.answered(99)
  lease.answered(second)
  lease.answered(first)
  t.false(lease.hasEnded(at(64_999)))
  t.true(lease.hasEnded(at(65_000)))
})

class SlowSink extends EventEmitter implements MessageSink<SessionRequest> {
  readonly written: SessionRequest[] = []
  room = true

  write(message: SessionRequest): boolean {
    this.written.push(message)
    return this.room
  }

  drain(room: boolean): void {
    this.room = room
    this.emit('drain')
  }

  get kinds(): string[] {
    return this.written.flatMap((message) => Object.keys(message))
  }
}

function report(number: number): MachineReport {
  const nothing = { placement: null, startedAt: null, outcome: null, handBack: null, validation: null }
  return { epoch: epoch(number), term: term(1), state: 'idle', conditions: [], commands: [], ...nothing }
}

const schema = (id: number): SampleSchema => ({ id, metrics: [] })
const sample = (id: number, at: number) => ({ schemaId: id, at: instant(at), values: Float64Array.of(1) })

test('while the coordinator does not read, the newest report and sample wait, and no others', (t) => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  sink.room = false
  outbox.report(report(1))
  for (let number = 2; number < 100; number += 1) {
    outbox.report(report(number))
    outbox.sample(schema(1), sample(1, number * 1000))
  }
  t.is(sink.written.length, 1)
  sink.drain(true)
  t.deepEqual(sink.kinds, ['report', 'report', 'schema', 'sample'])
  t.is(sink.written[1]?.report?.epoch, 99)
  t.deepEqual(sink.written[3]?.sample?.time, { seconds: 99, nanos: 0 })
})

test('a schema goes before the first sample that it explains, once', (t) => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  outbox.sample(schema(1), sample(1, 1))
  outbox.sample(schema(1), sample(1, 2))
  outbox.sample(schema(2), sample(2, 3))
  t.deepEqual(sink.kinds, ['schema', 'sample', 'sample', 'schema', 'sample'])
})

test('where the coordinator takes changes, only what moved goes, and a whole sample now and then', (t) => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  outbox.takesChanges = true
  for (let number = 0; number < 300; number += 1) {
    outbox.sample(schema(1), { schemaId: 1, at: instant(number), values: Float64Array.of(7, number) })
  }
  t.deepEqual(sink.kinds.slice(0, 3), ['schema', 'sample', 'changes'])
  t.like(sink.written[2]?.changes, { schema_id: 1, changed: Uint8Array.of(0b10), values: [1] })
  t.is(sink.kinds.filter((kind) => kind === 'sample').length, 3)
  outbox.sample(schema(2), sample(2, 3))
  t.deepEqual(sink.kinds.slice(-2), ['schema', 'sample'])
})

test('output waits for room, behind what says a state, and gives up when the session ends', async (t) => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  sink.room = false
  outbox.heartbeat(1)
  const pieces = [1, 2, 3].map((reader) => outbox.output({ log_chunk: { reader } }))
  outbox.report(report(1))
  t.deepEqual(sink.kinds, ['heartbeat'])
  sink.drain(true)
  t.deepEqual(await Promise.all(pieces), [true, true, true])
  t.deepEqual(sink.kinds, ['heartbeat', 'report', 'log_chunk', 'log_chunk', 'log_chunk'])
  sink.room = false
  outbox.heartbeat(2)
  const late = outbox.output({ log_chunk: { reader: 4 } })
  outbox.close()
  t.false(await late)
})

import test from 'ava'
import * as fc from 'fast-check'
import { type TelemetryItem, TelemetryRings } from '../../../coordinator/telemetry/rings.ts'
import { type MachineId, idSource } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import type { Sample, SampleSchema } from '../../../shared/model/telemetry.ts'
import { instant, milliseconds } from '../../../shared/model/time.ts'

const generator = random(3)
const ids = idSource((length) => generator.bytes(length))

function schema(id: number, width: number, prefix = 'metric'): SampleSchema {
  const metric = (index: number) => ({ name: `${prefix}_${index}`, unit: '', labels: {}, kind: 'gauge' as const })
  return { id, metrics: Array.from({ length: width }, (_, index) => metric(index)) }
}

function sample(schemaId: number, at: number, ...values: readonly number[]): Sample {
  return { schemaId, at: instant(at), values: Float64Array.from(values) }
}

type Demand = readonly [MachineId, boolean]

function rings(samplesPerMachine: number, more: { readonly bytesMax?: number } = {}) {
  const demands: Demand[] = []
  const heard: (() => void)[] = []
  const made = new TelemetryRings({
    samplesPerMachine,
    linger: milliseconds(1),
    onDemand: (machine, watched) => {
      demands.push([machine, watched])
      for (const resolve of heard.splice(0)) resolve()
    },
    ...more,
  })
  const nextDemand = (): Promise<void> => new Promise((resolve) => heard.push(resolve))
  return { made, demands, nextDemand }
}

const all = (machine: MachineId) => ({ machine, holder: null })
const everything = { from: null, to: null, limit: 1000 }
const times = (samples: readonly { readonly at: number }[]): readonly number[] => samples.map(({ at }) => at)

async function take(items: AsyncIterator<TelemetryItem>): Promise<TelemetryItem> {
  const next = await items.next()
  if (next.done === true) throw new Error('the subscription is over')
  return next.value
}

test('a range is what was added last, whatever was added and however often the ring is resized', (t) => {
  const machine = ids.machine()
  const steps = fc.array(fc.record({ value: fc.double(), schema: fc.constantFrom(1, 2) }), { maxLength: 120 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 50 }), (added, capacity, limit) => {
      const { made } = rings(capacity)
      const kept: { readonly at: number; readonly value: number; readonly schema: number }[] = []
      let current = 0
      for (const [at, step] of added.entries()) {
        if (step.schema !== current) made.schema(machine, schema(step.schema, step.schema, `of_${step.schema}_${at}`))
        current = step.schema
        const values = Array.from({ length: step.schema }, () => step.value)
        if (made.sample(machine, sample(step.schema, at, ...values))) kept.push({ at, ...step })
      }
      const read = made.range(all(machine), { ...everything, limit }).flatMap(({ samples }) => samples)
      const expected = kept.slice(kept.length - read.length)
      t.true(read.length <= limit)
      t.deepEqual(times(read), times(expected))
      t.deepEqual(
        read.map(({ values }) => values[0]),
        expected.map(({ value }) => value),
      )
      const newest = made.latest([all(machine)]).flatMap(({ samples }) => samples)
      t.deepEqual(times(newest), times(kept.slice(-1)))
    }),
  )
})

test('a span takes its start in and leaves its end out, and gives the newest of it', (t) => {
  const { made } = rings(10)
  const machine = ids.machine()
  made.schema(machine, schema(1, 1))
  for (let at = 0; at < 15; at += 1) made.sample(machine, sample(1, at, at))
  const [found] = made.range(all(machine), { from: instant(6), to: instant(12), limit: 4 })
  t.deepEqual(times(found?.samples ?? []), [8, 9, 10, 11])
  t.deepEqual(made.range(all(machine), { from: instant(100), to: null, limit: 4 }), [])
  t.deepEqual(made.range(all(ids.machine()), everything), [])
})

test('samples that do not fit are dropped and counted; a number that could not be read is none of them', (t) => {
  const { made } = rings(10)
  const machine = ids.machine()
  t.false(made.sample(machine, sample(1, 0, 1)), 'before any schema')
  made.schema(machine, schema(1, 2))
  t.false(made.sample(machine, sample(2, 0, 1, 2)), 'of another schema')
  t.false(made.sample(machine, sample(1, 0, 1)), 'too few numbers')
  t.false(made.sample(machine, sample(1, 0, 1, Number.POSITIVE_INFINITY)), 'infinite')
  t.true(made.sample(machine, sample(1, 0, 1, Number.NaN)))
  t.is(made.dropped, 4)
})

test('a machine that says the same schema again, as after a reconnect, keeps its history', (t) => {
  const { made } = rings(10)
  const machine = ids.machine()
  made.schema(machine, schema(1, 1))
  made.sample(machine, sample(1, 1, 1))
  made.schema(machine, schema(7, 1))
  made.sample(machine, sample(7, 2, 2))
  const found = made.range(all(machine), everything)
  t.is(found.length, 1)
  t.deepEqual(times(found[0]?.samples ?? []), [1, 2])
  t.is(found[0]?.schema.id, 7)
  t.deepEqual(
    found[0]?.samples.map(({ schemaId }) => schemaId),
    [7, 7],
  )
})

test('all machines together stay within the bound, and share it equally', (t) => {
  const bytesMax = 64 * 1024
  const { made } = rings(1000, { bytesMax })
  const machines = Array.from({ length: 40 }, () => ids.machine())
  for (const machine of machines) {
    made.schema(machine, schema(1, 7))
    for (let at = 0; at < 200; at += 1) made.sample(machine, sample(1, at, 1, 2, 3, 4, 5, 6, 7))
    t.true(made.bytes <= bytesMax * 1.1, `${made.bytes}`)
  }
  for (const machine of machines) made.sample(machine, sample(1, 200, 1, 2, 3, 4, 5, 6, 7))
  const kept = machines.map((machine) => made.range(all(machine), everything)[0]?.samples.length ?? 0)
  // 64 KiB for 40 machines of 64 bytes a sample.
  t.true(made.bytes <= bytesMax)
  t.true(
    kept.every((count) => count >= 8 && count <= 25),
    kept.join(),
  )
  for (const machine of machines) made.forget(machine)
  t.is(made.bytes, 0)
})

test('schemas that come in a flood take no memory', (t) => {
  const { made } = rings(1000)
  const machine = ids.machine()
  for (let id = 1; id < 500; id += 1) made.schema(machine, schema(id, 1000, `of_${id}`))
  t.is(made.bytes, 0)
})

test('a slow reader finds the newest sample and how many it missed; a schema comes first and anew', async (t) => {
  const { made } = rings(10)
  const machine = ids.machine()
  const other = ids.machine()
  const items = made.subscribe([machine, other, machine].map(all), new AbortController().signal)
  made.schema(machine, schema(1, 1))
  made.schema(other, schema(1, 1))
  for (let at = 0; at < 5; at += 1) made.sample(machine, sample(1, at, at))
  made.sample(other, sample(1, 9, 9))
  t.like(await take(items), { kind: 'schema', machine })
  made.sample(machine, sample(1, 5, 5))
  t.like(await take(items), { kind: 'sample', machine, missed: 5, sample: { at: 5 } })
  t.like(await take(items), { kind: 'schema', machine: other })
  t.like(await take(items), { kind: 'sample', machine: other, missed: 0 })
  const waiting = take(items)
  made.sample(machine, sample(1, 6, 6))
  t.like(await waiting, { kind: 'sample', machine, missed: 0, sample: { at: 6 } })
  made.schema(machine, schema(2, 2))
  made.sample(machine, sample(2, 7, 7, 7))
  t.like(await take(items), { kind: 'schema', schema: { id: 2 } })
  await items.return()
})

test('a machine is watched from its first subscriber until some time after the last', async (t) => {
  const { made, demands, nextDemand } = rings(10)
  // What lingers keeps no program alive, so something must keep the test.
  const awake = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(awake))
  const machine = ids.machine()
  const controller = new AbortController()
  const first = made.subscribe([all(machine)], controller.signal)
  const second = made.subscribe([all(machine)], new AbortController().signal)
  t.deepEqual(demands, [[machine, true]])
  await first.return()
  const third = made.subscribe([all(machine)], controller.signal)
  const over = nextDemand()
  await second.return()
  const waiting = third.next()
  controller.abort()
  t.true((await waiting).done, 'a read that waits ends with the signal')
  await over
  t.deepEqual(demands, [
    [machine, true],
    [machine, false],
  ])
  t.false(made.isWatched(machine))
  const late = made.subscribe([all(machine)], AbortSignal.abort())
  t.true((await late.next()).done)
  t.is(demands.length, 2)
})

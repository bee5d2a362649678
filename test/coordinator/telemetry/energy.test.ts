import test from 'ava'
import { EnergyMeter } from '../../../coordinator/telemetry/energy.ts'
import { type PlacementId, idSource } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import type { Metric, MetricKind, Sample } from '../../../shared/model/telemetry.ts'
import { instant } from '../../../shared/model/time.ts'

const generator = random(9)
const ids = idSource((length) => generator.bytes(length))
const machine = ids.machine()
const [red, blue] = [ids.placement(), ids.placement()]

const metric = (name: string, kind: MetricKind, labels: Metric['labels'] = {}): Metric => {
  return { name, kind, labels, unit: '' }
}
const RAPL = metric('node_rapl_package_joules_total', 'counter')
const COUNTED = metric('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'counter', { UUID: 'a' })
const POWER = metric('DCGM_FI_DEV_POWER_USAGE', 'gauge', { UUID: 'a' })
const OTHER_POWER = metric('DCGM_FI_DEV_POWER_USAGE', 'gauge', { UUID: 'b' })

const sample = (second: number, ...values: readonly number[]): Sample => {
  return { schemaId: 1, at: instant(1_700_000_000_000 + second * 1000), values: Float64Array.from(values) }
}

/** What a meter makes of samples of one machine: joules and seconds by holder. */
function metered(
  metrics: readonly Metric[],
  ...samples: readonly (readonly [PlacementId | null, Sample])[]
): readonly (readonly [PlacementId, number, number])[] {
  const meter = new EnergyMeter()
  for (const [holder, one] of samples) meter.take(machine, holder, metrics, one)
  const drained = meter.drain().map(({ holder, joules, seconds }) => [holder, joules, seconds] as const)
  if (meter.drain().length > 0) throw new Error('it was drained')
  return drained
}

test('counters of energy give what they grew by, in joules', (t) => {
  const all = [RAPL, COUNTED, POWER]
  const samples = [sample(0, 100, 5000, 9e9), sample(10, 150, 7000, 9e9), sample(20, 170, 7000, 9e9)] as const
  t.deepEqual(metered(all, [red, samples[0]], [red, samples[1]], [red, samples[2]]), [[red, 72, 20]])
})

test('a GPU that counts no energy gives its power over time', (t) => {
  const all = [POWER, OTHER_POWER]
  t.deepEqual(metered(all, [red, sample(0, 100, 300)], [red, sample(10, 200, 300)]), [[red, 4500, 10]])
  t.deepEqual(metered([COUNTED, POWER, OTHER_POWER], [red, sample(0, 0, 9, 300)], [red, sample(10, 1000, 9, 300)]), [
    [red, 3001, 10],
  ])
})

test('energy is the holder’s of both samples; between two holders it is nobody’s', (t) => {
  const parts = metered(
    [RAPL],
    [null, sample(0, 0)],
    [red, sample(10, 10)],
    [red, sample(20, 20)],
    [null, sample(30, 40)],
    [blue, sample(40, 80)],
    [blue, sample(50, 160)],
  )
  t.deepEqual(parts, [
    [red, 10, 10],
    [blue, 80, 10],
  ])
  t.deepEqual(metered([RAPL], [red, sample(0, 0)], [blue, sample(10, 10)]), [])
})

test('what cannot be is not counted', (t) => {
  t.deepEqual(metered([RAPL], [red, sample(10, 100)], [red, sample(20, 50)]), [[red, 0, 10]], 'began anew')
  t.deepEqual(metered([RAPL], [red, sample(10, 100)], [red, sample(10, 200)]), [], 'no time went by')
  t.deepEqual(metered([RAPL], [red, sample(10, 100)], [red, sample(5, 200)]), [], 'the clock was put back')
  t.deepEqual(metered([RAPL], [red, sample(0, 0)], [red, sample(10, 1e12)]), [], 'no machine takes so much')
  t.deepEqual(metered([RAPL], [red, sample(0, 0)], [red, sample(10, Number.NaN)]), [], 'not read')
  t.deepEqual(metered([POWER], [red, sample(0, 100)], [red, sample(400, 100)]), [], 'what lies between is not known')
  t.deepEqual(metered([RAPL], [red, sample(0, 100)], [red, sample(400, 500)]), [[red, 400, 400]])
  t.deepEqual(metered([metric('node_load1', 'gauge')], [red, sample(0, 1)], [red, sample(10, 1)]), [])
})

test('with other metrics it begins anew', (t) => {
  const meter = new EnergyMeter()
  meter.take(machine, red, [RAPL], sample(0, 0))
  meter.take(machine, red, [RAPL, COUNTED], sample(10, 10, 10))
  t.deepEqual(meter.drain(), [])
})

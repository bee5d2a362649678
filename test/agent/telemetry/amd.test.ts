import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import { AmdSource } from '../../../agent/telemetry/amd.ts'
import { metricCatalogue } from '../../../shared/model/metrics/catalogue.ts'
import { minutes, seconds } from '../../../shared/model/time.ts'
import { type ManualClock, type Tree, manualClock, tree } from '../../fixtures/proc/tree.ts'

/** What the driver shows of one card. */
const CARD: Readonly<Record<string, string>> = {
  vendor: '0x1002\n',
  device: '0x74a1\n',
  product_name: 'AMD Instinct MI300X\n',
  unique_id: '8f4e0d1c2b3a4958\n',
  'power/runtime_status': 'active\n',
  gpu_busy_percent: '87\n',
  mem_busy_percent: '12\n',
  mem_info_vram_total: '206141652992\n',
  mem_info_vram_used: '103070826496\n',
  current_link_speed: '32.0 GT/s PCIe\n',
  max_link_speed: '32.0 GT/s PCIe\n',
  current_link_width: '16\n',
  max_link_width: '16\n',
  pcie_replay_count: '3\n',
  xgmi_error: '0x0\n',
  'hwmon/hwmon4/temp1_label': 'edge\n',
  'hwmon/hwmon4/temp1_input': '41000\n',
  'hwmon/hwmon4/temp2_label': 'junction\n',
  'hwmon/hwmon4/temp2_input': '68000\n',
  'hwmon/hwmon4/temp2_crit': '110000\n',
  'hwmon/hwmon4/temp3_label': 'mem\n',
  'hwmon/hwmon4/temp3_input': '55000\n',
  'hwmon/hwmon4/power1_average': '512000000\n',
  'hwmon/hwmon4/power1_cap': '750000000\n',
  'hwmon/hwmon4/freq1_label': 'sclk\n',
  'hwmon/hwmon4/freq1_input': '2100000000\n',
  'hwmon/hwmon4/freq2_label': 'mclk\n',
  'hwmon/hwmon4/freq2_input': '1300000000\n',
  'ras/umc_err_count': 'ue: 1\nce: 40\n',
  'ras/xgmi_wafl_err_count': 'ue: 0\nce: 2\n',
  'ras/features': 'feature mask: 0xdfff\n',
}

class Stage {
  readonly clock: ManualClock = manualClock()
  readonly machine: Tree
  readonly source: AmdSource

  constructor(t: ExecutionContext, count: number) {
    this.machine = tree(t, {})
    for (let index = 0; index < count; index += 1) {
      for (const [file, content] of Object.entries(CARD)) this.write(index, file, content)
    }
    this.source = new AmdSource(this.machine.sys, this.clock)
  }

  write(index: number, file: string, content: string): void {
    this.machine.write(`sys/class/drm/card${index}/device/${file}`, content)
  }

  async read(after = seconds(10)): Promise<string | null> {
    this.clock.advance(after)
    this.source.refresh()
    await this.source.settled()
    return this.source.refresh()
  }

  /** Until the files that are read once a minute have been. */
  async minute(): Promise<void> {
    for (let round = 0; round < 6; round += 1) await this.read()
  }

  value(name: string, labels: Readonly<Record<string, string>> = { gpu_id: '0' }): number | undefined {
    const index = this.source.metrics.findIndex(
      (metric) => metric.name === name && Object.entries(labels).every(([key, value]) => metric.labels[key] === value),
    )
    return index < 0 ? undefined : this.source.values[index]
  }
}

test('a card tells its quantities, each under the name of AMD’s own exporter where that has one', async (t) => {
  const on = new Stage(t, 2)
  t.is(await on.read(), null)
  const expected: Readonly<Record<string, number>> = {
    gpu_gfx_activity: 87,
    gpu_umc_activity: 12,
    gpu_total_vram: 196_592,
    gpu_used_vram: 98_296,
    gpu_edge_temperature: 41,
    gpu_junction_temperature: 68,
    gpu_memory_temperature: 55,
    gpu_package_power: 512,
    billet_amdgpu_power_cap_watts: 750,
    pcie_speed: 32,
    billet_amdgpu_pcie_width: 16,
    billet_amdgpu_pcie_replays_total: 3,
    billet_amdgpu_xgmi_errors_total: 0,
  }
  for (const [name, value] of Object.entries(expected)) t.is(on.value(name, { gpu_id: '1' }), value, name)
  t.is(on.value('gpu_clock', { clock_type: 'system' }), 2100)
  t.is(on.value('billet_amdgpu_temperature_critical_celsius', { sensor: 'junction' }), 110)
  t.is(on.value('billet_amdgpu_ras_errors_total', { block: 'umc', error: 'corrected' }), 40)
  t.is(on.value('billet_amdgpu_ras_errors_total', { block: 'umc', error: 'uncorrected' }), 1)
  t.is(on.value('billet_amdgpu_ras_errors_total', { block: 'xgmi_wafl', error: 'corrected' }), 2)
  t.like(on.source.metrics[1]?.labels, { card_model: 'AMD Instinct MI300X', serial_number: '8f4e0d1c2b3a4958' })
  t.is(on.value('billet_amdgpu_driver_hung', {}), 0)
})

test('the catalogue describes all that is told', async (t) => {
  const on = new Stage(t, 1)
  await on.read()
  const described = new Map(metricCatalogue.map((metric) => [metric.name, metric]))
  for (const { name, unit, kind, labels } of on.source.metrics) {
    const found = described.get(name)
    t.deepEqual([found?.unit, found?.kind], [unit, kind], name)
    for (const label of Object.keys(labels)) t.true(found?.labels.includes(label), `${name} ${label}`)
  }
})

test('cards of others, and a machine without any, tell nothing', async (t) => {
  const on = new Stage(t, 1)
  on.write(0, 'vendor', '0x10de\n')
  t.is(await on.read(), null)
  t.is(on.source.metrics.length, 0)
  const none = new Stage(t, 0)
  t.is(await none.read(), null)
  t.is(none.source.metrics.length, 0)
})

test('errors that a file forgets once read are added up', async (t) => {
  const on = new Stage(t, 1)
  await on.read()
  on.write(0, 'xgmi_error', '0x1\n')
  await on.minute()
  await on.minute()
  t.is(on.value('billet_amdgpu_xgmi_errors_total'), 2)
})

test('a device that sleeps is not woken', async (t) => {
  const on = new Stage(t, 2)
  await on.read()
  on.write(0, 'power/runtime_status', 'suspended\n')
  await on.read()
  t.is(on.value('gpu_gfx_activity'), Number.NaN)
  t.is(on.value('gpu_gfx_activity', { gpu_id: '1' }), 87)
  t.is(on.value('billet_amdgpu_xgmi_errors_total'), 0)
})

test('a file that goes, or holds anything, loses its own numbers alone', async (t) => {
  const on = new Stage(t, 1)
  await on.read()
  on.machine.remove('sys/class/drm/card0/device/gpu_busy_percent')
  on.write(0, 'mem_info_vram_used', '18446744073709551615\n')
  on.write(0, 'hwmon/hwmon4/temp2_input', '\n')
  t.is(await on.read(), null)
  for (const name of ['gpu_gfx_activity', 'gpu_used_vram', 'gpu_junction_temperature']) t.is(on.value(name), Number.NaN)
  t.is(on.value('gpu_package_power'), 512)
  // With the next look at what is there it is no longer told.
  await on.minute()
  t.is(on.value('gpu_gfx_activity'), undefined)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(CARD).filter((file) => file !== 'vendor')),
      fc.string(),
      async (file, text) => {
        on.write(0, file, text)
        await on.minute()
        return on.source.values.length === on.source.metrics.length
      },
    ),
    { numRuns: 30 },
  )
})

test('a driver that hangs costs its numbers, and no beat', async (t) => {
  const on = new Stage(t, 1)
  await on.read()
  on.clock.advance(minutes(2))
  on.source.refresh()
  on.clock.advance(minutes(2))
  t.is(on.source.refresh(), 'the driver of an AMD GPU does not answer')
  t.is(on.value('billet_amdgpu_driver_hung', {}), 1)
  t.is(on.value('gpu_gfx_activity'), Number.NaN)
  await on.source.settled()
})

test('a beat that comes a little early is not passed over', async (t) => {
  const on = new Stage(t, 1)
  await on.read()
  for (const use of [10, 20, 30]) {
    on.write(0, 'gpu_busy_percent', `${use}\n`)
    await on.read(seconds(9.9))
    t.is(on.value('gpu_gfx_activity'), use)
  }
})

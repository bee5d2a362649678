import test, { type ExecutionContext } from 'ava'
import { loadKoffi } from '../../../../agent/telemetry/reader/koffi.ts'
import { systemCalls } from '../../../../agent/telemetry/system/calls.ts'
import { SystemReader } from '../../../../agent/telemetry/system/reader.ts'
import { systemMetrics } from '../../../../shared/model/metrics/system.ts'
import { hasProgram, onlyWhere } from '../../../conditional.ts'
import { ataFile, healthLog, identity, nvmeFile, smartData, timex } from '../../../fixtures/system/pages.ts'
import { type SystemStandIn, systemStandIn } from '../../../fixtures/system/standin.ts'

const withGcc = onlyWhere(test, hasProgram('gcc'), 'gcc')

/** A reader of stand-ins, by true calls. */
class Stage {
  readonly machine: SystemStandIn
  readonly reader: SystemReader
  readonly asked: string[] = []
  problem: string | null = null

  constructor(t: ExecutionContext) {
    this.machine = systemStandIn(t)
    const { library, sys, dev } = this.machine
    const calls = systemCalls(loadKoffi(), library)
    this.reader = new SystemReader({ calls, sys, dev, asking: (device) => this.asked.push(device) })
  }

  read(late: readonly string[] = []): Readonly<Record<string, number>> {
    this.problem = this.reader.read(new Set(late), () => this.asked.push('told'))
    return this.told()
  }

  told(): Readonly<Record<string, number>> {
    const { metrics, values } = this.reader
    const keys = metrics.map(({ name, labels: { device, ...labels } }) =>
      [name, device, labels['attribute_id'], labels['attribute_value_type']].filter((word) => word !== undefined),
    )
    return Object.fromEntries(keys.map((key, index) => [key.join(' '), values[index] ?? Number.NaN]))
  }
}

withGcc('an NVMe disk tells of its health, and the kernel of its clock', (t) => {
  const on = new Stage(t)
  on.machine.nvme('nvme0', nvmeFile(healthLog({ warning: 4, used: 104, mediaErrors: 2n })))
  const told = on.read()
  t.is(on.problem, null)
  t.deepEqual(told, {
    node_timex_sync_status: 1,
    node_timex_offset_seconds: -0.0015,
    node_timex_estimated_error_seconds: 0.0012,
    node_timex_maxerror_seconds: 0.25,
    node_timex_frequency_adjustment_ratio: 1.001,
    'smartctl_device_critical_warning nvme0': 4,
    'smartctl_device_temperature nvme0': 38,
    'smartctl_device_available_spare nvme0': 100,
    'smartctl_device_available_spare_threshold nvme0': 10,
    'smartctl_device_percentage_used nvme0': 104,
    'smartctl_device_bytes_read nvme0': 20_480_000_000_000,
    'smartctl_device_bytes_written nvme0': 10_240_000_000_000,
    'smartctl_device_power_cycle_count nvme0': 31,
    'smartctl_device_power_on_seconds nvme0': 31_536_000,
    'smartctl_device_media_errors nvme0': 2,
    'smartctl_device_num_err_log_entries nvme0': 7,
    'billet_nvme_unsafe_shutdowns_total nvme0': 12,
    'billet_disk_health_refused nvme0': 0,
  })
})

const WORN = smartData([
  [5, 98, 0x0003_0000_0008n],
  [9, 90, 0x1234_0000_2710n],
  [12, 99, 55n],
  [194, 65, 0x002d_0011_0023n],
  [197, 100, 3n],
  [199, 100, 1n],
  [177, 12, 900n],
  [241, 99, 777n],
])

withGcc('a SATA disk tells its status, attributes and statistics', (t) => {
  const on = new Stage(t)
  on.machine.ata('sda', ataFile(WORN))
  const { smartctl_device_attribute: _, ...told } = on.read()
  t.like(told, {
    'smartctl_device_smart_status sda': 1,
    'smartctl_device_attribute sda 5 raw': 8,
    'smartctl_device_attribute sda 5 value': 98,
    'smartctl_device_attribute sda 197 raw': 3,
    'smartctl_device_attribute sda 199 raw': 1,
    'smartctl_device_attribute sda 177 value': 12,
    'smartctl_device_power_on_seconds sda': 36_000_000,
    'smartctl_device_power_cycle_count sda': 55,
    'smartctl_device_temperature sda': 35,
    'smartctl_device_percentage_used sda': 42,
    'smartctl_device_bytes_written sda': 512_000,
    'smartctl_device_bytes_read sda': 1_024_000,
    'billet_disk_health_refused sda': 0,
  })
  t.false(Object.keys(told).some((key) => key.includes(' 241 ')))
})

withGcc('a disk that foresees its end says so; one with platters has no wear', (t) => {
  const on = new Stage(t)
  on.machine.ata('sda', ataFile(WORN, { failing: true }), true)
  const told = on.read()
  t.is(told['smartctl_device_smart_status sda'], 0)
  t.is(told['smartctl_device_attribute sda 177 value'], undefined)
})

withGcc('a disk without logs, or without SMART, tells what it has', (t) => {
  const on = new Stage(t)
  on.machine.ata('sda', ataFile(WORN, {}, identity({ logs: false })))
  on.machine.ata('sdb', ataFile(WORN, {}, identity({ smart: false })))
  const told = on.read()
  t.is(told['smartctl_device_smart_status sda'], 1)
  t.is(told['smartctl_device_percentage_used sda'], undefined)
  t.is(on.problem, null)
  t.false(Object.keys(told).some((key) => key.includes('sdb')))
})

withGcc('a disk that sleeps is left asleep, and what it told stands', (t) => {
  const on = new Stage(t)
  on.machine.ata('sda', ataFile(WORN), true)
  on.read()
  on.machine.ata('sda', ataFile(smartData([[5, 1, 99n]]), { powerMode: 0 }), true)
  t.is(on.read()['smartctl_device_attribute sda 5 raw'], 8)
  on.machine.ata('sda', ataFile(smartData([[5, 1, 99n]]), { powerMode: 0x80 }), true)
  t.is(on.read()['smartctl_device_attribute sda 5 raw'], 99)
})

withGcc('a disk that answers with errors is told of, takes nothing from others, and comes back', (t) => {
  const on = new Stage(t)
  on.machine.nvme('nvme0', nvmeFile())
  on.machine.nvme('nvme1', nvmeFile())
  on.machine.ata('sda', ataFile(WORN))
  on.read()
  const { metrics } = on.reader
  on.machine.nvme('nvme0', nvmeFile(healthLog(), { nvmeStatus: 0x06 }))
  on.machine.ata('sda', ataFile(WORN, { host: 3 }))
  const failed = on.read()
  t.is(on.problem, 'nvme0 does not tell of its health: NVMe status 6')
  t.is(on.reader.metrics, metrics)
  t.is(failed['billet_disk_health_refused nvme0'], 1)
  t.is(failed['smartctl_device_percentage_used nvme0'], Number.NaN)
  t.is(failed['billet_disk_health_refused sda'], 1)
  t.is(failed['smartctl_device_percentage_used nvme1'], 3)
  on.machine.nvme('nvme0', nvmeFile())
  on.machine.ata('sda', ataFile(WORN))
  t.is(on.read()['smartctl_device_percentage_used nvme0'], 3)
  t.is(on.problem, null)
  on.machine.nvme('nvme0', nvmeFile(healthLog(), { errno: 5 }))
  on.read()
  t.is(on.problem, 'nvme0 does not tell of its health: error 5')
})

withGcc('what may not be asked, or does not know the question, is nothing amiss', (t) => {
  const on = new Stage(t)
  on.machine.nvme('nvme0', nvmeFile(healthLog(), { errno: 13 }))
  on.machine.nvme('nvme1', nvmeFile(healthLog(), { errno: 25 }))
  on.machine.nvme('nvme2', nvmeFile(healthLog(), { nvmeStatus: 0x4109 }))
  on.machine.ata('sda', ataFile(WORN, { aborts: true }))
  on.machine.nvme('nvme3', nvmeFile())
  on.machine.remove('dev/nvme3')
  on.machine.remove('timex')
  t.deepEqual(on.read(), {})
  t.is(on.problem, null)
})

withGcc('a drive that does not say what it knows is asked for nothing more while it is there', (t) => {
  const on = new Stage(t)
  on.machine.remove('timex')
  on.machine.ata('sda', ataFile(WORN, { aborts: true }))
  on.read()
  on.machine.ata('sda', ataFile(WORN))
  t.deepEqual(on.read(), {})
  // What would be a failure, were it asked.
  on.machine.ata('sda', ataFile(WORN, { host: 3 }))
  t.deepEqual(on.read(), {})
  t.is(on.problem, null)
  on.machine.remove('sys/block/sda')
  on.read()
  on.machine.ata('sda', ataFile(WORN))
  t.is(on.read()['smartctl_device_smart_status sda'], 1)
})

withGcc('a drive of which the question fails for another reason is asked again', (t) => {
  const on = new Stage(t)
  on.machine.ata('sda', ataFile(WORN, { host: 3 }))
  on.read()
  t.not(on.problem, null)
  on.machine.ata('sda', ataFile(WORN))
  t.is(on.read()['smartctl_device_smart_status sda'], 1)
})

withGcc('what is not this machine’s, or is gone, is not asked', (t) => {
  const on = new Stage(t)
  for (const name of ['nvme0', 'nvme1']) on.machine.nvme(name, nvmeFile())
  on.machine.write('sys/class/nvme/nvme0/state', 'resetting\n')
  on.machine.write('sys/class/nvme/nvme1/transport', 'tcp\n')
  on.machine.ata('sda', ataFile(WORN))
  on.machine.write('sys/block/sda/device/state', 'offline\n')
  on.machine.ata('sdb', ataFile(WORN))
  on.machine.write('sys/block/sdb/device/vendor', 'SEAGATE\n')
  on.read()
  t.deepEqual(on.asked, [])
})

withGcc('a disk that goes takes its numbers along; one that has hung is asked last', (t) => {
  const on = new Stage(t)
  for (const name of ['nvme0', 'nvme1', 'nvme2']) on.machine.nvme(name, nvmeFile())
  on.read(['nvme0'])
  t.deepEqual(on.asked, ['nvme1', 'nvme2', 'told', 'nvme0'])
  on.machine.remove('sys/class/nvme/nvme1')
  const told = on.read()
  t.is(told['billet_disk_health_refused nvme1'], undefined)
  t.is(told['billet_disk_health_refused nvme0'], 0)
})

withGcc('one that has hung and was pulled out is named before all others; one that is only put offline is not', (t) => {
  const on = new Stage(t)
  for (const name of ['nvme0', 'nvme1']) on.machine.nvme(name, nvmeFile())
  on.machine.ata('sda', ataFile(WORN))
  on.machine.write('sys/class/nvme/nvme0/state', 'dead\n')
  on.machine.write('sys/block/sda/device/state', 'offline\n')
  on.read(['nvme0', 'sda'])
  t.deepEqual(on.asked.splice(0), ['nvme1'])
  on.machine.remove('sys/class/nvme/nvme0')
  on.machine.remove('sys/block/sda')
  on.read(['nvme0', 'sda'])
  t.deepEqual(on.asked, ['nvme0', 'sda', 'nvme1'])
})

withGcc('a clock in microseconds, that follows none', (t) => {
  const on = new Stage(t)
  on.machine.write('timex', timex({ status: 0x40, offset: 70_000n }))
  t.like(on.read(), { node_timex_sync_status: 0, node_timex_offset_seconds: 0.07 })
})

withGcc('all that is told is in the catalogue, as it is there', (t) => {
  const on = new Stage(t)
  on.machine.nvme('nvme0', nvmeFile())
  on.machine.ata('sda', ataFile(WORN))
  on.read()
  const described = new Map(systemMetrics.map((metric) => [metric.name, metric]))
  for (const { name, kind, unit, labels } of on.reader.metrics) {
    const found = described.get(name)
    t.deepEqual([found?.kind, found?.unit], [kind, unit], name)
    for (const label of Object.keys(labels)) t.true(found?.labels.includes(label), `${name} ${label}`)
  }
  const told = new Set(on.reader.metrics.map(({ name }) => name))
  t.deepEqual(
    systemMetrics.map(({ name }) => name).filter((name) => !told.has(name)),
    ['billet_disk_hung', 'node_systemd_units', 'node_systemd_unit_state'],
  )
})

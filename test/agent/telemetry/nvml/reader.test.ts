import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import { loadKoffi } from '../../../../agent/telemetry/reader/koffi.ts'
import { openNvml } from '../../../../agent/telemetry/nvml/library.ts'
import { NvmlReader } from '../../../../agent/telemetry/nvml/reader.ts'
import { metricCatalogue } from '../../../../shared/model/metrics/catalogue.ts'
import { gpuMetrics } from '../../../../shared/model/metrics/gpu.ts'
import { minutes, seconds } from '../../../../shared/model/time.ts'
import { hasProgram, onlyWhere } from '../../../conditional.ts'
import { gpuUuid } from '../../../fixtures/nvidia/lines.ts'
import { type StandIn, standIn } from '../../../fixtures/nvml/standin.ts'
import { type ManualClock, manualClock } from '../../../fixtures/proc/tree.ts'

const withGcc = onlyWhere(test, hasProgram('gcc'), 'gcc')

/** A reader of a stand-in library, by true calls. */
class Stage {
  readonly clock: ManualClock = manualClock()
  readonly library: StandIn
  readonly reader: NvmlReader
  readonly asked: (number | null)[] = []

  constructor(t: ExecutionContext, lines: readonly string[], definitions: readonly string[] = []) {
    this.library = standIn(t, lines, definitions)
    const nvml = openNvml(loadKoffi(), this.library.library)
    if (!nvml.ok) throw new Error(nvml.error)
    const asking = (index: number | null): void => {
      this.asked.push(index)
    }
    this.reader = new NvmlReader({ nvml: nvml.value, now: () => this.clock.monotonic(), asking })
  }

  open(): this {
    const opened = this.reader.open()
    if (!opened.ok) throw new Error(opened.error)
    return this
  }

  /** The value of a metric; undefined where there is no such metric. */
  value(name: string, gpu: number, link?: number): number | undefined {
    const index = this.reader.metrics.findIndex(
      (metric) =>
        metric.name === name &&
        metric.labels['gpu'] === String(gpu) &&
        metric.labels['link'] === (link === undefined ? undefined : String(link)),
    )
    return index < 0 ? undefined : this.reader.values[index]
  }

  names(): ReadonlySet<string> {
    return new Set(this.reader.metrics.map(({ name }) => name))
  }
}

const stage = (t: ExecutionContext, ...lines: readonly string[]): Stage => new Stage(t, lines).open()

withGcc('a device tells all of its quantities, in the units of DCGM', (t) => {
  const on = stage(t, 'devices 2', 'device 1 power 300500')
  t.is(on.reader.read(), null)
  const expected: Readonly<Record<string, number>> = {
    billet_gpu_info: 1,
    billet_gpu_nvml_error: 0,
    DCGM_FI_DEV_GPU_UTIL: 97,
    DCGM_FI_DEV_MEM_COPY_UTIL: 41,
    DCGM_FI_DEV_ENC_UTIL: 3,
    DCGM_FI_DEV_DEC_UTIL: 4,
    DCGM_FI_DEV_FB_TOTAL: 143_771,
    DCGM_FI_DEV_FB_RESERVED: 571,
    DCGM_FI_DEV_FB_USED: 120_345,
    DCGM_FI_DEV_FB_FREE: 22_855,
    DCGM_FI_DEV_GPU_TEMP: 63,
    DCGM_FI_DEV_MEMORY_TEMP: 71,
    DCGM_FI_DEV_POWER_USAGE: 300.5,
    DCGM_FI_DEV_ENFORCED_POWER_LIMIT: 700,
    DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION: 9_007_199_254,
    DCGM_FI_DEV_SM_CLOCK: 1980,
    DCGM_FI_DEV_MEM_CLOCK: 3201,
    DCGM_FI_DEV_CLOCKS_EVENT_REASONS: 1,
    DCGM_FI_DEV_SLOWDOWN_TEMP: 89,
    DCGM_FI_DEV_POWER_VIOLATION: 5_000_000,
    DCGM_FI_DEV_PCIE_LINK_WIDTH: 16,
    DCGM_FI_DEV_PCIE_REPLAY_COUNTER: 0,
    DCGM_FI_DEV_ECC_CURRENT: 1,
    DCGM_FI_DEV_ECC_DBE_VOL_TOTAL: 0,
    DCGM_FI_DEV_THRESHOLD_SRM: 0,
    DCGM_FI_DEV_ROW_REMAP_PENDING: 0,
    DCGM_FI_DEV_MIG_MODE: 0,
    DCGM_FI_DEV_PERSISTENCE_MODE: 1,
    DCGM_FI_DEV_FABRIC_MANAGER_STATUS: 3,
    billet_gpu_recovery_action: 0,
    billet_gpu_nvlink_links: 18,
    billet_gpu_nvlink_links_active: 18,
    billet_gpu_processes: 0,
  }
  for (const [name, value] of Object.entries(expected)) t.is(on.value(name, 1), value, name)
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE', 0), 512.37)
  const info = on.reader.metrics.find(({ name, labels }) => name === 'billet_gpu_info' && labels['gpu'] === '1')
  t.deepEqual(info?.labels, {
    gpu: '1',
    UUID: gpuUuid(1),
    modelName: 'NVIDIA H200',
    pci_bus_id: '00000000:19:00.0',
    serial: '1653123000001',
    driver: '570.133.20',
    vbios: '96.00.A0.00.02',
  })
  const energy = on.reader.metrics.find(({ name }) => name === 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION')
  t.is(energy?.kind, 'counter')
})

withGcc('the catalogue describes all that is told, and nothing else', (t) => {
  const described = new Map(metricCatalogue.map((metric) => [metric.name, metric]))
  const told = new Set(['billet_gpu_driver_hung', 'billet_gpu_xid_errors_total', 'billet_gpu_xid_last_time_seconds'])
  const kinds = ['device 0 ampere 0', 'link 0 1 0 0', 'device 1 blackwell 1']
  const on = stage(t, 'devices 2', ...kinds)
  on.reader.read()
  for (const { name, unit, kind, labels } of on.reader.metrics) {
    const { unit: itsUnit, kind: itsKind, labels: itsLabels = [] } = described.get(name) ?? {}
    t.deepEqual([unit, kind], [itsUnit, itsKind], name)
    for (const label of Object.keys(labels)) t.true(itsLabels.includes(label), `${name} ${label}`)
    told.add(name)
  }
  // nvmlDeviceGetFieldValues of the stand-in knows one of the newer kinds of errors.
  const newer = /^DCGM_FI_DEV_NVLINK_COUNT_/
  t.deepEqual(
    gpuMetrics.map(({ name }) => name).filter((name) => !told.has(name) && !newer.test(name)),
    [],
  )
})

withGcc('what wears a device out is told: errors, rows, pages, modes', (t) => {
  const on = stage(
    t,
    'device 0 ecc_corrected 12',
    'device 0 ecc_uncorrected_ever 3',
    'device 0 remapped_uncorrected 2',
    'device 0 remap_pending 1',
    'device 0 remap_failure 1',
    'device 0 ampere 0',
    'device 0 retired_double 5',
    'device 0 pcie_width 8',
    'device 0 persistence 0',
    'device 0 mig_pending 1',
    'device 0 recovery_action 2',
  )
  on.reader.read()
  t.is(on.value('DCGM_FI_DEV_ECC_SBE_VOL_TOTAL', 0), 12)
  t.is(on.value('DCGM_FI_DEV_ECC_DBE_AGG_TOTAL', 0), 3)
  t.is(on.value('DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS', 0), 2)
  t.is(on.value('DCGM_FI_DEV_ROW_REMAP_PENDING', 0), 1)
  t.is(on.value('DCGM_FI_DEV_ROW_REMAP_FAILURE', 0), 1)
  t.is(on.value('DCGM_FI_DEV_RETIRED_DBE', 0), 5)
  t.is(on.value('DCGM_FI_DEV_PCIE_LINK_WIDTH', 0), 8)
  t.is(on.value('DCGM_FI_DEV_PERSISTENCE_MODE', 0), 0)
  t.is(on.value('billet_gpu_mig_mode_pending', 0), 1)
  t.is(on.value('billet_gpu_recovery_action', 0), 2)
})

withGcc('slow questions are asked once a minute, and none that takes long or that a profiler needs', (t) => {
  const on = stage(t, 'log')
  on.reader.read()
  on.library.calls()
  on.clock.advance(seconds(10))
  on.reader.read()
  const atABeat = on.library.calls()
  t.true(atABeat.includes('nvmlDeviceGetPowerUsage'))
  t.deepEqual(
    atABeat.filter((name) => /Ecc|NvLink|Remapped|Processes|Pcie|Mode|Fabric/.test(name)),
    [],
  )
  on.library.say('log', 'device 0 ecc_corrected 7')
  on.clock.advance(seconds(50))
  on.reader.read()
  const inAMinute = on.library.calls()
  t.true(inAMinute.includes('nvmlDeviceGetTotalEccErrors'))
  t.is(on.value('DCGM_FI_DEV_ECC_SBE_VOL_TOTAL', 0), 7)
  const all = [...atABeat, ...inAMinute]
  t.deepEqual(
    all.filter((name) => /Throughput|Gpm|Sample|Accounting|Set|Reset/.test(name) && !name.startsWith('nvmlEventSet')),
    [],
  )
})

withGcc('one lost device takes nothing from the others', (t) => {
  const on = stage(t, 'devices 4')
  on.reader.read()
  const shape = on.reader.metrics
  on.library.say('devices 4', 'fail 2 * 15')
  on.clock.advance(seconds(10))
  t.is(on.reader.read(), 'GPU 2: GPU is lost')
  t.is(on.reader.metrics, shape)
  t.is(on.value('billet_gpu_nvml_error', 2), 15)
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 2), Number.NaN)
  // What was read a minute ago says nothing about a device that is gone.
  t.is(on.value('DCGM_FI_DEV_ECC_CURRENT', 2), Number.NaN)
  for (const index of [0, 1, 3]) t.is(on.value('DCGM_FI_DEV_GPU_UTIL', index), 97)
})

withGcc('a lost device is looked for in a new session after a while, and stays in what is told until then', (t) => {
  const on = stage(t, 'devices 2', 'log')
  on.reader.read()
  on.library.say('devices 2', 'fail 1 * 15', 'log')
  for (let beat = 0; beat < 40; beat += 1) {
    on.clock.advance(seconds(10))
    t.is(on.reader.read(), 'GPU 1: GPU is lost')
  }
  t.is(on.library.calls().filter((name) => name === 'nvmlShutdown').length, 1)
  t.is(on.value('billet_gpu_nvml_error', 1), 15)
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 0), 97)
  on.library.say('devices 2')
  for (let beat = 0; beat < 30; beat += 1) {
    on.clock.advance(seconds(10))
    on.reader.read()
  }
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 1), 97)
  t.is(on.value('billet_gpu_nvml_error', 1), 0)
})

withGcc('a device that cannot be opened at all is named, and the others are read', (t) => {
  const on = stage(t, 'devices 3', 'fail 0 nvmlDeviceGetHandleByIndex_v2 15')
  t.is(on.reader.read(), 'GPU 0: GPU is lost')
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 0), undefined)
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 2), 97)
})

withGcc('a device that went leaves with the next session, and one that took its place is another', (t) => {
  const on = stage(t, 'devices 2')
  on.reader.read()
  on.library.say('devices 3', 'device 1 uuid 9')
  on.clock.advance(minutes(6))
  on.reader.read()
  t.deepEqual(
    on.reader.devices.map(({ identity }) => identity.uuid),
    [gpuUuid(0), gpuUuid(9), gpuUuid(2)],
  )
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 1), 97)
  on.library.say('devices 2', 'device 1 uuid 9')
  on.clock.advance(minutes(6))
  t.is(on.reader.read(), 'GPU 2: GPU not found')
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 2), Number.NaN)
})

withGcc('sixteen devices are told in the order of their indices', (t) => {
  const on = stage(t, 'devices 16')
  t.is(on.reader.read(), null)
  const indices = on.reader.metrics.filter(({ name }) => name === 'billet_gpu_info').map(({ labels }) => labels['gpu'])
  t.deepEqual(
    indices,
    Array.from({ length: 16 }, (_, index) => String(index)),
  )
  t.deepEqual(on.asked.slice(-17), [...indices.map(Number), null])
})

withGcc('no devices are no error', (t) => {
  const on = stage(t, 'devices 0')
  t.is(on.reader.read(), null)
  t.is(on.reader.metrics.length, 0)
})

withGcc('what a value is not available is missing, and counters may go back', (t) => {
  const on = stage(t, 'device 0 power 4294967295', 'device 0 energy 0xffffffffffffffff', 'device 0 pcie_replays 100')
  on.reader.read()
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE', 0), Number.NaN)
  t.is(on.value('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 0), Number.NaN)
  t.is(on.value('DCGM_FI_DEV_PCIE_REPLAY_COUNTER', 0), 100)
  on.library.say('device 0 pcie_replays 2')
  on.clock.advance(minutes(1))
  on.reader.read()
  t.is(on.value('DCGM_FI_DEV_PCIE_REPLAY_COUNTER', 0), 2)
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE', 0), 512.37)
})

withGcc('what a device does not support is not told; what fails now is missing and asked again', (t) => {
  const on = stage(t, 'fail 0 nvmlDeviceGetMigMode 3', 'fail 0 nvmlDeviceGetPowerUsage 999')
  t.is(on.reader.read(), 'GPU 0: unknown error')
  t.false(on.names().has('DCGM_FI_DEV_MIG_MODE'))
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE', 0), Number.NaN)
  on.library.say('devices 1')
  t.is(on.reader.read(), null)
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE', 0), 512.37)
})

withGcc('an older driver tells what it can by its older functions', (t) => {
  const on = new Stage(t, ['process 0 4242 1073741824'], ['-DOLD']).open()
  t.is(on.reader.read(), null)
  t.is(on.value('DCGM_FI_DEV_FB_TOTAL', 0), 143_771)
  t.is(on.value('DCGM_FI_DEV_FB_USED', 0), 120_345)
  t.is(on.value('DCGM_FI_DEV_CLOCKS_EVENT_REASONS', 0), 1)
  t.deepEqual(on.reader.devices[0]?.processes, [{ pid: 4242, memoryBytes: 1_073_741_824 }])
  for (const name of ['DCGM_FI_DEV_FB_RESERVED', 'DCGM_FI_DEV_THRESHOLD_SRM', 'DCGM_FI_DEV_FABRIC_MANAGER_STATUS']) {
    t.false(on.names().has(name), name)
  }
})

withGcc('links are told as sums, and one by one where they are down or have erred', (t) => {
  const on = stage(t, 'devices 2', 'link 1 5 0 12', 'link 1 6 1 30')
  on.reader.read()
  t.is(on.value('billet_gpu_nvlink_links_active', 1), 17)
  t.is(on.value('DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL', 1), 42)
  t.is(on.value('billet_gpu_nvlink_up', 1, 5), 0)
  t.is(on.value('billet_gpu_nvlink_errors_total', 1, 5), 12)
  t.is(on.value('billet_gpu_nvlink_up', 1, 6), 1)
  t.is(on.value('billet_gpu_nvlink_up', 1, 7), undefined)
  t.is(on.value('billet_gpu_nvlink_links_active', 0), 18)
  const shape = on.reader.metrics
  on.library.say('devices 2', 'link 1 6 1 31', 'link 0 0 0 0')
  on.clock.advance(minutes(1))
  on.reader.read()
  t.not(on.reader.metrics, shape)
  t.is(on.value('billet_gpu_nvlink_up', 1, 5), 1)
  t.is(on.value('billet_gpu_nvlink_errors_total', 1, 6), 31)
  t.is(on.value('billet_gpu_nvlink_up', 0, 0), 0)
  t.is(on.value('DCGM_FI_DEV_GPU_UTIL', 1), 97)
})

withGcc('links of a device that counts errors in another way', (t) => {
  const on = stage(t, 'device 0 blackwell 1')
  on.reader.read()
  t.is(on.value('DCGM_FI_DEV_NVLINK_COUNT_RX_ERRORS', 0), 40)
  t.is(on.value('billet_gpu_nvlink_errors_total', 0, 2), 40)
  t.is(on.value('DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL', 0), undefined)
})

withGcc('links that lead nowhere on any of a device’s sides are no trouble', (t) => {
  const on = stage(t, ...Array.from({ length: 18 }, (_, link) => `link 0 ${link} 0 0`))
  on.reader.read()
  t.is(on.value('billet_gpu_nvlink_links_active', 0), 0)
  t.is(on.value('billet_gpu_nvlink_up', 0, 3), undefined)
})

withGcc('a device without links has none', (t) => {
  const on = stage(t, 'device 0 links 0')
  on.reader.read()
  t.is(on.value('billet_gpu_nvlink_links', 0), undefined)
})

withGcc('processes are counted, and named to who asks on the machine', (t) => {
  const on = stage(t, 'process 0 11 1024', 'process 0 12 -1')
  on.reader.read()
  t.is(on.value('billet_gpu_processes', 0), 2)
  t.is(on.value('billet_gpu_processes_memory_bytes', 0), Number.NaN)
  t.deepEqual(on.reader.devices[0]?.processes, [
    { pid: 11, memoryBytes: 1024 },
    { pid: 12, memoryBytes: Number.NaN },
  ])
  on.library.say(...Array.from({ length: 1100 }, (_, index) => `process 0 ${index} 1`))
  on.clock.advance(minutes(1))
  on.reader.read()
  t.is(on.value('billet_gpu_processes', 0), 1100)
})

withGcc('each Xid is told once, however many come at a time', (t) => {
  const on = stage(t, 'devices 2')
  t.deepEqual(on.reader.xids(), [])
  on.library.say('devices 2', 'xid 1 79', 'xid 0 48', 'xid 1 79')
  t.deepEqual(on.reader.xids(), [
    { uuid: gpuUuid(1), xid: 79 },
    { uuid: gpuUuid(0), xid: 48 },
    { uuid: gpuUuid(1), xid: 79 },
  ])
  t.deepEqual(on.reader.xids(), [])
})

withGcc('a closed session leaves no device open', (t) => {
  const on = stage(t, 'log')
  on.reader.read()
  on.reader.close()
  t.deepEqual(on.library.calls().slice(-2), ['nvmlEventSetFree', 'nvmlShutdown'])
})

withGcc('a driver that is not there, or of another version than the library, is a refusal in words', (t) => {
  for (const [code, word] of [
    [9, 'driver not loaded'],
    [18, 'driver and library of different versions'],
    [77, 'error 77'],
  ] as const) {
    const on = new Stage(t, [`fail * nvmlInit_v2 ${code}`])
    t.deepEqual(on.reader.open(), { ok: false, error: `nvmlInit: ${word}` })
  }
})

test('a library that is none of the driver is refused', (t) => {
  const none = openNvml(loadKoffi(), '/nonexistent/libnvidia-ml.so.1')
  t.regex(none.ok ? '' : none.error, /^libnvidia-ml.so.1 cannot be loaded/)
  const other = openNvml(loadKoffi(), 'libc.so.6')
  if (!other.ok) throw new Error(other.error)
  const reader = new NvmlReader({ nvml: other.value, now: () => seconds(1) })
  t.deepEqual(reader.open(), { ok: false, error: 'nvmlInit: function not found' })
})

withGcc('whatever devices answer, reading never throws, and other devices are told', (t) => {
  const words = ['power', 'energy', 'memory_total', 'util', 'fabric', 'mig', 'links', 'remap_pending', 'retired']
  const functions = ['*', 'nvmlDeviceGetName', 'nvmlDeviceGetUUID', 'nvmlDeviceGetNvLinkState', 'nvmlEventSetCreate']
  const on = new Stage(t, [])
  const value = fc.constantFrom('0', '1', '0xffffffff', '0xffffffffffffffff', '18446744073709551614')
  const line = fc.oneof(
    fc.tuple(fc.constantFrom(...words), value).map(([word, told]) => `device 1 ${word} ${told}`),
    fc
      .tuple(fc.constantFrom(...functions), fc.constantFrom(1, 2, 3, 4, 7, 10, 15, 16, 25, 999))
      .map(([name, code]) => `fail 1 ${name} ${code}`),
  )
  const lines = fc.array(line, { maxLength: 8 })
  const property = fc.property(lines, lines, (before, after) => {
    on.library.say('devices 3', ...before)
    const opened = on.reader.open()
    on.reader.read()
    on.library.say('devices 3', ...after)
    on.clock.advance(minutes(1))
    on.reader.read()
    on.reader.close()
    return opened.ok && on.value('DCGM_FI_DEV_GPU_UTIL', 0) === 97 && on.value('DCGM_FI_DEV_GPU_UTIL', 2) === 97
  })
  t.notThrows(() => fc.assert(property, { numRuns: 40 }))
})

import type { MetricKind } from '../../../shared/model/telemetry.ts'

/** How often a question is asked: at each beat, or once a minute. */
export type Pace = 'beat' | 'minute'

export type Quantity = { readonly name: string; readonly unit: string; readonly kind: MetricKind }

/** Where a number lies in what a function filled in, and what it is multiplied by. */
export type Field = { readonly at: number; readonly type: 'u8' | 'u32' | 'u64' | 'entry'; readonly scale: number }

/** One function of the library. All of them take a device, then numbers, then pointers to what they fill in. */
export type Variant = {
  readonly symbol: string
  readonly numbers: readonly number[]
  /** Sizes in bytes of what the pointers point at; they lie one behind another, each at a multiple of 8. */
  readonly results: readonly number[]
  /** Of the structure, told to the library in its first field. */
  readonly version?: number
  /** What is asked for in each entry of a list of nvmlFieldValue_t. */
  readonly entries?: readonly number[]
  /** One for each quantity of the question; null for what this variant does not tell. */
  readonly fields: readonly (Field | null)[]
}

/** One question with what its answer tells. Drivers know one of its variants, or none; the newest is tried first. */
export type Question = {
  readonly pace: Pace
  readonly quantities: readonly Quantity[]
  readonly variants: readonly Variant[]
}

const gauge = (name: string, unit = ''): Quantity => ({ name, unit, kind: 'gauge' })
const counter = (name: string, unit = ''): Quantity => ({ name, unit, kind: 'counter' })
const dcgm = (name: string): string => `DCGM_FI_DEV_${name}`
const field =
  (type: Field['type']) =>
  (at = 0, scale = 1): Field => ({ at, type, scale })
const u32 = field('u32')
const u64 = field('u64')
const u8 = field('u8')
const MEBIBYTE = 1 / 1024 ** 2
const MILLI = 1 / 1000
/** Size of one nvmlFieldValue_t. */
export const ENTRY_BYTES = 40
const entry = (index: number, scale = 1): Field => ({ at: index * ENTRY_BYTES, type: 'entry', scale })

/** Functions that fill in one number each. */
function one(pace: Pace, quantity: Quantity, symbols: readonly string[], answer: Field, numbers: number[] = []) {
  const results = [answer.type === 'u64' ? 8 : 4]
  const variants = symbols.map((symbol) => ({ symbol, numbers, results, fields: [answer] }))
  return { pace, quantities: [quantity], variants }
}

/** Functions that fill in several numbers, each through a pointer of its own. */
function several(pace: Pace, quantities: readonly (Quantity | null)[], symbol: string): Question {
  const told = quantities.filter((quantity) => quantity !== null)
  const fields = quantities.flatMap((quantity, index) => (quantity === null ? [] : [u32(index * 8)]))
  return { pace, quantities: told, variants: [{ symbol, numbers: [], results: quantities.map(() => 4), fields }] }
}

const CLOCK = { sm: 1, memory: 2, video: 3 } as const
const THRESHOLD = { shutdown: 0, slowdown: 1, memoryMax: 2, gpuMax: 3 } as const
const CORRECTED = 0
const UNCORRECTED = 1
const VOLATILE = 0
const AGGREGATE = 1
const SRAM = 7
const VIOLATION = { power: 0, thermal: 1 } as const
const ENTRY = { memoryTemperature: 82, recoveryAction: 230 } as const

const clock = (name: string, type: number): Question =>
  one('beat', gauge(dcgm(name), 'megahertz'), ['nvmlDeviceGetClockInfo'], u32(), [type])

const threshold = (name: string, type: number): Question =>
  one('minute', gauge(dcgm(name), 'celsius'), ['nvmlDeviceGetTemperatureThreshold'], u32(), [type])

const eccTotal = (name: string, error: number, since: number): Question =>
  one('minute', counter(dcgm(name)), ['nvmlDeviceGetTotalEccErrors'], u64(), [error, since])

const sram = (name: string, error: number, since: number): Question =>
  one('minute', counter(dcgm(name)), ['nvmlDeviceGetMemoryErrorCounter'], u64(), [error, since, SRAM])

const minuteOne = (name: string, symbol: string): Question => one('minute', gauge(dcgm(name)), [symbol], u32())

/** Time for which a limit held the clocks down, which the library counts in nanoseconds. */
const violation = (name: string, policy: number): Question => ({
  pace: 'minute',
  quantities: [counter(dcgm(name), 'nanoseconds')],
  variants: [{ symbol: 'nvmlDeviceGetViolationStatus', numbers: [policy], results: [16], fields: [u64(8)] }],
})

const fieldValue = (pace: Pace, quantity: Quantity, id: number): Question => ({
  pace,
  quantities: [quantity],
  variants: [
    { symbol: 'nvmlDeviceGetFieldValues', numbers: [1], results: [ENTRY_BYTES], entries: [id], fields: [entry(0)] },
  ],
})

const atEachBeat: readonly Question[] = [
  {
    pace: 'beat',
    quantities: [gauge(dcgm('GPU_UTIL'), 'percent'), gauge(dcgm('MEM_COPY_UTIL'), 'percent')],
    variants: [{ symbol: 'nvmlDeviceGetUtilizationRates', numbers: [], results: [8], fields: [u32(0), u32(4)] }],
  },
  several('beat', [gauge(dcgm('ENC_UTIL'), 'percent'), null], 'nvmlDeviceGetEncoderUtilization'),
  several('beat', [gauge(dcgm('DEC_UTIL'), 'percent'), null], 'nvmlDeviceGetDecoderUtilization'),
  {
    pace: 'beat',
    quantities: ['FB_TOTAL', 'FB_RESERVED', 'FB_FREE', 'FB_USED'].map((name) => gauge(dcgm(name), 'mebibytes')),
    variants: [
      {
        symbol: 'nvmlDeviceGetMemoryInfo_v2',
        numbers: [],
        results: [40],
        version: 2,
        fields: [u64(8, MEBIBYTE), u64(16, MEBIBYTE), u64(24, MEBIBYTE), u64(32, MEBIBYTE)],
      },
      {
        symbol: 'nvmlDeviceGetMemoryInfo',
        numbers: [],
        results: [24],
        fields: [u64(0, MEBIBYTE), null, u64(8, MEBIBYTE), u64(16, MEBIBYTE)],
      },
    ],
  },
  one('beat', gauge(dcgm('GPU_TEMP'), 'celsius'), ['nvmlDeviceGetTemperature'], u32(), [0]),
  fieldValue('beat', gauge(dcgm('MEMORY_TEMP'), 'celsius'), ENTRY.memoryTemperature),
  one('beat', gauge(dcgm('POWER_USAGE'), 'watts'), ['nvmlDeviceGetPowerUsage'], u32(0, MILLI)),
  one('beat', counter(dcgm('TOTAL_ENERGY_CONSUMPTION'), 'millijoules'), ['nvmlDeviceGetTotalEnergyConsumption'], u64()),
  clock('SM_CLOCK', CLOCK.sm),
  clock('MEM_CLOCK', CLOCK.memory),
  clock('VIDEO_CLOCK', CLOCK.video),
  one(
    'beat',
    gauge(dcgm('CLOCKS_EVENT_REASONS')),
    ['nvmlDeviceGetCurrentClocksEventReasons', 'nvmlDeviceGetCurrentClocksThrottleReasons'],
    u64(),
  ),
]

/** SRAM error counts, of which one tells whether there were too many: root alone may ask. */
const sramStatus: Question = {
  pace: 'minute',
  quantities: [gauge(dcgm('THRESHOLD_SRM'))],
  variants: [{ symbol: 'nvmlDeviceGetSramEccErrorStatus', numbers: [], results: [104], version: 1, fields: [u32(96)] }],
}

const fabric: Question = {
  pace: 'minute',
  quantities: [gauge(dcgm('FABRIC_MANAGER_STATUS')), gauge(dcgm('FABRIC_HEALTH_MASK'))],
  variants: [
    {
      symbol: 'nvmlDeviceGetGpuFabricInfoV',
      numbers: [],
      results: [36],
      version: 2,
      fields: [u8(28), u32(32)],
    },
    { symbol: 'nvmlDeviceGetGpuFabricInfo', numbers: [], results: [28], fields: [u8(24), null] },
  ],
}

const onceAMinute: readonly Question[] = [
  one('minute', gauge(dcgm('ENFORCED_POWER_LIMIT'), 'watts'), ['nvmlDeviceGetEnforcedPowerLimit'], u32(0, MILLI)),
  threshold('SHUTDOWN_TEMP', THRESHOLD.shutdown),
  threshold('SLOWDOWN_TEMP', THRESHOLD.slowdown),
  threshold('MEM_MAX_OP_TEMP', THRESHOLD.memoryMax),
  threshold('GPU_MAX_OP_TEMP', THRESHOLD.gpuMax),
  violation('POWER_VIOLATION', VIOLATION.power),
  violation('THERMAL_VIOLATION', VIOLATION.thermal),
  minuteOne('PCIE_LINK_GEN', 'nvmlDeviceGetCurrPcieLinkGeneration'),
  minuteOne('PCIE_LINK_WIDTH', 'nvmlDeviceGetCurrPcieLinkWidth'),
  minuteOne('PCIE_MAX_LINK_GEN', 'nvmlDeviceGetMaxPcieLinkGeneration'),
  minuteOne('PCIE_MAX_LINK_WIDTH', 'nvmlDeviceGetMaxPcieLinkWidth'),
  one('minute', counter(dcgm('PCIE_REPLAY_COUNTER')), ['nvmlDeviceGetPcieReplayCounter'], u32()),
  several('minute', [gauge(dcgm('ECC_CURRENT')), gauge(dcgm('ECC_PENDING'))], 'nvmlDeviceGetEccMode'),
  eccTotal('ECC_SBE_VOL_TOTAL', CORRECTED, VOLATILE),
  eccTotal('ECC_DBE_VOL_TOTAL', UNCORRECTED, VOLATILE),
  eccTotal('ECC_SBE_AGG_TOTAL', CORRECTED, AGGREGATE),
  eccTotal('ECC_DBE_AGG_TOTAL', UNCORRECTED, AGGREGATE),
  sram('ECC_DBE_VOL_SRM', UNCORRECTED, VOLATILE),
  sram('ECC_DBE_AGG_SRM', UNCORRECTED, AGGREGATE),
  sramStatus,
  several(
    'minute',
    [
      counter(dcgm('CORRECTABLE_REMAPPED_ROWS')),
      counter(dcgm('UNCORRECTABLE_REMAPPED_ROWS')),
      gauge(dcgm('ROW_REMAP_PENDING')),
      gauge(dcgm('ROW_REMAP_FAILURE')),
    ],
    'nvmlDeviceGetRemappedRows',
  ),
  minuteOne('RETIRED_PENDING', 'nvmlDeviceGetRetiredPagesPendingStatus'),
  several('minute', [gauge(dcgm('MIG_MODE')), gauge('billet_gpu_mig_mode_pending')], 'nvmlDeviceGetMigMode'),
  minuteOne('PERSISTENCE_MODE', 'nvmlDeviceGetPersistenceMode'),
  fieldValue('minute', gauge('billet_gpu_recovery_action'), ENTRY.recoveryAction),
  fabric,
]

/** All that is asked of a device by one call; what takes several calls is asked in `links.ts` and `lists.ts`. */
export const questions: readonly Question[] = [...atEachBeat, ...onceAMinute]

/** What is asked only when a person looks: each takes the driver 20 ms. */
export const onDemand: readonly Question[] = [
  one('minute', gauge(dcgm('PCIE_TX_THROUGHPUT'), 'kilobytes per second'), ['nvmlDeviceGetPcieThroughput'], u32(), [0]),
  one('minute', gauge(dcgm('PCIE_RX_THROUGHPUT'), 'kilobytes per second'), ['nvmlDeviceGetPcieThroughput'], u32(), [1]),
]

/** What a call of NVML answers. */
export const SUCCESS = 0
const TIMEOUT = 10
const UNINITIALIZED = 1
const DRIVER_NOT_LOADED = 9
const GPU_IS_LOST = 15
const RESET_REQUIRED = 16

const NAMES: ReadonlyMap<number, string> = new Map([
  [UNINITIALIZED, 'uninitialized'],
  [2, 'invalid argument'],
  [3, 'not supported'],
  [4, 'no permission'],
  [6, 'not found'],
  [7, 'insufficient size'],
  [8, 'insufficient power'],
  [DRIVER_NOT_LOADED, 'driver not loaded'],
  [TIMEOUT, 'timeout'],
  [11, 'interrupt issue'],
  [12, 'library not found'],
  [13, 'function not found'],
  [14, 'corrupted infoROM'],
  [GPU_IS_LOST, 'GPU is lost'],
  [RESET_REQUIRED, 'reset required'],
  [17, 'operating system'],
  [18, 'driver and library of different versions'],
  [19, 'in use'],
  [20, 'memory'],
  [21, 'no data'],
  [23, 'insufficient resources'],
  [25, 'argument version mismatch'],
  [26, 'deprecated'],
  [27, 'not ready'],
  [28, 'GPU not found'],
  [29, 'invalid state'],
  [999, 'unknown error'],
])

export const nameOf = (code: number): string => NAMES.get(code) ?? `error ${code}`

/** This device, or this driver, will not answer the question the next time either. */
const NEVER: ReadonlySet<number> = new Set([2, 3, 4, 6, 13, 25, 26])
export const isUnsupported = (code: number): boolean => NEVER.has(code)

/** Nothing more is to be had from the device; the others are as they were. */
export const isLost = (code: number): boolean => code === GPU_IS_LOST || code === RESET_REQUIRED

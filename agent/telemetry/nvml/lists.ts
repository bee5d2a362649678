import { SUCCESS, isLost, isUnsupported } from './codes.ts'
import type { Nvml, NvmlFunction } from './library.ts'
import { numberAt } from './one_call.ts'
import type { Part, Row } from './part.ts'

const INSUFFICIENT_SIZE = 7

/** A process that computes on a device. */
export type GpuProcess = {
  readonly pid: number
  /** NaN where the driver does not tell, as with MIG. */
  readonly memoryBytes: number
}

/** The newest function of these fills in more about each process; the first two fields are the same. */
const PROCESS_LISTS = [
  { symbol: 'nvmlDeviceGetComputeRunningProcesses_v3', size: 24 },
  { symbol: 'nvmlDeviceGetComputeRunningProcesses_v2', size: 24 },
  { symbol: 'nvmlDeviceGetComputeRunningProcesses', size: 16 },
] as const
const PROCESSES_MAX = 1024
/** The list begins here in the memory that is filled in, behind its length. */
const LIST_AT = 8

/**
 * Processes that compute on a device: how many, and what they hold together. Which they are is told to whoever asks
 * on the machine, not in the samples: they come and go, and would change what every sample means each time.
 */
export class Processes implements Part {
  readonly pace = 'minute'
  readonly rows: readonly Row[] = [
    { name: 'billet_gpu_processes', unit: '', kind: 'gauge' },
    { name: 'billet_gpu_processes_memory_bytes', unit: 'bytes', kind: 'gauge' },
  ]
  newest: readonly GpuProcess[] = []
  readonly #nvml: Nvml
  readonly #device: bigint
  readonly #list: NvmlFunction
  readonly #size: number

  private constructor(nvml: Nvml, device: bigint, list: NvmlFunction, size: number) {
    this.#nvml = nvml
    this.#device = device
    this.#list = list
    this.#size = size
  }

  /** Null where this driver or device does not tell. */
  static of(nvml: Nvml, device: bigint): Processes | null {
    for (const { symbol, size } of PROCESS_LISTS) {
      const list = nvml.find(symbol, ['void *', 'void *', 'void *'])
      if (list === null) continue
      const processes = new Processes(nvml, device, list, size)
      if (!isUnsupported(processes.#ask())) return processes
    }
    return null
  }

  read(values: Float64Array, offset: number): number {
    const code = this.#ask()
    if (code !== SUCCESS && code !== INSUFFICIENT_SIZE) {
      this.newest = []
      values.fill(Number.NaN, offset, offset + 2)
      return code
    }
    const { scratch } = this.#nvml
    const count = scratch.readUInt32LE(0)
    const listed = code === SUCCESS ? Math.min(count, PROCESSES_MAX) : 0
    this.newest = Array.from({ length: listed }, (_, index) => ({
      pid: scratch.readUInt32LE(LIST_AT + index * this.#size),
      memoryBytes: numberAt(scratch, { at: LIST_AT + index * this.#size + 8, type: 'u64', scale: 1 }),
    }))
    values[offset] = count
    // More than there is room for: how many they are is still known.
    const bytes = this.newest.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
    values[offset + 1] = code === SUCCESS ? bytes : Number.NaN
    return SUCCESS
  }

  #ask(): number {
    const { scratch } = this.#nvml
    scratch.writeUInt32LE(PROCESSES_MAX, 0)
    return this.#list(this.#device, scratch, scratch.subarray(LIST_AT, LIST_AT + PROCESSES_MAX * this.#size))
  }
}

const CAUSES = [
  { name: 'DCGM_FI_DEV_RETIRED_SBE', cause: 0 },
  { name: 'DCGM_FI_DEV_RETIRED_DBE', cause: 1 },
] as const
const PAGES_MAX = 4096

/** Pages of memory that a device before Ampere uses no more; later ones remap rows in their place. */
export function retiredPages(nvml: Nvml, device: bigint): readonly Part[] {
  const list = nvml.find('nvmlDeviceGetRetiredPages', ['void *', 'uint32', 'void *', 'void *'])
  if (list === null) return []
  const { scratch } = nvml
  const ask = (cause: number): number => {
    scratch.writeUInt32LE(PAGES_MAX, 0)
    return list(device, cause, scratch, scratch.subarray(LIST_AT, LIST_AT + PAGES_MAX * 8))
  }
  return CAUSES.flatMap(({ name, cause }): readonly Part[] => {
    const first = ask(cause)
    if (isUnsupported(first) || isLost(first)) return []
    const read = (values: Float64Array, offset: number): number => {
      const code = ask(cause)
      const isTold = code === SUCCESS || code === INSUFFICIENT_SIZE
      values[offset] = isTold ? scratch.readUInt32LE(0) : Number.NaN
      return isTold ? SUCCESS : code
    }
    return [{ pace: 'minute', rows: [{ name, unit: '', kind: 'counter' }], read }]
  })
}

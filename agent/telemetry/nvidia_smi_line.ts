import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** What is asked of `nvidia-smi --query-gpu`, in order. */
export const GPU_IDENTITY = ['index', 'uuid', 'name'] as const

/** Each quantity as nvidia-smi asks for it and as DCGM names it, in DCGM's unit. */
export const GPU_QUANTITIES = [
  { query: 'utilization.gpu', name: 'DCGM_FI_DEV_GPU_UTIL', unit: 'percent' },
  { query: 'utilization.memory', name: 'DCGM_FI_DEV_MEM_COPY_UTIL', unit: 'percent' },
  { query: 'memory.used', name: 'DCGM_FI_DEV_FB_USED', unit: 'mebibytes' },
  { query: 'memory.free', name: 'DCGM_FI_DEV_FB_FREE', unit: 'mebibytes' },
  { query: 'temperature.gpu', name: 'DCGM_FI_DEV_GPU_TEMP', unit: 'celsius' },
  { query: 'power.draw', name: 'DCGM_FI_DEV_POWER_USAGE', unit: 'watts' },
  { query: 'clocks.sm', name: 'DCGM_FI_DEV_SM_CLOCK', unit: 'megahertz' },
  { query: 'clocks.mem', name: 'DCGM_FI_DEV_MEM_CLOCK', unit: 'megahertz' },
] as const

export type GpuLine = {
  readonly index: number
  readonly uuid: string
  readonly model: string
  /** In the order of GPU_QUANTITIES; NaN for what this device does not tell. */
  readonly values: readonly number[]
}

export const GPUS_MAX = 64

const UUID = /^GPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NUMBER = /^-?\d{1,9}(?:\.\d{1,6})?$/

/** One line of `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`. Never throws, whatever the line is. */
export function parseGpuLine(line: string): Result<GpuLine, string> {
  const fields = line.split(',').map((field) => field.trim())
  const expected = GPU_IDENTITY.length + GPU_QUANTITIES.length
  if (fields.length !== expected)
    return refuse(`expected ${expected} fields, got ${JSON.stringify(line.slice(0, 160))}`)
  const [index = '', uuid = '', model = ''] = fields
  if (!/^\d{1,2}$/.test(index) || Number(index) >= GPUS_MAX) {
    return refuse(`index: expected 0 to ${GPUS_MAX - 1}, got ${JSON.stringify(index.slice(0, 40))}`)
  }
  if (!UUID.test(uuid)) return refuse(`uuid: expected GPU- and a UUID, got ${JSON.stringify(uuid.slice(0, 64))}`)
  const values: number[] = []
  for (const [position, { query }] of GPU_QUANTITIES.entries()) {
    const field = fields[GPU_IDENTITY.length + position] ?? ''
    // "[N/A]", "[Not Supported]", "[Unknown Error]" and their like are answers: this one does not tell.
    const isAbsent = /^(?:\[.*\]|N\/A)$/.test(field)
    if (!isAbsent && !NUMBER.test(field)) {
      return refuse(`${query}: expected a number, got ${JSON.stringify(field.slice(0, 40))}`)
    }
    values.push(isAbsent ? Number.NaN : Number(field))
  }
  return ok({ index: Number(index), uuid, model: model.slice(0, 128), values })
}

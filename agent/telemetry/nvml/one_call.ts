import type { Buffer } from 'node:buffer'
import { SUCCESS, isUnsupported } from './codes.ts'
import type { Argument } from '../reader/koffi.ts'
import type { Nvml, NvmlFunction } from './library.ts'
import type { Part } from './part.ts'
import { ENTRY_BYTES, type Field, type Question, type Variant } from './questions.ts'

const ALIGNMENT = 8
const ALL_ONES_32 = 0xffff_ffff
const ALL_ONES_64 = 0xffff_ffff_ffff_ffffn

/**
 * The variant of the question that this device answers, found by asking; null where it answers none. A device that
 * gives another answer than that it does not know the question is asked again at each turn.
 */
export function partOf(nvml: Nvml, device: bigint, question: Question): Part | null {
  for (const variant of question.variants) {
    const call = nvml.find(variant.symbol, parametersOf(variant))
    if (call === null) continue
    const prepared = prepare(nvml.scratch, call, device, variant)
    const code = prepared()
    if (isUnsupported(code)) continue
    const told = variant.fields.flatMap((field, index) => {
      const quantity = question.quantities[index]
      const isTold = field !== null && quantity !== undefined && !(code === SUCCESS && isNever(nvml.scratch, field))
      return isTold ? [{ field, quantity }] : []
    })
    if (told.length === 0) continue
    const fields = told.map(({ field }) => field)
    const read = (values: Float64Array, offset: number): number => {
      const answer = prepared()
      for (const [index, field] of fields.entries()) {
        values[offset + index] = answer === SUCCESS ? numberAt(nvml.scratch, field) : Number.NaN
      }
      return answer
    }
    return { pace: question.pace, rows: told.map(({ quantity }) => quantity), read }
  }
  return null
}

function parametersOf({ numbers, results }: Variant) {
  return ['void *' as const, ...numbers.map(() => 'uint32' as const), ...results.map(() => 'void *' as const)]
}

/** The call with all its arguments, which stay the same from beat to beat. */
function prepare(scratch: Buffer, call: NvmlFunction, device: bigint, variant: Variant): () => number {
  const { numbers, results, version, entries = [] } = variant
  const given: Argument[] = [device, ...numbers]
  let offset = 0
  for (const size of results) {
    given.push(scratch.subarray(offset, offset + size))
    offset += Math.ceil(size / ALIGNMENT) * ALIGNMENT
  }
  const length = offset
  const [size = 0] = results
  return () => {
    scratch.fill(0, 0, length)
    if (version !== undefined) scratch.writeUInt32LE(((version << 24) | size) >>> 0, 0)
    for (const [index, id] of entries.entries()) scratch.writeUInt32LE(id, index * ENTRY_BYTES)
    return call(...given)
  }
}

/** Whether the entry of a list says that there will never be a value. */
function isNever(scratch: Buffer, { at, type }: Field): boolean {
  return type === 'entry' && isUnsupported(scratch.readUInt32LE(at + ENTRY.code))
}

/** Offsets within nvmlFieldValue_t. */
const ENTRY = { valueType: 24, code: 28, value: 32 } as const

/** All bits set is the library's word for a value that is not available. */
export function numberAt(scratch: Buffer, { at, type, scale }: Field): number {
  switch (type) {
    case 'u8':
      return scratch.readUInt8(at) * scale
    case 'u32': {
      const value = scratch.readUInt32LE(at)
      return value === ALL_ONES_32 ? Number.NaN : value * scale
    }
    case 'u64': {
      const value = scratch.readBigUInt64LE(at)
      return value === ALL_ONES_64 ? Number.NaN : Number(value) * scale
    }
    case 'entry':
      return scratch.readUInt32LE(at + ENTRY.code) === SUCCESS ? entryAt(scratch, at) * scale : Number.NaN
    default:
      return type satisfies never
  }
}

function entryAt(scratch: Buffer, at: number): number {
  const value = at + ENTRY.value
  // As nvmlValueType_t counts them: double, unsigned int, unsigned long, unsigned long long, ...
  switch (scratch.readUInt32LE(at + ENTRY.valueType)) {
    case 0:
      return scratch.readDoubleLE(value)
    case 1:
      return numberAt(scratch, { at: value, type: 'u32', scale: 1 })
    case 2:
    case 3:
      return numberAt(scratch, { at: value, type: 'u64', scale: 1 })
    case 4:
      return Number(scratch.readBigInt64LE(value))
    case 5:
      return scratch.readInt32LE(value)
    case 6:
      return scratch.readUInt16LE(value)
    default:
      return Number.NaN
  }
}

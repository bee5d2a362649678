import * as v from 'valibot'

/** Buffers bring a toJSON of their own, which has run before the replacer sees them: both forms are known. */
export function bytesToText(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (!('type' in value) || value.type !== 'Buffer') return value
  const buffer = v.safeParse(BUFFER_AS_JSON, value)
  return buffer.success ? { $bytes: Buffer.from(buffer.output.data).toString('base64') } : value
}

export function textToBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value
  const bytes = v.safeParse(BYTES, value)
  return bytes.success ? new Uint8Array(Buffer.from(bytes.output.$bytes, 'base64')) : value
}

const BUFFER_AS_JSON = v.strictObject({ type: v.literal('Buffer'), data: v.array(v.number()) })
const BYTES = v.strictObject({ $bytes: v.string() })

import { createHash } from 'node:crypto'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { parseRequestId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { decode, parsed } from '../../shared/wire/check.ts'
import type { Caller } from '../core/inputs.ts'
import type { Call } from './door.ts'

/** Who asks, and under which request identifier. */
export function callerOf({ identity }: Call, requestId: string): Result<Caller, BilletError> {
  if (identity.kind !== 'user') return refuse(billetError('permission_denied', 'Only users may ask for this.'))
  const { user } = identity
  return requestId === ''
    ? ok({ user, request: null })
    : decode(() => ({ user, request: parsed('request_id', requestId, parseRequestId) }))
}

/**
 * What a request asks for, in few bytes: recognises another request under the same identifier. Keys are sorted,
 * since a map comes in no stated order and the same request may be encoded in another one.
 */
export function digestOf(asked: unknown): string {
  return createHash('sha256').update(canonical(asked)).digest('base64url')
}

function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('base64')}`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}

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

/** What a request asks for, in few bytes: recognises another request under the same identifier. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

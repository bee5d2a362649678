import { createHash, randomBytes } from 'node:crypto'
import { parseTokenId } from '../../shared/model/ids.ts'
import { ok } from '../../shared/model/result.ts'
import { type Clock, hours, later } from '../../shared/model/time.ts'
import { count, decode, durationOf, invalid, resource, text } from '../../shared/wire/check.ts'
import type { HardwareBinding__Output } from '../../shared/wire/gen/types/billet/v1/HardwareBinding.ts'
import type { TokenServiceHandlers } from '../../shared/wire/gen/types/billet/v1/TokenService.ts'
import type { TokenBinding } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { callerOf } from './caller.ts'
import type { Door } from './door.ts'
import { page } from './pages.ts'
import { tokenResource } from './resources.ts'

const SECRET_PREFIX = 'billet-join-'
const SECRET_BYTES = 32
const USES_MAX = 100_000
const DEFAULT_TTL = hours(1)
const TTL_MAX = hours(24 * 30)

/** What is kept of a token's secret. It is 256 random bits: no slow hash is needed against guessing. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

export function tokenService(door: Door, fleet: Fleet, clock: Clock): TokenServiceHandlers {
  return {
    CreateToken: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
      const asked = decode(() => ({
        description: text('description', request.description, 200),
        uses: request.uses === 0 ? 1 : count('uses', request.uses, 1, USES_MAX),
        expiresAt: later(clock.now(), durationOf('ttl', request.ttl, DEFAULT_TTL, TTL_MAX)),
        autoApprove: request.auto_approve,
        binding: binding(request.binding),
      }))
      if (!asked.ok) return asked
      const hash = hashSecret(secret)
      const answer = await fleet.submit({ kind: 'create_token', caller: caller.value, hash, ...asked.value })
      return answer.ok ? ok({ token: tokenResource(answer.value), secret }) : answer
    }),
    ListTokens: door.unary((request) =>
      fleet.read((view) => {
        const listed = page(view, 'tokens', request, null, () => true)
        if (!listed.ok) return listed
        return ok({ tokens: listed.value.items.map(tokenResource), next_page_token: listed.value.next })
      }),
    ),
    RevokeToken: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const token = decode(() => resource('name', 'tokens', request.name, parseTokenId))
      if (!token.ok) return token
      const answer = await fleet.submit({ kind: 'revoke_token', caller: caller.value, token: token.value })
      return answer.ok ? ok({ token: tokenResource(answer.value) }) : answer
    }),
  }
}

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5,19}$/

function binding(wire: HardwareBinding__Output | null): TokenBinding {
  if (wire === null) return { uuid: '', serial: '', macAddress: '' }
  if (wire.mac_address !== '' && !MAC.test(wire.mac_address)) {
    invalid('binding.mac_address', 'expected lower-case bytes with colons')
  }
  return {
    uuid: text('binding.uuid', wire.uuid, 64),
    serial: text('binding.serial', wire.serial, 200),
    macAddress: wire.mac_address,
  }
}

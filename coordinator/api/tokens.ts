import { createHash, randomBytes } from 'node:crypto'
import { parseHardwareSerial, parseHardwareUuid, parseMacAddress } from '../../shared/model/hardware_identifiers.ts'
import { parseRegistrationName, parseTokenId } from '../../shared/model/ids.ts'
import { ok } from '../../shared/model/result.ts'
import { type Clock, type Instant, hours, later, minutes } from '../../shared/model/time.ts'
import { count, decode, durationOf, invalid, parsed, resource, text } from '../../shared/wire/check.ts'
import type { CreateTokenRequest__Output } from '../../shared/wire/gen/types/billet/v1/CreateTokenRequest.ts'
import type { HardwareBinding__Output } from '../../shared/wire/gen/types/billet/v1/HardwareBinding.ts'
import type { TokenServiceHandlers } from '../../shared/wire/gen/types/billet/v1/TokenService.ts'
import type { TokenBinding } from '../core/enrolment_records.ts'
import type { Fleet } from '../ports.ts'
import { callerOf } from './caller.ts'
import type { Door } from './door.ts'
import { page } from './pages.ts'
import { tokenResource } from './resources.ts'

const SECRET_PREFIX = 'billet-join-'
const SECRET_BYTES = 32
const USES_MAX = 100_000
const DEFAULT_TTL = hours(1)
/** A machine that is registered is about to be switched on. */
const REGISTERED_TTL = minutes(15)
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
      const asked = decode(() => decodeCreate(request, clock.now()))
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

function decodeCreate(request: CreateTokenRequest__Output, now: Instant) {
  const isRegistered = request.registration !== ''
  const bound = binding(request.binding)
  if (isRegistered && (bound.uuid !== '' || bound.serial !== '' || bound.macAddress !== '')) {
    invalid('binding', 'expected none beside a registration')
  }
  if (isRegistered && request.uses > 1) invalid('uses', 'expected 1 beside a registration')
  const ttl = isRegistered ? REGISTERED_TTL : DEFAULT_TTL
  return {
    description: text('description', request.description, 200),
    uses: request.uses === 0 ? 1 : count('uses', request.uses, 1, USES_MAX),
    expiresAt: later(now, durationOf('ttl', request.ttl, ttl, TTL_MAX)),
    autoApprove: request.auto_approve || isRegistered,
    binding: bound,
    registration: isRegistered
      ? resource('registration', 'registrations', request.registration, parseRegistrationName)
      : null,
  }
}

function binding(wire: HardwareBinding__Output | null): TokenBinding {
  if (wire === null) return { uuid: '', serial: '', macAddress: '' }
  const { uuid, serial, mac_address: mac } = wire
  return {
    uuid: uuid === '' ? '' : parsed('binding.uuid', uuid, parseHardwareUuid),
    serial: serial === '' ? '' : parsed('binding.serial', serial, parseHardwareSerial),
    macAddress: mac === '' ? '' : parsed('binding.mac_address', mac, parseMacAddress),
  }
}

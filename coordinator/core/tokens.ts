import { billetError } from '../../shared/model/errors.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import { type Handler, remember, repeated } from './handler.ts'
import { registrationUnknown, revokeTokensFor } from './registrations.ts'

export const createToken: Handler<'create_token'> = (draft, input) => {
  const before = repeated(draft, input.caller, `create_token ${input.description}`)
  if (!before.ok) return before
  if (before.value !== undefined) {
    const sentence = `This request made token ${before.value.resource} already, and its secret cannot be shown again.`
    return refuse(billetError('request_id_reused', sentence, { token: before.value.resource }))
  }
  const id = draft.ids.token()
  const { description, hash, uses, expiresAt, autoApprove, binding, registration, caller } = input
  if (registration !== null) {
    if (draft.find('registrations', registration) === undefined) return refuse(registrationUnknown(registration))
    // One at a time, so that what is registered cannot be taken twice.
    revokeTokensFor(draft, registration, caller.user)
  }
  const record = {
    id,
    description,
    hash,
    usesLeft: uses,
    usesMade: 0,
    expiresAt,
    autoApprove,
    binding,
    registration,
    createdAt: draft.now,
    user: caller.user,
    revokedAt: null,
    refusedAt: null,
  }
  draft.put({ table: 'tokens', key: id, record })
  remember(draft, caller, `create_token ${description}`, id)
  const whom = registration ?? (uses === 1 ? '1 machine' : `${uses} machines`)
  draft.event('TOKEN_CREATED', `Join token ${id} was made for ${whom}.`, { user: caller.user })
  return ok(() => draft.written('tokens', id))
}

export const revokeToken: Handler<'revoke_token'> = (draft, { token: id, caller }) => {
  const token = draft.find('tokens', id)
  if (token === undefined) return refuse(billetError('token_not_found', `There is no join token ${id}.`, { token: id }))
  if (token.revokedAt === null) {
    draft.put({ table: 'tokens', key: id, record: { ...token, revokedAt: draft.now } })
    draft.event('TOKEN_REVOKED', `Join token ${id} was revoked.`, { user: caller.user })
  }
  return ok(() => draft.written('tokens', id))
}

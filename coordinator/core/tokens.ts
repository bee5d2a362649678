import { billetError } from '../../shared/model/errors.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import { type Handler, remember, repeated } from './handler.ts'

export const createToken: Handler<'create_token'> = (draft, input) => {
  const before = repeated(draft, input.caller, `create_token ${input.description}`)
  if (!before.ok) return before
  if (before.value !== undefined) {
    const sentence = `This request made token ${before.value.resource} already, and its secret cannot be shown again.`
    return refuse(billetError('request_id_reused', sentence, { token: before.value.resource }))
  }
  const id = draft.ids.token()
  const { description, hash, uses, expiresAt, autoApprove, binding, caller } = input
  const record = {
    id,
    description,
    hash,
    usesLeft: uses,
    usesMade: 0,
    expiresAt,
    autoApprove,
    binding,
    createdAt: draft.now,
    user: caller.user,
    revokedAt: null,
  }
  draft.put({ table: 'tokens', key: id, record })
  remember(draft, caller, `create_token ${description}`, id)
  draft.event('TOKEN_CREATED', `Join token ${id} was made for ${uses} machine${uses === 1 ? '' : 's'}.`, {
    user: caller.user,
  })
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

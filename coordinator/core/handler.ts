import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Draft } from './draft.ts'
import type { Answers, Caller, InputKind, InputOf } from './inputs.ts'
import type { MachineRecord, RequestRecord, Versioned } from './records.ts'

/**
 * Decides one input: writes into the draft, and answers with what to say once the draft is in the state. A
 * refusal drops the draft with all that it wrote.
 */
export type Handler<Kind extends InputKind> = (
  draft: Draft,
  input: InputOf<Kind>,
) => Result<() => Answers[Kind], BilletError>

export function requestKey(caller: Caller): string {
  return `${caller.user}/${caller.request ?? ''}`
}

/** What a request did before, if it was carried out; refused where the same identifier asked for something else. */
export function repeated(draft: Draft, caller: Caller, digest: string): Result<RequestRecord | undefined, BilletError> {
  if (caller.request === null) return ok(undefined)
  const before = draft.find('requests', requestKey(caller))
  if (before === undefined || before.digest === digest) return ok(before)
  const sentence = `Request ${caller.request} was used before, for something else. Choose a new request_id.`
  return refuse(billetError('request_id_reused', sentence, { request: caller.request }))
}

/** Writes down that a request was carried out, and on what. */
export function remember(draft: Draft, caller: Caller, digest: string, resource: string): void {
  if (caller.request === null) return
  const { user, request } = caller
  const record = { key: requestKey(caller), user, request, digest, resource, at: draft.now }
  draft.put({ table: 'requests', key: record.key, record })
}

type MachineVerb = {
  [Kind in InputKind]: InputOf<Kind> extends { readonly caller: Caller; readonly machine: MachineId }
    ? Answers[Kind] extends Versioned<MachineRecord>
      ? Kind
      : never
    : never
}[InputKind]

/** A verb on a machine that is carried out once per request: repeated, it is answered with the machine as it is. */
export function once<Kind extends MachineVerb>(handler: Handler<Kind>): Handler<Kind> {
  return (draft, input) => {
    const { caller, ...asked } = input
    const digest = JSON.stringify(asked)
    const before = repeated(draft, caller, digest)
    if (!before.ok) return before
    if (before.value !== undefined) return ok(() => draft.written('machines', input.machine))
    const decided = handler(draft, input)
    if (decided.ok) remember(draft, caller, digest, input.machine)
    return decided
  }
}

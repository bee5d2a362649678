import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { IdSource } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Instant } from '../../shared/model/time.ts'
import { agentConnected, agentDisconnected, agentInventory, agentReported } from './agents.ts'
import { cancelCommand, commandReported, runCommand } from './commands.ts'
import { Draft } from './draft.ts'
import { enrolMachine } from './enrolment.ts'
import type { Answer, Answers, Caller, Effect, Input, InputKind, InputOf } from './inputs.ts'
import {
  approveMachine,
  cordonMachine,
  labelMachine,
  quarantineMachine,
  retireMachine,
  revalidateMachine,
  uncordonMachine,
} from './machines.ts'
import type { RequestRecord } from './records.ts'
import type { FleetState } from './state.ts'
import { createToken, revokeToken } from './tokens.ts'
import { termBegan, tick } from './upkeep.ts'
import { cancelWorkload, submitWorkload } from './workloads.ts'

/**
 * Decides one input: writes into the draft, and answers with what to say once the draft is in the state. A
 * refusal drops the draft with all that it wrote.
 */
export type Handler<Kind extends InputKind> = (
  draft: Draft,
  input: InputOf<Kind>,
) => Result<() => Answers[Kind], BilletError>

const handlers: { readonly [Kind in InputKind]: Handler<Kind> } = {
  approve_machine: approveMachine,
  cordon_machine: cordonMachine,
  uncordon_machine: uncordonMachine,
  label_machine: labelMachine,
  quarantine_machine: quarantineMachine,
  revalidate_machine: revalidateMachine,
  retire_machine: retireMachine,
  submit_workload: submitWorkload,
  cancel_workload: cancelWorkload,
  run_command: runCommand,
  cancel_command: cancelCommand,
  create_token: createToken,
  revoke_token: revokeToken,
  enrol_machine: enrolMachine,
  agent_connected: agentConnected,
  agent_reported: agentReported,
  agent_inventory: agentInventory,
  agent_disconnected: agentDisconnected,
  command_reported: commandReported,
  term_began: termBegan,
  tick,
}

/** Decides one input on the state; the effects hold once the state's writes are durable. */
export function apply<Kind extends InputKind>(
  state: FleetState,
  input: InputOf<Kind>,
  now: Instant,
  ids: IdSource,
): { readonly answer: Answer<Kind>; readonly effects: readonly Effect[] } {
  const draft = new Draft(state, now, ids)
  const decided = handlers[input.kind](draft, input)
  if (!decided.ok) return { answer: decided, effects: [] }
  const effects = draft.flush()
  return { answer: ok(decided.value()), effects }
}

export function requestKey(caller: Caller): string {
  return `${caller.user}/${caller.request ?? ''}`
}

/** What a request did before, if it was carried out; refused where the same identifier asked for something else. */
export function repeated(
  draft: Draft,
  caller: Caller,
  digest: string,
): Result<RequestRecord | undefined, BilletError> {
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

export type { Input }

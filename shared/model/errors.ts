/** gRPC's status codes, by name; their numbers are known to the edge alone. */
export type StatusCode =
  | 'CANCELLED'
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'UNAUTHENTICATED'

type KindTraits = { readonly reason: string; readonly code: StatusCode; readonly retryable: boolean }

const once = (reason: string, code: StatusCode): KindTraits => ({ reason, code, retryable: false })
const again = (reason: string, code: StatusCode): KindTraits => ({ reason, code, retryable: true })

/** Every kind of error that leaves a process: its stable reason, its gRPC code, and whether trying again helps. */
export const errorKinds = {
  invalid_argument: once('INVALID_ARGUMENT', 'INVALID_ARGUMENT'),
  message_too_large: once('MESSAGE_TOO_LARGE', 'RESOURCE_EXHAUSTED'),
  unauthenticated: once('UNAUTHENTICATED', 'UNAUTHENTICATED'),
  permission_denied: once('PERMISSION_DENIED', 'PERMISSION_DENIED'),
  token_unknown: once('TOKEN_UNKNOWN', 'UNAUTHENTICATED'),
  token_expired: once('TOKEN_EXPIRED', 'UNAUTHENTICATED'),
  token_spent: once('TOKEN_SPENT', 'UNAUTHENTICATED'),
  token_bound_elsewhere: once('TOKEN_BOUND_ELSEWHERE', 'PERMISSION_DENIED'),
  token_not_found: once('TOKEN_NOT_FOUND', 'NOT_FOUND'),
  machine_not_found: once('MACHINE_NOT_FOUND', 'NOT_FOUND'),
  workload_not_found: once('WORKLOAD_NOT_FOUND', 'NOT_FOUND'),
  rollout_not_found: once('ROLLOUT_NOT_FOUND', 'NOT_FOUND'),
  reservation_not_found: once('RESERVATION_NOT_FOUND', 'NOT_FOUND'),
  reservation_conflict: once('RESERVATION_CONFLICT', 'FAILED_PRECONDITION'),
  registration_not_found: once('REGISTRATION_NOT_FOUND', 'NOT_FOUND'),
  registration_conflict: once('REGISTRATION_CONFLICT', 'FAILED_PRECONDITION'),
  placement_not_found: once('PLACEMENT_NOT_FOUND', 'NOT_FOUND'),
  command_not_found: once('COMMAND_NOT_FOUND', 'NOT_FOUND'),
  tenant_not_found: once('TENANT_NOT_FOUND', 'NOT_FOUND'),
  state_conflict: once('STATE_CONFLICT', 'FAILED_PRECONDITION'),
  version_conflict: again('VERSION_CONFLICT', 'ABORTED'),
  request_id_reused: once('REQUEST_ID_REUSED', 'ALREADY_EXISTS'),
  hardware_connected: once('HARDWARE_CONNECTED', 'ALREADY_EXISTS'),
  machine_held: once('MACHINE_HELD', 'FAILED_PRECONDITION'),
  binding_refused: once('BINDING_REFUSED', 'FAILED_PRECONDITION'),
  priority_above_limit: once('PRIORITY_ABOVE_LIMIT', 'FAILED_PRECONDITION'),
  root_refused: once('ROOT_REFUSED', 'FAILED_PRECONDITION'),
  hardware_mismatch: once('HARDWARE_MISMATCH', 'FAILED_PRECONDITION'),
  boot_unavailable: once('BOOT_UNAVAILABLE', 'FAILED_PRECONDITION'),
  revision_compacted: once('REVISION_COMPACTED', 'OUT_OF_RANGE'),
  revision_future: once('REVISION_FUTURE', 'OUT_OF_RANGE'),
  slow_reader: again('SLOW_READER', 'RESOURCE_EXHAUSTED'),
  tenant_queue_full: again('TENANT_QUEUE_FULL', 'RESOURCE_EXHAUSTED'),
  query_too_large: once('QUERY_TOO_LARGE', 'RESOURCE_EXHAUSTED'),
  queue_full: again('QUEUE_FULL', 'RESOURCE_EXHAUSTED'),
  deadline_exceeded: again('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED'),
  cancelled: once('CANCELLED', 'CANCELLED'),
  bmc_not_found: once('BMC_NOT_FOUND', 'NOT_FOUND'),
  bmc_key_missing: once('BMC_KEY_MISSING', 'FAILED_PRECONDITION'),
  bmc_unreachable: again('BMC_UNREACHABLE', 'UNAVAILABLE'),
  bmc_untrusted: once('BMC_UNTRUSTED', 'FAILED_PRECONDITION'),
  bmc_login_refused: once('BMC_LOGIN_REFUSED', 'FAILED_PRECONDITION'),
  bmc_other_machine: once('BMC_OTHER_MACHINE', 'FAILED_PRECONDITION'),
  bmc_unsupported: once('BMC_UNSUPPORTED', 'FAILED_PRECONDITION'),
  bmc_busy: again('BMC_BUSY', 'ABORTED'),
  power_not_reached: once('POWER_NOT_REACHED', 'DEADLINE_EXCEEDED'),
  machine_unreachable: again('MACHINE_UNREACHABLE', 'UNAVAILABLE'),
  store_unavailable: again('STORE_UNAVAILABLE', 'UNAVAILABLE'),
  not_leader: again('NOT_LEADER', 'UNAVAILABLE'),
  unsupported_version: once('UNSUPPORTED_VERSION', 'FAILED_PRECONDITION'),
  session_superseded: once('SESSION_SUPERSEDED', 'ABORTED'),
  unavailable: again('UNAVAILABLE', 'UNAVAILABLE'),
  internal: once('INTERNAL', 'INTERNAL'),
} as const satisfies Readonly<Record<string, KindTraits>>

export type ErrorKind = keyof typeof errorKinds

/** A refusal that a program can read and a person can act on. */
export type BilletError = {
  readonly kind: ErrorKind
  /** One sentence, or few, that a person can act on. */
  readonly message: string
  /** Every variable that the sentence holds, by name. */
  readonly metadata: Readonly<Record<string, string>>
  /** Path of the field at fault, where one is. */
  readonly field?: string
}

export function billetError(
  kind: ErrorKind,
  message: string,
  metadata: Readonly<Record<string, string>> = {},
): BilletError {
  const { field } = metadata
  return field === undefined ? { kind, message, metadata } : { kind, message, metadata, field }
}

/** A field that is not as it must be: the sentence names it and says what was expected. */
export function invalidField(field: string, expected: string): BilletError {
  return { kind: 'invalid_argument', message: `${field}: ${expected}.`, metadata: { field }, field }
}

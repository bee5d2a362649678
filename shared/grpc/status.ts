import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js'
import { type BilletError, type ErrorKind, type StatusCode, billetError, errorKinds } from '../model/errors.ts'
import type { MessageCodec } from '../wire/contract.ts'
import { errorMessages } from '../wire/error_messages.ts'

const DOMAIN = 'billet'
const DETAILS = 'grpc-status-details-bin'
const TYPE_URL = 'type.googleapis.com/google.rpc.'

const CODES = {
  CANCELLED: status.CANCELLED,
  UNKNOWN: status.UNKNOWN,
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  NOT_FOUND: status.NOT_FOUND,
  ALREADY_EXISTS: status.ALREADY_EXISTS,
  PERMISSION_DENIED: status.PERMISSION_DENIED,
  RESOURCE_EXHAUSTED: status.RESOURCE_EXHAUSTED,
  FAILED_PRECONDITION: status.FAILED_PRECONDITION,
  ABORTED: status.ABORTED,
  OUT_OF_RANGE: status.OUT_OF_RANGE,
  UNIMPLEMENTED: status.UNIMPLEMENTED,
  INTERNAL: status.INTERNAL,
  UNAVAILABLE: status.UNAVAILABLE,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
} as const satisfies Readonly<Record<StatusCode, status>>

/** How long to wait before a call that may be repeated, as a hint. */
const RETRY_AFTER = { seconds: 1, nanos: 0 }

/** What an error is on the wire: a code, a sentence, and details that a program can read. */
export function toStatus(error: BilletError): StatusObject {
  const { reason, code, retryable } = errorKinds[error.kind]
  const { message } = error
  const info = { reason, domain: DOMAIN, metadata: { ...error.metadata } }
  const details = [packed('ErrorInfo', errorMessages.errorInfo, info)]
  if (error.field !== undefined) {
    const violations = { field_violations: [{ field: error.field, description: message }] }
    details.push(packed('BadRequest', errorMessages.badRequest, violations))
  }
  if (retryable) details.push(packed('RetryInfo', errorMessages.retryInfo, { retry_delay: RETRY_AFTER }))
  const metadata = new Metadata()
  metadata.set(DETAILS, errorMessages.status.serialize({ code: CODES[code], message, details }))
  return { code: CODES[code], details: message, metadata }
}

function packed<Input, Output>(name: string, codec: MessageCodec<Input, Output>, value: Input) {
  return { type_url: TYPE_URL + name, value: codec.serialize(value) }
}

const KINDS: ReadonlyMap<string, ErrorKind> = new Map(
  Object.keys(errorKinds)
    .filter(isKind)
    .map((kind) => [errorKinds[kind].reason, kind]),
)

function isKind(text: string): text is ErrorKind {
  return text in errorKinds
}

/** What a failed call says: Billet's own error where the other side sent one, else the nearest by its code. */
export function fromStatus(failed: ServiceError | StatusObject): BilletError {
  const info = errorInfo(failed.metadata)
  const kind = info?.domain === DOMAIN ? KINDS.get(info.reason) : undefined
  if (kind !== undefined && info !== undefined) return billetError(kind, failed.details, info.metadata)
  return billetError(BY_CODE.get(failed.code) ?? 'internal', sentence(failed))
}

const BY_CODE: ReadonlyMap<number, ErrorKind> = new Map<number, ErrorKind>([
  [status.CANCELLED, 'cancelled'],
  [status.INVALID_ARGUMENT, 'invalid_argument'],
  [status.DEADLINE_EXCEEDED, 'deadline_exceeded'],
  [status.PERMISSION_DENIED, 'permission_denied'],
  [status.RESOURCE_EXHAUSTED, 'message_too_large'],
  [status.UNAVAILABLE, 'unavailable'],
  [status.UNAUTHENTICATED, 'unauthenticated'],
  [status.UNIMPLEMENTED, 'unsupported_version'],
])

function sentence(failed: ServiceError | StatusObject): string {
  if (failed.code === status.UNAVAILABLE) return `The coordinator cannot be reached: ${cause(failed.details)}.`
  return failed.details === '' ? `The call failed with code ${status[failed.code]}.` : failed.details
}

/** What stands in the way, without the words that grpc-js puts around it. */
function cause(details: string): string {
  const [, last] = /Last error: (?:Error: )?(.+?)\.?\s*(?:Resolution note:.*)?$/s.exec(details) ?? []
  return last ?? details.replace(/\.$/, '')
}

function errorInfo(metadata: Metadata | undefined) {
  const [encoded] = metadata?.get(DETAILS) ?? []
  if (!Buffer.isBuffer(encoded)) return undefined
  try {
    const { details } = errorMessages.status.deserialize(encoded)
    const info = details.find(({ type_url: url }) => url === `${TYPE_URL}ErrorInfo`)
    return info === undefined ? undefined : errorMessages.errorInfo.deserialize(Buffer.from(info.value))
  } catch {
    // Details that cannot be read are as good as none: the code and the sentence are there.
    return undefined
  }
}

import { type Result, ok, refuse } from './result.ts'

/** Every kind of identifier in Billet. A brand keeps one kind from being passed for another. */
type Brand<Kind extends string> = string & { readonly brand: Kind }

export type MachineId = Brand<'machine'>
export type WorkloadId = Brand<'workload'>
export type PlacementId = Brand<'placement'>
export type CommandId = Brand<'command'>
export type TokenId = Brand<'token'>
export type EventId = Brand<'event'>
export type RolloutId = Brand<'rollout'>
export type ReservationId = Brand<'reservation'>
/** What a reservation is called, alone among those that are not over; spelt as a tenant. */
export type ReservationName = Brand<'reservation_name'>
/** What a machine is called before it comes: a host name in lower case. */
export type RegistrationName = Brand<'registration_name'>
/** What a tenant is called: lower-case words joined by hyphens, as in DNS labels. */
export type TenantName = Brand<'tenant'>
/** Who calls the API: the name in a user's certificate. */
export type UserName = Brand<'user'>
/** Chosen by a client so that a repeated request is recognised; any printable text. */
export type RequestId = Brand<'request'>

/** A machine's placement counter; it only grows. */
export type Epoch = number & { readonly counter: 'epoch' }
/** The leader's election counter; it only grows. */
export type Term = number & { readonly counter: 'term' }
/** The store's counter of commits; it only grows. */
export type Revision = number & { readonly counter: 'revision' }

const GENERATED = /^(?:mch|wkl|plc|cmd|tok|evt|rol|rsv)-[0-9a-z]{16}$/
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const PRINTABLE = /^[\x21-\x7e]{1,128}$/

type Generated = {
  mch: MachineId
  wkl: WorkloadId
  plc: PlacementId
  cmd: CommandId
  tok: TokenId
  evt: EventId
  rol: RolloutId
  rsv: ReservationId
}

function isGenerated<Prefix extends keyof Generated>(prefix: Prefix, text: string): text is Generated[Prefix] {
  return text.startsWith(`${prefix}-`) && GENERATED.test(text)
}

const idParser =
  <Prefix extends keyof Generated>(prefix: Prefix) =>
  (text: string): Result<Generated[Prefix], string> =>
    isGenerated(prefix, text)
      ? ok(text)
      : refuse(`must be "${prefix}-" and 16 characters of 0-9 and a-z, got ${JSON.stringify(text.slice(0, 64))}`)

export const parseMachineId = idParser('mch')
export const parseWorkloadId = idParser('wkl')
export const parsePlacementId = idParser('plc')
export const parseCommandId = idParser('cmd')
export const parseTokenId = idParser('tok')
export const parseEventId = idParser('evt')
export const parseRolloutId = idParser('rol')
export const parseReservationId = idParser('rsv')

const isTenantName = (text: string): text is TenantName => LABEL.test(text)
const isUserName = (text: string): text is UserName => LABEL.test(text)
const isReservationName = (text: string): text is ReservationName => LABEL.test(text)
const isRegistrationName = (text: string): text is RegistrationName =>
  text.length <= 253 && text.split('.').every((part) => LABEL.test(part))
const isRequestId = (text: string): text is RequestId => PRINTABLE.test(text)

export function parseTenantName(text: string): Result<TenantName, string> {
  if (isTenantName(text)) return ok(text)
  return refuse(`must be 1 to 63 characters of a-z, 0-9 and inner hyphens, got ${JSON.stringify(text.slice(0, 80))}`)
}

export function parseUserName(text: string): Result<UserName, string> {
  if (isUserName(text)) return ok(text)
  return refuse(`must be 1 to 63 characters of a-z, 0-9 and inner hyphens, got ${JSON.stringify(text.slice(0, 80))}`)
}

export function parseReservationName(text: string): Result<ReservationName, string> {
  if (isReservationName(text)) return ok(text)
  return refuse(`must be 1 to 63 characters of a-z, 0-9 and inner hyphens, got ${JSON.stringify(text.slice(0, 80))}`)
}

export function parseRegistrationName(text: string): Result<RegistrationName, string> {
  if (isRegistrationName(text)) return ok(text)
  const expected = 'expected a host name of a-z, 0-9, inner hyphens and dots, at most 63 characters between dots'
  return refuse(`${expected}, got ${JSON.stringify(text.slice(0, 80))}`)
}

/** Who decides what nobody asked for: the coordinator itself. */
export const SYSTEM_USER: UserName = named('billet')

function named(text: string): UserName {
  const parsed = parseUserName(text)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

export function parseRequestId(text: string): Result<RequestId, string> {
  if (isRequestId(text)) return ok(text)
  return refuse('must be 1 to 128 printable ASCII characters without spaces')
}

/** Makes identifiers; the randomness comes in from outside, so that a simulator can replay it. */
export interface IdSource {
  machine(): MachineId
  workload(): WorkloadId
  placement(): PlacementId
  command(): CommandId
  token(): TokenId
  event(): EventId
  rollout(): RolloutId
  reservation(): ReservationId
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

/**
 * Identifiers from a source of random bytes. 16 characters of 36 hold 82 bits: a million identifiers collide
 * with a chance below one in 10^12.
 *
 * @param randomBytes yields `length` bytes, each uniform over 0 to 255.
 */
export function idSource(randomBytes: (length: number) => Uint8Array): IdSource {
  const next = <Prefix extends keyof Generated>(prefix: Prefix): Generated[Prefix] => {
    let text = ''
    while (text.length < 16) {
      // 252 is the largest multiple of 36 that a byte holds: taking more would favour some characters.
      for (const byte of randomBytes(24)) if (byte < 252 && text.length < 16) text += ALPHABET.charAt(byte % 36)
    }
    const id = `${prefix}-${text}`
    if (!isGenerated(prefix, id)) throw new Error(`made a malformed identifier: ${id}`)
    return id
  }
  return {
    machine: () => next('mch'),
    workload: () => next('wkl'),
    placement: () => next('plc'),
    command: () => next('cmd'),
    token: () => next('tok'),
    event: () => next('evt'),
    rollout: () => next('rol'),
    reservation: () => next('rsv'),
  }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const isEpoch = (value: number): value is Epoch => isCount(value)
const isTerm = (value: number): value is Term => isCount(value)
const isRevision = (value: number): value is Revision => isCount(value)

export function epoch(value: number): Epoch {
  if (!isEpoch(value)) throw new RangeError(`not an epoch: ${value}`)
  return value
}

export function term(value: number): Term {
  if (!isTerm(value)) throw new RangeError(`not a term: ${value}`)
  return value
}

export function revision(value: number): Revision {
  if (!isRevision(value)) throw new RangeError(`not a revision: ${value}`)
  return value
}

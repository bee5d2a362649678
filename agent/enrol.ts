import { setTimeout as sleep } from 'node:timers/promises'
import { readFileSync } from 'node:fs'
import type { Address } from '../shared/config.ts'
import { Connection } from '../shared/grpc/client.ts'
import type { Logger } from '../shared/log.ts'
import { type BilletError, errorKinds } from '../shared/model/errors.ts'
import type { Inventory } from '../shared/model/inventory.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import type { Clock, Milliseconds } from '../shared/model/time.ts'
import { agentServices } from '../shared/wire/agent_services.ts'
import { encodeHardware } from '../shared/wire/inventory.ts'
import { certificateRequest } from './certificate_request.ts'
import { type Identity, type IdentityStore, identityFrom } from './identity.ts'
import { fetchAuthority } from './pin.ts'

/** How the coordinator is known before there is an identity. */
export type Trust =
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  | { readonly kind: 'file'; readonly path: string }

export type EnrolOptions = {
  readonly store: IdentityStore
  readonly address: Address
  readonly trust: Trust
  /** A secret. */
  readonly token: string
  readonly inventory: Inventory
  readonly clock: Clock
  readonly log: Logger
  /** How long to wait before a failure that may pass is tried again. */
  readonly wait: () => Milliseconds
}

type Failure = { readonly again: boolean; readonly sentence: string }
type Attempt = Result<Identity, Failure>

/**
 * Gives this machine an identity. What may pass (no network yet, a coordinator that restarts) is tried again until the
 * signal fires; what will not is refused in words. An answer that was lost is no harm: the key stays the same.
 */
export async function enrol(options: EnrolOptions, signal: AbortSignal): Promise<Result<Identity, string>> {
  const { log, wait, address } = options
  while (!signal.aborted) {
    const attempt = await enrolOnce(options, signal)
    if (attempt.ok) {
      log.info({ machine_id: attempt.value.machine }, 'enrolled')
      return attempt
    }
    const { again, sentence } = attempt.error
    if (!again) return refuse(sentence)
    const pause = wait()
    log.warn({ address: printAddress(address), reason: sentence, wait_ms: Math.round(pause) }, 'not enrolled yet')
    await sleep(pause, undefined, { signal }).catch(() => undefined)
  }
  return refuse('ended before this machine was enrolled')
}

async function enrolOnce(options: EnrolOptions, signal: AbortSignal): Promise<Attempt> {
  const { store, address, token, inventory } = options
  const trusted = await authorities(options)
  if (!trusted.ok) return trusted
  const key = store.key()
  const connection = new Connection(printAddress(address), { authorities: trusted.value })
  try {
    const request = {
      token,
      certificate_request: certificateRequest(key),
      hardware: encodeHardware(inventory.hardware),
      hostname: inventory.os.hostname,
    }
    const answer = await connection.call(agentServices.EnrolmentService.Enrol, request, { signal })
    if (!answer.ok) return refuse(failureOf(answer.error, options))
    const { certificate, certificate_authorities: given, session_address: said } = answer.value
    const coordinator = said.startsWith(':') ? printAddress({ ...address, port: Number(said.slice(1)) }) : said
    const identity = identityFrom(certificate, { key, authorities: given, coordinator })
    if (!identity.ok)
      return refuse({ again: false, sentence: `the coordinator's answer is no identity: ${identity.error}` })
    store.save(identity.value)
    return identity
  } finally {
    connection.close()
  }
}

async function authorities({
  address,
  trust,
}: EnrolOptions): Promise<Result<string, { again: boolean; sentence: string }>> {
  if (trust.kind === 'file') {
    try {
      return ok(readFileSync(trust.path, 'utf8'))
    } catch (error) {
      const sentence = `${trust.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`
      return refuse({ again: false, sentence })
    }
  }
  const fetched = await fetchAuthority(address, trust.fingerprint)
  if (fetched.ok) return fetched
  return refuse({ again: fetched.error.kind === 'unreachable', sentence: fetched.error.sentence })
}

/** A certificate that is not believed will not be believed later either. */
function failureOf({ kind, message }: BilletError, { address, trust }: EnrolOptions): Failure {
  if (errorKinds[kind].retryable && /certificate|self.signed/i.test(message)) {
    const by = trust.kind === 'file' ? `the authority in ${trust.path}` : 'the authority that was pinned'
    const sentence = `the certificate of ${printAddress(address)} is not signed by ${by}`
    return { again: false, sentence: `${sentence}. No token was sent. (${message})` }
  }
  return { again: errorKinds[kind].retryable, sentence: message }
}

export const printAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

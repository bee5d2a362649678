import { type KeyObject, X509Certificate, createHash, sign, verify } from 'node:crypto'
import * as v from 'valibot'
import { type Result, ok, refuse } from './model/result.ts'
import { certifierUri } from './tls/identity.ts'

/** A certificate of a release, as it is shown and archived. */
export type ReleaseCertificate = {
  readonly statement: string
  readonly signature: Uint8Array
  readonly certificate: string
}

const DEVICE = v.object({
  device: v.string(),
  serial: v.string(),
  size_bytes: v.number(),
  method: v.string(),
  /** By NIST SP 800-88. */
  category: v.picklist(['purge', 'clear']),
  /** Places that were marked before, and read back after. */
  sample_count: v.number(),
})
const FENCED = v.object({ device: v.string(), serial: v.string(), reason: v.string() })
const STEP = v.object({ id: v.string(), passed: v.boolean(), detail: v.string(), duration_ms: v.number() })

/** What is certified: version 1. Times are in ISO 8601. */
const STATEMENT = v.object({
  version: v.literal(1),
  cluster: v.string(),
  machine: v.string(),
  sequence: v.number(),
  /** SHA-256 of the statement before this one on the same machine; empty for the first. */
  previous: v.string(),
  hostname: v.string(),
  hardware: v.object({ uuid: v.string(), serial: v.string(), mac_addresses: v.array(v.string()) }),
  tenant: v.string(),
  workload: v.string(),
  placement: v.string(),
  epoch: v.number(),
  term: v.number(),
  hand_back_time: v.string(),
  prove_time: v.string(),
  /** Every device that was erased. */
  devices: v.array(DEVICE),
  /** Devices that could not be erased, and are kept from tenants since. */
  fenced: v.optional(v.array(FENCED), []),
  steps: v.array(STEP),
})

export type Statement = v.InferOutput<typeof STATEMENT>

export const digestOf = (statement: string): string => createHash('sha256').update(statement).digest('hex')

/** @param key one in PEM is read anew each time, which takes longer than to sign. */
export function signStatement(statement: string, key: KeyObject | string): Buffer {
  return sign('sha256', Buffer.from(statement), key)
}

/**
 * Checks a certificate against the fleet's authority alone: that the authority gave the key to its certifier, that the
 * key was good when it signed, and that it signed these very bytes.
 */
export function verifyRelease(
  { statement, signature, certificate }: ReleaseCertificate,
  authority: string,
): Result<Statement, string> {
  try {
    const [holder, issuer] = [new X509Certificate(certificate), new X509Certificate(authority)]
    if (!holder.checkIssued(issuer) || !holder.verify(issuer.publicKey)) {
      return refuse("its key was not certified by this fleet's authority")
    }
    const parsed = v.safeParse(STATEMENT, JSON.parse(statement))
    if (!parsed.success) return refuse(`its statement cannot be read: ${parsed.issues[0].message}`)
    const { cluster, prove_time: at } = parsed.output
    if (holder.subjectAltName !== `URI:${certifierUri(cluster)}`) return refuse('its key is not that of the certifier')
    const time = Date.parse(at)
    if (!(Date.parse(holder.validFrom) <= time && time <= Date.parse(holder.validTo))) {
      return refuse(`its key was not valid at ${at}`)
    }
    if (!verify('sha256', Buffer.from(statement), holder.publicKey, signature)) {
      return refuse('its signature is not that of its statement')
    }
    return ok(parsed.output)
  } catch (error) {
    return refuse(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Says where a chain is broken, oldest first; null where each names the one before it. */
export function brokenChain(
  statements: readonly { readonly text: string; readonly statement: Statement }[],
): string | null {
  for (const [index, { statement }] of statements.entries()) {
    const before = statements[index - 1]
    if (before === undefined) continue
    if (statement.sequence !== before.statement.sequence + 1) return `${before.statement.sequence + 1} is missing`
    if (statement.previous !== digestOf(before.text)) return `${statement.sequence} does not follow what is before it`
  }
  return null
}

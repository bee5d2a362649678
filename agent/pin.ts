import { X509Certificate } from 'node:crypto'
import { type DetailedPeerCertificate, connect } from 'node:tls'
import type { Address } from '../shared/config.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { COORDINATOR_NAME } from '../shared/tls/identity.ts'

export type PinFailure = {
  readonly kind: 'unreachable' | 'other_authority'
  readonly sentence: string
}

const CONNECT_MS = 10_000

/** A fingerprint as it is given: "sha256:" and 64 hexadecimal digits, with or without colons between. */
export function parseFingerprint(text: string): string | undefined {
  const digits = /^sha256:([0-9a-f:]+)$/i.exec(text.trim())?.[1]?.replaceAll(':', '').toLowerCase()
  return digits?.length === 64 ? `sha256:${digits}` : undefined
}

/**
 * Gets the certificate of the authority whose fingerprint is pinned, from the chain that the coordinator presents.
 * Nothing is sent and nothing else is believed on this connection; the next one is made with that authority.
 */
export function fetchAuthority({ host, port }: Address, fingerprint: string): Promise<Result<string, PinFailure>> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      servername: COORDINATOR_NAME,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
    })
    const end = (result: Result<string, PinFailure>): void => {
      socket.destroy()
      resolve(result)
    }
    const where = `${host}:${port}`
    socket.setTimeout(CONNECT_MS, () => {
      end(refuse({ kind: 'unreachable', sentence: `${where} did not answer within ${CONNECT_MS / 1000} s` }))
    })
    socket.once('error', (error: Error) => {
      end(refuse({ kind: 'unreachable', sentence: `${where} cannot be reached: ${error.message}` }))
    })
    socket.once('secureConnect', () => end(authorityIn(socket.getPeerCertificate(true), where, fingerprint)))
  })
}

function authorityIn(
  presented: DetailedPeerCertificate,
  where: string,
  fingerprint: string,
): Result<string, PinFailure> {
  let last: X509Certificate | null = null
  const seen = new Set<DetailedPeerCertificate>()
  for (let certificate = presented; !seen.has(certificate); certificate = certificate.issuerCertificate) {
    seen.add(certificate)
    last = new X509Certificate(certificate.raw)
    if (last.ca && fingerprintOf(last) === fingerprint) return ok(last.toString())
    if (certificate.issuerCertificate === undefined) break
  }
  const shown = last === null ? 'nothing' : fingerprintOf(last)
  const sentence =
    `${where} is not the coordinator that was meant: its authority has the fingerprint ${shown}, ` +
    `and ${fingerprint} was expected. No token was sent.`
  return refuse({ kind: 'other_authority', sentence })
}

const fingerprintOf = (certificate: X509Certificate): string =>
  `sha256:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`

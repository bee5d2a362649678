import type { IncomingMessage } from 'node:http'
import { Agent, type AgentOptions, request as secureRequest } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type TLSSocket, connect } from 'node:tls'
import type { BmcTrust } from '../../shared/model/power.ts'

/** One exchange with a BMC, whatever came of it. */
export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Headers; readonly body: string }
  /** Nothing was sent: there was no connection. */
  | { readonly kind: 'not_sent'; readonly message: string }
  /** It was sent, and may have been done. */
  | { readonly kind: 'no_answer'; readonly message: string }
  | { readonly kind: 'untrusted'; readonly message: string }
  | { readonly kind: 'too_large' }

type Headers = {
  readonly token: string
  readonly location: string
  readonly etag: string
  readonly retryAfter: string
}

export type Request = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const BODY_MAX = 4 * 1024 * 1024
const SOCKETS_MAX = 2

/** Connections to one BMC. Nothing is sent before its certificate was found to be the right one. */
export class Transport {
  readonly #url: URL
  readonly #agent: Agent

  constructor(url: string, trust: BmcTrust) {
    this.#url = new URL(url)
    const common: AgentOptions = { keepAlive: true, maxSockets: SOCKETS_MAX, minVersion: 'TLSv1.2' }
    this.#agent =
      trust.kind === 'fingerprint'
        ? new PinnedAgent(common, trust.sha256)
        : new Agent(trust.kind === 'authority' ? { ...common, ca: trust.pem } : common)
  }

  close(): void {
    this.#agent.destroy()
  }

  exchange({ method, path, headers, body, timeoutMs, signal }: Request): Promise<Answer> {
    const bytes = body === null ? null : Buffer.from(body)
    const length = bytes === null ? {} : { 'content-type': 'application/json', 'content-length': `${bytes.length}` }
    const timed = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    return new Promise((resolve) => {
      const asked = secureRequest(new URL(path, this.#url), {
        method,
        agent: this.#agent,
        headers: { accept: 'application/json', 'odata-version': '4.0', 'user-agent': 'billet', ...headers, ...length },
        signal: timed,
      })
      let [isAssigned, isConnected] = [false, false]
      const connected = (): void => {
        isConnected = true
      }
      // Without a socket an abort ends nothing by itself.
      const giveUp = (): void => {
        if (isAssigned) return
        if (this.#agent instanceof PinnedAgent) this.#agent.giveUp()
        resolve(failed(new GivenUp(), false, !signal.aborted, timeoutMs))
      }
      if (timed.aborted) giveUp()
      else timed.addEventListener('abort', giveUp, { once: true })
      asked.once('socket', (socket) => {
        isAssigned = true
        // One that is kept from before has no handshake to wait for.
        if (!socket.connecting) isConnected = true
        else socket.once('secureConnect', connected)
      })
      asked.once('error', (error) => resolve(failed(error, isConnected, timed.aborted && !signal.aborted, timeoutMs)))
      asked.once('response', (response) => {
        read(response).then(resolve, (error: unknown) => resolve(broken(error)))
      })
      asked.end(bytes ?? undefined)
    })
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response) {
    if (!Buffer.isBuffer(part)) continue
    length += part.length
    if (length > BODY_MAX) {
      response.destroy()
      return { kind: 'too_large' }
    }
    parts.push(part)
  }
  const header = (name: string): string => {
    const value = response.headers[name]
    return typeof value === 'string' ? value : ''
  }
  const headers = {
    token: header('x-auth-token'),
    location: header('location'),
    etag: header('etag'),
    retryAfter: header('retry-after'),
  }
  return { kind: 'answered', status: response.statusCode ?? 0, headers, body: Buffer.concat(parts).toString('utf8') }
}

const broken = (error: unknown): Answer => ({ kind: 'no_answer', message: `its answer broke off (${codeOf(error)})` })

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code'

/** What OpenSSL and Node say of certificates that nobody who is believed has signed, or that are another's. */
const CERTIFICATE = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|ERR_BMC_)/

function failed(error: Error, isConnected: boolean, isTimeout: boolean, timeoutMs: number): Answer {
  const code = codeOf(error)
  if (CERTIFICATE.test(code)) {
    const pinned = error instanceof OtherCertificate ? error.message : `its certificate is not believed (${code})`
    return { kind: 'untrusted', message: pinned }
  }
  const why = isTimeout ? `no answer within ${timeoutMs / 1000} s` : code
  return isConnected ? { kind: 'no_answer', message: why } : { kind: 'not_sent', message: why }
}

class OtherCertificate extends Error {
  readonly code = 'ERR_BMC_FINGERPRINT'
}

class GivenUp extends Error {
  readonly code = 'ECONNABORTED'
}

/** Believes one certificate and no authority: BMCs sign their own. */
class PinnedAgent extends Agent {
  readonly #sha256: string
  /** Nobody else holds these. */
  readonly #pending = new Set<TLSSocket>()

  constructor(options: AgentOptions, sha256: string) {
    super(options)
    this.#sha256 = sha256
  }

  /** Ends what is not connected yet. */
  giveUp(): void {
    for (const socket of this.#pending) socket.destroy(new GivenUp())
  }

  override destroy(): void {
    this.giveUp()
    super.destroy()
  }

  override createConnection(
    options: Parameters<Agent['createConnection']>[0],
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    // The check below is in place of the authorities'; the socket is handed over only after it.
    const host = options.host ?? ''
    const socket = connect({
      host,
      port: Number(options.port ?? 443),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    })
    this.#pending.add(socket)
    socket.once('close', () => this.#pending.delete(socket))
    socket.once('error', (error: Error) => done?.(error, socket))
    socket.once('secureConnect', () => {
      this.#pending.delete(socket)
      const found = fingerprintOf(socket)
      if (found === this.#sha256) return done?.(null, socket)
      const sentence = `its certificate is not the one that was named: its SHA-256 is ${found || 'not known'}`
      socket.destroy()
      done?.(new OtherCertificate(sentence), socket)
    })
  }
}

const fingerprintOf = (socket: TLSSocket): string =>
  (socket.getPeerCertificate().fingerprint256 ?? '').replaceAll(':', '').toLowerCase()

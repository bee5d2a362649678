import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Address } from '../../shared/config.ts'
import { bind, limitPerAddress } from '../../shared/grpc/listener.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import type { Content } from './content.ts'
import { spanOf } from './range.ts'
import { type BootTable, isOfAgents } from './table.ts'
import type { Transfers } from './transfers.ts'

export type BootLimits = {
  readonly connectionsMax: number
  readonly connectionsPerAddressMax: number
  /** How long a request's headers may take. */
  readonly headersMs: number
}

export type BootListenOptions = {
  readonly limits: BootLimits
  /** Certificate and key, in PEM; plain HTTP without them. */
  readonly tls: { readonly certificate: string; readonly key: string } | null
  /** What is served now, or why the rest of it is not. */
  readonly served: () => Promise<{ readonly table: BootTable; readonly fault: string | null }>
  /** All listeners share one, and so its rates. */
  readonly transfers: Transfers
  readonly onBug: (error: unknown) => void
}

export interface BootListener {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

const HEADER_BYTES_MAX = 8 * 1024
const KEEP_ALIVE_MS = 5000
const REQUESTS_PER_CONNECTION_MAX = 100
/** How often connections are looked through for headers that take too long. */
const LOOK_MS = 1000

/** Listens for servers at their first boot. Nothing that is served is a secret, and nobody is asked who he is. */
export async function listenForBoots(
  { host, port }: Address,
  options: BootListenOptions,
): Promise<Result<BootListener, string>> {
  const { limits, tls } = options
  const door = new BootDoor(options)
  const serve = (request: IncomingMessage, response: ServerResponse): void => void door.serve(request, response)
  const timing = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.min(LOOK_MS, limits.headersMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
  }
  const secure = { ...timing, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersMs } as const
  const server: Server =
    tls === null
      ? createServer(timing, serve)
      : createSecureServer({ ...secure, cert: tls.certificate, key: tls.key }, serve)
  server.maxConnections = limits.connectionsMax
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX
  const sockets: ReadonlySet<Socket> = limitPerAddress(server, limits.connectionsPerAddressMax)
  const bound = await bind(server, host, port)
  if (!bound.ok) return bound
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return ok({ host, port: bound.value, close })
}

class BootDoor {
  readonly #options: BootListenOptions

  constructor(options: BootListenOptions) {
    this.#options = options
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response)
    } catch (error) {
      this.#options.onBug(error)
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The coordinator failed on this request; its log says more.')
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers, url = '' } = request
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return refuse(response, 405, 'Expected GET or HEAD.')
    }
    if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') {
      return refuse(response, 400, 'Expected no body.')
    }
    const { table, fault } = await this.#options.served()
    const content = table.get(url)
    if (content === undefined) {
      if (fault === null || !isOfAgents(url)) return refuse(response, 404, 'There is nothing here.')
      return notNow(response, `There are no agents to install here: ${fault}.`)
    }
    if (!content.hold()) return notNow(response, 'The agents here are being replaced.')
    try {
      await this.#send(request, response, content)
    } finally {
      content.release()
    }
  }

  async #send({ method, headers, socket }: IncomingMessage, response: ServerResponse, content: Content): Promise<void> {
    const { type, bytes, sha256 } = content
    const tag = `"sha256:${sha256}"`
    response.setHeader('etag', tag)
    response.setHeader('accept-ranges', 'bytes')
    response.setHeader('cache-control', 'no-cache')
    response.setHeader('x-content-type-options', 'nosniff')
    if (isAmong(headers['if-none-match'], tag)) {
      response.writeHead(304).end()
      return
    }
    response.setHeader('content-type', type)
    const isConditional = headers['if-range'] !== undefined && headers['if-range'] !== tag
    const span = method === 'GET' && !isConditional ? spanOf(headers.range, bytes) : null
    if (span === 'unsatisfiable') {
      response.setHeader('content-range', `bytes */${bytes}`)
      return refuse(response, 416, `Expected a range within ${bytes} bytes.`)
    }
    const { from, to } = span ?? { from: 0, to: bytes - 1 }
    if (span !== null) response.setHeader('content-range', `bytes ${from}-${to}/${bytes}`)
    response.setHeader('content-length', to + 1 - from)
    response.writeHead(span === null ? 200 : 206)
    if (method === 'HEAD') response.end()
    else await this.#options.transfers.send(response, content, { from, to }, socket.remoteAddress ?? '')
  }
}

function isAmong(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((entry) => entry.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(tag)
}

/** What is missing may come, and is worth another try; what does not exist is not. */
function notNow(response: ServerResponse, why: string): void {
  response.setHeader('retry-after', '10')
  refuse(response, 503, why)
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.setHeader('connection', 'close')
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}

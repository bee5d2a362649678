import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Address } from '../../../shared/config.ts'
import { bind } from '../../../shared/grpc/listener.ts'
import type { Expression } from '../../../shared/model/expression/expression.ts'
import { describeFault, parseExpression } from '../../../shared/model/expression/parse.ts'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import type { QueriedMachine } from '../../../shared/model/telemetry_query.ts'
import type { Clock } from '../../../shared/model/time.ts'
import type { TelemetryRings } from '../rings.ts'
import { Turns } from '../turns.ts'
import { type Access, type Reader, isLoopback } from './access.ts'
import { machineLabels } from './machine_labels.ts'
import { MachineExposition, type Selection } from './machines.ts'
import type { OwnMetrics } from './own.ts'
import { CONTENT_TYPE } from './text.ts'

export type MetricsOptions = {
  readonly access: Access
  readonly tls: { readonly certificate: string; readonly key: string; readonly clientAuthorities: string }
  readonly own: Pick<OwnMetrics, 'text'>
  readonly rings: Pick<TelemetryRings, 'seen'>
  /** Machines that a reader may see and that the expression chooses; null stands for each other one. */
  readonly machines: (reader: Reader, chosen: Expression | null) => Iterable<QueriedMachine | null>
  readonly selection: Omit<Selection, 'asked'>
  readonly clock: Clock
  readonly onBug: (error: unknown) => void
}

export interface MetricsListener {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

const CONNECTIONS_MAX = 64
const AT_ONCE = 4
const TIMEOUT_MS = 60_000

/** Listens for scrapes; without TLS on the loopback alone. */
export async function listenForScrapes(
  { host, port }: Address,
  options: MetricsOptions,
): Promise<Result<MetricsListener, string>> {
  const { access, tls } = options
  if (access.way === 'loopback' && !isLoopback(host)) {
    const why = `${host} can be reached from elsewhere; set metrics_access to token or certificate`
    return refuse(`metrics_listen: ${why}, or listen on 127.0.0.1`)
  }
  const scrapes = new Scrapes(options)
  const serve = (request: IncomingMessage, response: ServerResponse): void => void scrapes.serve(request, response)
  const wantsCertificate = access.way === 'certificate'
  const secure = {
    cert: tls.certificate,
    key: tls.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: 10_000,
    ...(wantsCertificate ? { ca: tls.clientAuthorities, requestCert: true, rejectUnauthorized: true } : {}),
  } as const
  const server: Server = access.way === 'loopback' ? createServer(serve) : createSecureServer(secure, serve)
  server.maxConnections = CONNECTIONS_MAX
  server.headersTimeout = 10_000
  server.requestTimeout = 10_000
  server.keepAliveTimeout = TIMEOUT_MS
  const bound = await bind(server, host, port)
  if (!bound.ok) return refuse(`metrics_listen: ${bound.error}`)
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return ok({ host, port: bound.value, close })
}

class Scrapes {
  readonly #options: MetricsOptions
  #running = 0

  constructor(options: MetricsOptions) {
    this.#options = options
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reader = this.#options.access.admit(request)
    if (!reader.ok) return end(response, reader.error.status, reader.error.why)
    if (request.method !== 'GET') return end(response, 405, 'Expected GET.')
    if (this.#running >= AT_ONCE) return end(response, 503, `${AT_ONCE} scrapes run already. Try again.`)
    this.#running += 1
    // A reader that takes nothing holds no place for ever.
    response.setTimeout(TIMEOUT_MS, () => response.destroy())
    try {
      const url = URL.parse(request.url ?? '/', 'http://localhost')
      if (url === null) end(response, 400, 'Expected a path such as /metrics.')
      else await this.#answer(url, reader.value, response)
    } catch (error) {
      this.#options.onBug(error)
      if (response.headersSent) response.destroy()
      else end(response, 500, 'The coordinator failed on this scrape; its log says more.')
    } finally {
      this.#running -= 1
    }
  }

  async #answer({ pathname, searchParams }: URL, reader: Reader, response: ServerResponse): Promise<void> {
    switch (pathname) {
      case '/metrics':
        if (reader !== 'everything') return end(response, 403, 'A tenant sees /metrics/machines alone.')
        response.setHeader('content-type', CONTENT_TYPE)
        response.end(this.#options.own.text())
        return
      case '/metrics/machines':
        return this.#machines(searchParams, reader, response)
      case '/metrics/targets':
        return this.#targets(searchParams, reader, response)
      default:
        return end(response, 404, 'There are /metrics, /metrics/machines and /metrics/targets.')
    }
  }

  /** Metrics of machines: all, or those that the parameters choose. */
  async #machines(asked: URLSearchParams, reader: Reader, response: ServerResponse): Promise<void> {
    const { rings, selection, clock } = this.#options
    const chosen = choice(asked, ['machine', 'machines', 'metric'])
    if (!chosen.ok) return end(response, 400, chosen.error)
    const turns = new Turns(clock)
    const exposition = new MachineExposition({ ...selection, asked: asked.getAll('metric') }, clock.now())
    for (const machine of this.#options.machines(reader, chosen.value)) {
      await turns.give()
      if (machine === null || !isNamed(asked, machine)) continue
      const { id, holder } = machine
      const added = exposition.add(machine, rings.seen({ machine: id, holder }))
      if (!added.ok) return end(response, 413, `That is ${added.error}.`)
    }
    response.setHeader('content-type', CONTENT_TYPE)
    for (const text of exposition.text()) {
      await turns.give()
      if (response.destroyed) return
      if (!response.write(text)) await drained(response)
    }
    response.end()
  }

  /** What to scrape, one target for each machine, for Prometheus' service discovery over HTTP. */
  async #targets(asked: URLSearchParams, reader: Reader, response: ServerResponse): Promise<void> {
    const { selection, clock } = this.#options
    const chosen = choice(asked, ['machine', 'machines', 'target'])
    if (!chosen.ok) return end(response, 400, chosen.error)
    const target = asked.get('target') ?? ''
    if (target === '') return end(response, 400, 'target: expected host:port under which these metrics are reached.')
    const found: object[] = []
    const turns = new Turns(clock)
    for (const machine of this.#options.machines(reader, chosen.value)) {
      await turns.give()
      if (machine === null || !isNamed(asked, machine)) continue
      const labels = { __metrics_path__: '/metrics/machines', __param_machine: machine.id }
      found.push({ targets: [target], labels: { ...labels, ...machineLabels(machine, selection.levels) } })
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(found))
  }
}

function end(response: ServerResponse, status: number, why: string): void {
  if (status === 503) response.setHeader('retry-after', '1')
  if (status === 401) response.setHeader('www-authenticate', 'Bearer')
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}

/** The expression that chooses machines; a parameter that does not exist is a fault. */
function choice(asked: URLSearchParams, known: readonly string[]): Result<Expression | null, string> {
  for (const name of asked.keys()) if (!known.includes(name)) return refuse(`${name}: there are ${known.join(', ')}.`)
  const text = asked.get('machines')
  if (text === null) return ok(null)
  const expression = parseExpression(text)
  return expression.ok ? expression : refuse(`machines: ${describeFault(text, expression.error)}.`)
}

function isNamed(asked: URLSearchParams, { id, hostname }: QueriedMachine): boolean {
  const named = asked.getAll('machine')
  return named.length === 0 || named.includes(id) || named.includes(`machines/${id}`) || named.includes(hostname)
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}

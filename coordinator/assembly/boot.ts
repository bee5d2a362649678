import { readFileSync } from 'node:fs'
import { type Address, parseAddress } from '../../shared/config.ts'
import { readPrivateFile } from '../../shared/files.ts'
import type { Logger } from '../../shared/log.ts'
import { billetError } from '../../shared/model/errors.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock } from '../../shared/model/time.ts'
import type { BootSource } from '../api/ports.ts'
import { BootEndpoint } from '../boot/endpoint.ts'
import { type BootListener, listenForBoots } from '../boot/listener.ts'
import { type BootCounts, Transfers } from '../boot/transfers.ts'
import type { FleetAuthority } from '../identity/authority.ts'
import type { CoordinatorOptions } from '../options.ts'

const CONNECTIONS_PER_ADDRESS_MAX = 64
const HEADERS_MS = 10_000
const STALL_MS = 30_000

/** Where servers come at their first boot: nowhere, unless the options say so. */
export class Boot {
  readonly listeners: readonly BootListener[]
  readonly #endpoint: BootEndpoint | null
  readonly #transfers: Transfers | null

  private constructor(listeners: readonly BootListener[], endpoint: BootEndpoint | null, transfers: Transfers | null) {
    this.listeners = listeners
    this.#transfers = transfers
    this.#endpoint = endpoint
  }

  /** @param session where the API is reached, as host:port. */
  static async open(
    options: CoordinatorOptions,
    session: string,
    authority: FleetAuthority,
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
  ): Promise<Result<Boot, string>> {
    const [first] = options.bootListen
    if (first === undefined) return ok(new Boot([], null, null))
    const tls = tlsOf(options)
    if (!tls.ok) return tls
    const reached = parseAddress(session)
    if (reached === undefined) return refuse(`advertise: expected one host:port, got ${JSON.stringify(session)}`)
    const enrolment = printAddress({ host: reached.host, port: options.enrolListen.port })
    const url = urlOf(options, { host: reached.host, port: first.port })
    if (!url.ok) return url
    const { certificate, fingerprint } = authority
    const site = { url: url.value, enrolment, authority: certificate, fingerprint }
    const endpoint = new BootEndpoint(options.dataDir, site, clock, log)
    // Its digests take seconds, for which nobody else is to wait.
    void endpoint.now()
    const served = async () => {
      const { table, artefacts } = await endpoint.now()
      return { table, fault: artefacts.ok ? null : artefacts.error }
    }
    const onBug = (error: unknown): void => log.error({ error }, 'a request at the first boot failed with a bug')
    const transfers = new Transfers({ all: options.bootRate, address: options.bootRatePerAddress }, clock, STALL_MS)
    const listening = { limits: limitsOf(options), tls: tls.value, served, transfers, onBug }
    const listeners: BootListener[] = []
    for (const address of options.bootListen) {
      const listener = await listenForBoots(address, listening)
      if (listener.ok) listeners.push(listener.value)
      else {
        await new Boot(listeners, endpoint, transfers).close()
        return refuse(`boot_listen: ${listener.error}`)
      }
    }
    return ok(new Boot(listeners, endpoint, transfers))
  }

  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close()))
    await this.#endpoint?.close()
  }

  /** Undefined where nothing is served. */
  readonly counts = (): BootCounts | undefined => this.#transfers?.counts()

  /** What users are told of it. */
  readonly source: BootSource = async () => {
    const off = 'Servers cannot fetch anything here: start the coordinator with boot_listen.'
    if (this.#endpoint === null) return refuse(billetError('boot_unavailable', off))
    const { table, artefacts } = await this.#endpoint.now()
    const none = `There are no agents to install: ${artefacts.ok ? '' : artefacts.error}.`
    if (!artefacts.ok) return refuse(billetError('boot_unavailable', none))
    const files = [...table].map(([path, { sha256, bytes }]) => ({ path, sha256, bytes }))
    const { url, fingerprint } = this.#endpoint.site
    return ok({ url, fingerprint, agent: artefacts.value.manifest.agent, files })
  }
}

function limitsOf({ bootConnectionsMax }: CoordinatorOptions) {
  return {
    connectionsMax: bootConnectionsMax,
    connectionsPerAddressMax: CONNECTIONS_PER_ADDRESS_MAX,
    headersMs: HEADERS_MS,
  }
}

type Tls = { readonly certificate: string; readonly key: string } | null

function tlsOf({ bootCertificateFile, bootKeyFile }: CoordinatorOptions): Result<Tls, string> {
  if (bootCertificateFile === '' && bootKeyFile === '') return ok(null)
  if (bootCertificateFile === '') return refuse('boot_key_file: expected boot_certificate_file too')
  if (bootKeyFile === '') return refuse('boot_certificate_file: expected boot_key_file too')
  const key = readPrivateFile(bootKeyFile)
  if (!key.ok) return refuse(`boot_key_file: ${key.error}`)
  try {
    return ok({ certificate: readFileSync(bootCertificateFile, 'utf8'), key: key.value })
  } catch (error) {
    return refuse(`boot_certificate_file: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function urlOf({ bootUrl, bootCertificateFile }: CoordinatorOptions, address: Address): Result<string, string> {
  if (bootUrl === '') return ok(`${bootCertificateFile === '' ? 'http' : 'https'}://${printAddress(address)}`)
  // It goes into a line for a shell, so it has no more than this.
  const stated = bootUrl.replace(/\/$/, '')
  if (/^https?:\/\/(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(stated)) return ok(stated)
  return refuse(`boot_url: expected http or https, a host and a port, got ${JSON.stringify(bootUrl)}`)
}

const printAddress = ({ host, port }: Address): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

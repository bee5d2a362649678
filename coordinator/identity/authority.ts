import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printContextFile } from '../../shared/context_file.ts'
import { makePrivateDirectory, writePrivateFile } from '../../shared/files.ts'
import { type MachineId, type TenantName, parseUserName } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type Clock, hours } from '../../shared/model/time.ts'
import {
  type Authority,
  type Credential,
  type Holder,
  certificateFingerprint,
  createAuthority,
  generateKey,
  issue,
  keyToPem,
  loadAuthority,
  validity,
} from '../../shared/tls/certificates.ts'
import { COORDINATOR_NAME, certifierUri, machineUri, tenantUri, userUri } from '../../shared/tls/identity.ts'

const DAY = 24
const AUTHORITY_VALIDITY = hours(DAY * 3650)
const KEPT_VALIDITY = hours(DAY * 365)
const ADMIN_VALIDITY = hours(DAY * 365)
export const MACHINE_VALIDITY = hours(DAY * 30)

/**
 * The fleet's own certificate authority, in a directory that only the coordinator's user can read: made at the
 * first start, and never overwritten.
 */
export class FleetAuthority {
  /** Names the fleet in every certificate. */
  readonly cluster: string
  readonly certificate: string
  readonly #authority: Authority
  readonly #directory: string
  readonly #clock: Clock

  private constructor(cluster: string, certificate: string, authority: Authority, directory: string, clock: Clock) {
    this.cluster = cluster
    this.certificate = certificate
    this.#authority = authority
    this.#directory = directory
    this.#clock = clock
  }

  static async open(dataDirectory: string, clock: Clock): Promise<Result<FleetAuthority, string>> {
    const directory = join(dataDirectory, 'identity')
    const made = makePrivateDirectory(directory)
    if (!made.ok) return made
    const path = (name: string): string => join(directory, name)
    if (!existsSync(path('ca.pem'))) {
      const cluster = `billet-${randomBytes(6).toString('hex')}`
      const { certificate, key } = await createAuthority(cluster, clock.now(), AUTHORITY_VALIDITY)
      // The certificate last: while it is missing, the next start begins anew.
      writePrivateFile(path('ca.key'), key)
      writePrivateFile(path('cluster'), cluster)
      writePrivateFile(path('ca.fingerprint'), `${certificateFingerprint(certificate)}\n`)
      writePrivateFile(path('ca.pem'), certificate)
    }
    try {
      const credential = {
        certificate: readFileSync(path('ca.pem'), 'utf8'),
        key: readFileSync(path('ca.key'), 'utf8'),
      }
      const cluster = readFileSync(path('cluster'), 'utf8').trim()
      const authority = await loadAuthority(credential)
      return ok(new FleetAuthority(cluster, credential.certificate, authority, directory, clock))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return refuse(`the authority in ${directory} cannot be used: ${why}; restore it from a backup`)
    }
  }

  get fingerprint(): string {
    return certificateFingerprint(this.certificate)
  }

  /** The coordinator's own certificate; a new one once half of the old one's time is over. */
  async serverCredential(): Promise<Credential> {
    return this.#kept('server', { commonName: COORDINATOR_NAME, uris: [], hosts: [COORDINATOR_NAME], usage: 'server' })
  }

  async #kept(name: string, holder: Holder): Promise<Credential> {
    const paths = { certificate: join(this.#directory, `${name}.pem`), key: join(this.#directory, `${name}.key`) }
    if (existsSync(paths.certificate) && existsSync(paths.key)) {
      const certificate = readFileSync(paths.certificate, 'utf8')
      const { from, to } = validity(certificate)
      if (this.#clock.now() < (from + to) / 2) return { certificate, key: readFileSync(paths.key, 'utf8') }
    }
    const credential = await this.#credential(holder, KEPT_VALIDITY)
    writePrivateFile(paths.key, credential.key)
    writePrivateFile(paths.certificate, credential.certificate)
    return credential
  }

  /** The key that signs certificates of releases; a new one once half of the old one's time is over. */
  async certifierCredential(): Promise<Credential> {
    const uris = [certifierUri(this.cluster)]
    return this.#kept('certifier', { commonName: 'certifier', uris, hosts: [], usage: 'statements' })
  }

  /** Writes the first administrator's context file, unless it is there. */
  async adminContext(path: string, address: string): Promise<void> {
    if (existsSync(path)) return
    const admin = parseUserName('admin')
    if (!admin.ok) throw new Error(admin.error)
    const uris = [userUri(this.cluster, admin.value)]
    const credential = await this.#credential({ commonName: 'admin', uris, hosts: [], usage: 'client' }, ADMIN_VALIDITY)
    const context = { address, ca: this.certificate, ...credential }
    writePrivateFile(path, printContextFile({ current: 'admin', contexts: { admin: context } }))
  }

  /** Writes a context file for a tenant, who sees what is the tenant's and changes nothing. */
  async tenantContext(path: string, address: string, tenant: TenantName): Promise<void> {
    const uris = [tenantUri(this.cluster, tenant)]
    const credential = await this.#credential({ commonName: tenant, uris, hosts: [], usage: 'client' }, KEPT_VALIDITY)
    const context = { address, ca: this.certificate, ...credential }
    writePrivateFile(path, printContextFile({ current: tenant, contexts: { [tenant]: context } }))
  }

  /** A certificate that names a machine; the holder of the key is that machine from now on. */
  async machineCertificate(machine: MachineId, generation: number, key: Parameters<typeof issue>[2]): Promise<string> {
    const uris = [machineUri(this.cluster, machine, generation)]
    const holder: Holder = { commonName: machine, uris, hosts: [], usage: 'client' }
    return issue(this.#authority, holder, key, this.#clock.now(), MACHINE_VALIDITY)
  }

  async #credential(holder: Holder, length: typeof KEPT_VALIDITY): Promise<Credential> {
    const keys = await generateKey()
    const certificate = await issue(this.#authority, holder, keys.publicKey, this.#clock.now(), length)
    return { certificate, key: await keyToPem(keys.privateKey) }
  }
}

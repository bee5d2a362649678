import { X509Certificate, createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivateDirectory, writePrivateFile } from '../shared/files.ts'
import type { ClientTls } from '../shared/grpc/client.ts'
import type { MachineId } from '../shared/model/ids.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { type Instant, instant } from '../shared/model/time.ts'
import { identityOf } from '../shared/tls/identity.ts'
import { newKey } from './certificate_request.ts'

/** Who this machine is, by the certificate that the coordinator gave it. The key is a secret. */
export type Identity = {
  readonly machine: MachineId
  readonly key: string
  readonly certificate: string
  readonly authorities: string
  /** Where the coordinator said that sessions go, as "host:port"; empty where it did not. */
  readonly coordinator: string
  readonly from: Instant
  readonly to: Instant
}

export const tlsOf = ({ authorities, certificate, key }: Identity): ClientTls => ({
  authorities,
  identity: { certificate, key },
})

const FILES = {
  key: 'key.pem',
  certificate: 'certificate.pem',
  authorities: 'ca.pem',
  coordinator: 'coordinator',
} as const

/** The identity on this machine's disk, each file readable by its owner alone. */
export class IdentityStore {
  readonly #directory: string

  constructor(stateDirectory: string) {
    this.#directory = join(stateDirectory, 'identity')
  }

  /** Null where this machine never enrolled. */
  load(): Result<Identity | null, string> {
    const made = makePrivateDirectory(this.#directory)
    if (!made.ok) return made
    if (!existsSync(this.#path('certificate'))) return ok(null)
    try {
      const coordinator = existsSync(this.#path('coordinator')) ? this.#read('coordinator').trim() : ''
      const parts = { key: this.#read('key'), authorities: this.#read('authorities'), coordinator }
      return identityFrom(this.#read('certificate'), parts)
    } catch (error) {
      return refuse(`the identity in ${this.#directory} cannot be read: ${sentenceOf(error)}`)
    }
  }

  /** This machine's key, made before the first enrolment, so that a repeated one is recognised by it. */
  key(): string {
    if (existsSync(this.#path('key'))) return this.#read('key')
    const key = newKey()
    writePrivateFile(this.#path('key'), key)
    return key
  }

  /** The certificate last: while it is missing, this machine has not enrolled. */
  save({ certificate, authorities, coordinator }: Omit<Identity, 'machine' | 'key' | 'from' | 'to'>): void {
    writePrivateFile(this.#path('authorities'), authorities)
    writePrivateFile(this.#path('coordinator'), `${coordinator}\n`)
    writePrivateFile(this.#path('certificate'), certificate)
  }

  #path(file: keyof typeof FILES): string {
    return join(this.#directory, FILES[file])
  }

  #read(file: keyof typeof FILES): string {
    return readFileSync(this.#path(file), 'utf8')
  }
}

/** Checks that the certificate names a machine and is for the key. */
export function identityFrom(
  certificate: string,
  parts: { readonly key: string; readonly authorities: string; readonly coordinator: string },
): Result<Identity, string> {
  try {
    const parsed = new X509Certificate(certificate)
    if (!parsed.checkPrivateKey(createPrivateKey(parts.key)))
      return refuse('the certificate is not for the key beside it')
    const names = parsed.subjectAltName ?? ''
    const cluster = /URI:spiffe:\/\/([a-z0-9-]+)\//.exec(names)?.[1] ?? ''
    const named = identityOf(names, cluster)
    if (!named.ok) return named
    if (named.value.kind !== 'machine') return refuse('the certificate names a user and not a machine')
    const from = instant(Date.parse(parsed.validFrom))
    return ok({ ...parts, machine: named.value.machine, certificate, from, to: instant(Date.parse(parsed.validTo)) })
  } catch (error) {
    return refuse(`the certificate cannot be read: ${sentenceOf(error)}`)
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

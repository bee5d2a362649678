import 'reflect-metadata'
import { createHash, createPrivateKey, createPublicKey, randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import { type Result, ok, refuse } from '../model/result.ts'
import type { Instant, Milliseconds } from '../model/time.ts'
import { later } from '../model/time.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'
/** A key that signs statements is good for no connection. */
const USAGES = { client: CLIENT_AUTH, server: SERVER_AUTH, statements: CODE_SIGNING } as const
/** Clocks of machines that just booted are off by a little. */
const BACKDATED_MS = 5 * 60_000

/** Never by more than a tenth of its time: renewal is due when half of that is over. */
function backdated(now: Instant, lasting: Milliseconds): Date {
  return new Date(now - Math.min(BACKDATED_MS, lasting / 10))
}

x509.cryptoProvider.set(webcrypto)

/** A certificate and the key that it is for, in PEM. The key is a secret. */
export type Credential = { readonly certificate: string; readonly key: string }

export type Authority = { readonly certificate: x509.X509Certificate; readonly key: webcrypto.CryptoKey }

/** What a certificate says of its holder; the issuer builds all of it, nothing is taken from a request. */
export type Holder = {
  readonly commonName: string
  readonly uris: readonly string[]
  readonly hosts: readonly string[]
  readonly usage: keyof typeof USAGES
}

export async function generateKey(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])
}

export async function keyToPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
}

export async function keyFromPem(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const secret = createPrivateKey(pem)
  const der = secret.export({ type: 'pkcs8', format: 'der' })
  const spki = createPublicKey(secret).export({ type: 'spki', format: 'der' })
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der, P256, true, ['sign'])
  const publicKey = await webcrypto.subtle.importKey('spki', spki, P256, true, ['verify'])
  return { privateKey, publicKey }
}

/** A request for a certificate, in PEM: it proves that its maker holds the key. */
export async function certificateRequest(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=billet-agent',
    keys,
    signingAlgorithm: P256,
  })
  return request.toString('pem')
}

/** The key of a request whose signature is right; every other word in the request is ignored. */
export async function requestedKey(pem: string): Promise<Result<webcrypto.CryptoKey, string>> {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem)
    if (!(await request.verify())) return refuse('expected a request that is signed with its own key')
    const key = await webcrypto.subtle.importKey('spki', request.publicKey.rawData, P256, true, ['verify'])
    return ok(key)
  } catch {
    return refuse('expected a PKCS #10 request in PEM for a P-256 key')
  }
}

/** SHA-256 of a public key, in hexadecimal. */
export async function keyFingerprint(key: webcrypto.CryptoKey): Promise<string> {
  return sha256(Buffer.from(await webcrypto.subtle.exportKey('spki', key)))
}

/** "sha256:" and the SHA-256 of a certificate, in hexadecimal: what an agent pins. */
export function certificateFingerprint(pem: string): string {
  return `sha256:${sha256(Buffer.from(new x509.X509Certificate(pem).rawData))}`
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export async function createAuthority(name: string, now: Instant, lasting: Milliseconds): Promise<Credential> {
  const keys = await generateKey()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: backdated(now, lasting),
    notAfter: new Date(later(now, lasting)),
    keys,
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await keyToPem(keys.privateKey) }
}

export async function loadAuthority(credential: Credential): Promise<Authority> {
  const { privateKey } = await keyFromPem(credential.key)
  return { certificate: new x509.X509Certificate(credential.certificate), key: privateKey }
}

/** Signs a certificate for a key; in PEM. */
export async function issue(
  authority: Authority,
  holder: Holder,
  publicKey: webcrypto.CryptoKey,
  now: Instant,
  lasting: Milliseconds,
): Promise<string> {
  const names: x509.JsonGeneralName[] = [
    ...holder.uris.map((value) => ({ type: 'url' as const, value })),
    ...holder.hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
  ]
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${holder.commonName}`,
    issuer: authority.certificate.subject,
    notBefore: backdated(now, lasting),
    notAfter: new Date(later(now, lasting)),
    publicKey,
    signingKey: authority.key,
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([USAGES[holder.usage]]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
    ],
  })
  return certificate.toString('pem')
}

/** When a certificate begins and ends, in milliseconds since the epoch. */
export function validity(pem: string): { readonly from: number; readonly to: number } {
  const certificate = new x509.X509Certificate(pem)
  return { from: certificate.notBefore.getTime(), to: certificate.notAfter.getTime() }
}

function serialNumber(): string {
  // Positive, and never zero: the first byte is between 1 and 127.
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7e) | 0x01, 0)
  return bytes.toString('hex')
}

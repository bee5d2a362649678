import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { readPrivateFile } from '../../../shared/files.ts'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import { isLoopback } from '../exposition/access.ts'
import type { Target } from './sender.ts'

export type TargetOptions = {
  readonly url: string
  readonly caFile: string
  readonly certificateFile: string
  readonly keyFile: string
  /** Holds the whole header, such as "Bearer …" or "Basic …". */
  readonly authorizationFile: string
}

/** The refusal names the option that is at fault. */
export function targetOf(options: TargetOptions): Result<Target, string> {
  const url = URL.parse(options.url)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return refuse(
      `remote_write_url: expected an address as https://prometheus.example/api/v1/write, got ${options.url}`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('remote_write_url: expected no password in it; put the header into remote_write_authorization_file')
  }
  const isSecure = url.protocol === 'https:'
  // An address of IPv6 stands in brackets there.
  const isHere = isLoopback(url.hostname.replaceAll(/^\[|\]$/g, ''))
  if (!isSecure && options.authorizationFile !== '' && !isHere) {
    return refuse('remote_write_url: expected https, since the authorization would be readable on the way')
  }
  if ((options.certificateFile === '') !== (options.keyFile === '')) {
    return refuse('remote_write_certificate_file and remote_write_key_file: expected both or none')
  }
  const authorization = options.authorizationFile === '' ? ok(null) : headerIn(options.authorizationFile)
  if (!authorization.ok) return authorization
  const ca = contentOf('remote_write_ca_file', options.caFile)
  if (!ca.ok) return ca
  const cert = contentOf('remote_write_certificate_file', options.certificateFile)
  if (!cert.ok) return cert
  const key = contentOf('remote_write_key_file', options.keyFile)
  if (!key.ok) return key
  const common = { keepAlive: true, maxSockets: 1 }
  const tls = { ca: ca.value, cert: cert.value, key: key.value }
  const agent = isSecure ? new SecureAgent({ ...common, ...tls }) : new Agent(common)
  return ok({ url, agent, authorization: authorization.value })
}

function headerIn(path: string): Result<string, string> {
  const text = readPrivateFile(path)
  if (!text.ok) return refuse(`remote_write_authorization_file: ${text.error}`)
  const header = text.value.trim()
  if (/^[\x21-\x7e]+ [\x21-\x7e]+$/.test(header)) return ok(header)
  return refuse(`remote_write_authorization_file: expected one line as "Bearer …" or "Basic …" in ${path}`)
}

function contentOf(option: string, path: string): Result<Buffer | undefined, string> {
  try {
    return ok(path === '' ? undefined : readFileSync(path))
  } catch (error) {
    return refuse(`${option}: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

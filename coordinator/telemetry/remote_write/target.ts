import { readFileSync, statSync } from 'node:fs'
import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
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
  if (!isSecure && options.authorizationFile !== '' && !isLoopback(url.hostname)) {
    return refuse('remote_write_url: expected https, since the authorization would be readable on the way')
  }
  if ((options.certificateFile === '') !== (options.keyFile === '')) {
    return refuse('remote_write_certificate_file and remote_write_key_file: expected both or none')
  }
  try {
    const authorization = options.authorizationFile === '' ? null : headerIn(options.authorizationFile)
    const tls = {
      ...(options.caFile === '' ? {} : { ca: readFileSync(options.caFile) }),
      ...(options.certificateFile === '' ? {} : { cert: readFileSync(options.certificateFile) }),
      ...(options.keyFile === '' ? {} : { key: readFileSync(options.keyFile) }),
    }
    const common = { keepAlive: true, maxSockets: 1 }
    return ok({ url, agent: isSecure ? new SecureAgent({ ...common, ...tls }) : new Agent(common), authorization })
  } catch (error) {
    return refuse(`remote_write: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function headerIn(path: string): string {
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`${path} can be read by others`)
  const header = readFileSync(path, 'utf8').trim()
  if (/^[\x21-\x7e]+ [\x21-\x7e]+$/.test(header)) return header
  throw new Error(`${path}: expected one line as "Bearer …" or "Basic …"`)
}

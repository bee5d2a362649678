import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { readPrivateFile } from '../../../shared/files.ts'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import { type Identity, identityOf } from '../../../shared/tls/identity.ts'

/** Who may read metrics: whoever is on this machine, who has the token, or who has a certificate of the fleet. */
export type AccessWay = 'loopback' | 'token' | 'certificate'

/** Whom a scrape speaks for: somebody who sees everything, or a tenant. */
export type Reader = 'everything' | Extract<Identity, { kind: 'tenant' }>

export type Refused = { readonly status: 401 | 403; readonly why: string }

export interface Access {
  readonly way: AccessWay
  admit(request: IncomingMessage): Result<Reader, Refused>
}

const TOKEN_LEAST = 16

/** The refusal says what is wrong with the options. */
export function accessOf(way: AccessWay, tokenFile: string, cluster: string): Result<Access, string> {
  if (way === 'loopback') return ok({ way, admit: () => ok('everything') })
  if (way === 'certificate') return ok({ way, admit: (request) => byCertificate(request, cluster) })
  const token = readToken(tokenFile)
  if (!token.ok) return token
  const expected = digest(token.value)
  return ok({
    way,
    admit: ({ headers }) => {
      const [, given = ''] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? []
      if (timingSafeEqual(digest(given), expected)) return ok('everything')
      return refuse({ status: 401, why: 'Expected the token of these metrics as a bearer token.' })
    },
  })
}

/** Digests are of one length, so that comparing them tells nothing of the token. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function readToken(path: string): Result<string, string> {
  if (path === '') return refuse('metrics_token_file: expected a file, since metrics_access is token')
  const text = readPrivateFile(path)
  if (!text.ok) return refuse(`metrics_token_file: ${text.error}`)
  const token = text.value.trim()
  if (token.length >= TOKEN_LEAST && !/\s/.test(token)) return ok(token)
  return refuse(`metrics_token_file: expected at least ${TOKEN_LEAST} characters without blanks in ${path}`)
}

function byCertificate({ socket }: IncomingMessage, cluster: string): Result<Reader, Refused> {
  const names = socket instanceof TLSSocket ? (socket.getPeerCertificate().subjectaltname ?? '') : ''
  const identity = identityOf(names, cluster)
  if (!identity.ok) return refuse({ status: 403, why: `The certificate is not accepted: ${identity.error}.` })
  switch (identity.value.kind) {
    case 'user':
      return ok('everything')
    case 'tenant':
      return ok(identity.value)
    case 'machine':
      return refuse({ status: 403, why: "A machine's certificate does not open metrics; use a user's or a tenant's." })
  }
}

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/

export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

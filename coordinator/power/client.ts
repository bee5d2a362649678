import { setTimeout as sleep } from 'node:timers/promises'
import type * as v from 'valibot'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type BmcFailure, bmcFailure } from './failures.ts'
import { collection, isPath, readResource, serviceRoot } from './resources.ts'
import type { Answer, Request } from './transport.ts'

/** What a client needs of the world; a test gives another. */
interface Exchange {
  exchange(request: Request): Promise<Answer>
}

export type ClientOptions = {
  readonly transport: Exchange
  readonly userName: string
  readonly password: string
  /** Ends everything, waits included. */
  readonly signal: AbortSignal
  /** From 0 to 1, for the wait between two tries. */
  readonly draw: () => number
  readonly waitFirstMs?: number
  readonly timeoutMs?: number
}

export const ROOT = '/redfish/v1/'
const SESSIONS = '/redfish/v1/SessionService/Sessions'
const TIMEOUT_MS = 20_000
const WAIT_FIRST_MS = 500
const WAIT_MOST_MS = 15_000
const LOGOUT_MS = 5000
/** What says to come later. */
const LATER = new Set([429, 502, 503, 504])
const WHY_MAX = 300

export type Answered = Extract<Answer, { readonly kind: 'answered' }>
type Got<Resource> = { readonly resource: Resource; readonly etag: string }
type Root = v.InferOutput<typeof serviceRoot>

/**
 * Speaks Redfish to one BMC, in a session of its own where the BMC has sessions. What only looks is tried again until
 * the signal fires; what changes something is sent once, and the caller looks what became of it.
 */
export class RedfishClient {
  readonly #options: ClientOptions
  #headers: Readonly<Record<string, string>> = {}
  #isInSession = false
  /** Where the session is ended; null where there is none, or where the BMC has not said so. */
  #session: string | null = null
  #sessions = SESSIONS
  /** What must never be told, in whatever form the BMC has seen it. */
  readonly #secrets: string[]

  constructor(options: ClientOptions) {
    this.#options = options
    const { userName, password } = options
    const basic = Buffer.from(`${userName}:${password}`).toString('base64')
    const quoted = JSON.stringify(password).slice(1, -1)
    this.#secrets = [basic, password, quoted, encodeURIComponent(password)].filter((secret) => secret !== '')
  }

  /** Reads the root and logs in. */
  async open(): Promise<Result<Root, BmcFailure>> {
    const root = await this.get(ROOT, serviceRoot)
    if (!root.ok) return root
    this.#sessions = root.value.resource.Links?.Sessions?.['@odata.id'] ?? SESSIONS
    const login = await this.#login()
    return login.ok ? ok(root.value.resource) : login
  }

  /** Ends the session, whatever became of the rest; BMCs have few. */
  async close(): Promise<void> {
    if (this.#session === null) return
    const [path, headers] = [this.#session, this.#headers]
    this.#session = null
    const signal = AbortSignal.timeout(LOGOUT_MS)
    await this.#options.transport.exchange({
      method: 'DELETE',
      path,
      headers,
      body: null,
      timeoutMs: LOGOUT_MS,
      signal,
    })
  }

  /** Reads a resource; tries again until there is an answer. */
  async get<Resource>(
    path: string,
    form: v.GenericSchema<unknown, Resource>,
  ): Promise<Result<Got<Resource>, BmcFailure>> {
    const answer = await this.#read(path)
    if (!answer.ok) return answer
    const { status, body, headers } = answer.value
    if (status !== 200) return refuse(this.failureOf(answer.value, `GET ${path}`))
    let json: unknown
    try {
      json = JSON.parse(body)
    } catch {
      return refuse(bmcFailure('unsupported', `The BMC's answer to GET ${path} is not JSON.`))
    }
    const resource = readResource(form, json, path)
    if (!resource.ok)
      return refuse(bmcFailure('unsupported', `The BMC answers otherwise than Redfish says: ${resource.error}.`))
    return ok({ resource: resource.value, etag: headers.etag })
  }

  /** A BMC that started anew has forgotten its sessions. */
  async #read(path: string): Promise<Result<Answered, BmcFailure>> {
    const request = { method: 'GET', path, body: null } as const
    const answer = await this.#insist(request)
    if (!answer.ok || answer.value.status !== 401 || !this.#isInSession) return answer
    this.#session = null
    this.#isInSession = false
    this.#headers = {}
    const login = await this.#login()
    return login.ok ? this.#insist(request) : login
  }

  async members(path: string): Promise<Result<readonly string[], BmcFailure>> {
    const got = await this.get(path, collection)
    return got.ok ? ok(got.value.resource.Members.map((member) => member['@odata.id'])) : got
  }

  /** Sends a change once. */
  send(method: 'POST' | 'PATCH', path: string, body: object, etag = ''): Promise<Answer> {
    return this.#once({ method, path, body: JSON.stringify(body) }, etag === '' ? {} : { 'if-match': etag })
  }

  async #login(): Promise<Result<undefined, BmcFailure>> {
    const { userName, password } = this.#options
    const basic = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`
    const body = JSON.stringify({ UserName: userName, Password: password })
    const answer = await this.#insist({ method: 'POST', path: this.#sessions, body })
    if (!answer.ok) return answer
    const { status, headers, body: said } = answer.value
    if (status === 401 || status === 403) return refuse(loginRefused(userName, status))
    const isLogin = status >= 200 && status < 300 && headers.token !== ''
    this.#headers = isLogin ? { 'x-auth-token': headers.token } : { authorization: basic }
    if (!isLogin) return ok()
    this.#secrets.push(headers.token)
    this.#isInSession = true
    this.#session = pathOf(headers.location) ?? pathOf(idIn(said))
    return ok()
  }

  /** Again and again, with longer and longer waits, until the BMC has something to say. */
  async #insist(request: Pick<Request, 'method' | 'path' | 'body'>): Promise<Result<Answered, BmcFailure>> {
    let wait = this.#options.waitFirstMs ?? WAIT_FIRST_MS
    let last = 'nothing was heard of it'
    while (!this.#options.signal.aborted) {
      const answer = await this.#once(request)
      if (answer.kind === 'answered' && !LATER.has(answer.status)) return ok(answer)
      if (answer.kind === 'untrusted')
        return refuse(bmcFailure('untrusted', `The BMC is not called: ${answer.message}.`))
      if (answer.kind === 'too_large') {
        return refuse(bmcFailure('unsupported', `The BMC's answer to ${request.method} ${request.path} is too large.`))
      }
      if (this.#options.signal.aborted) break
      last = answer.kind === 'answered' ? `it says to come later (HTTP ${answer.status})` : answer.message
      const asked = answer.kind === 'answered' ? Number(answer.headers.retryAfter) * 1000 : 0
      const length = Math.min(WAIT_MOST_MS, Math.max(asked > 0 ? asked : 0, wait * (0.5 + this.#options.draw() / 2)))
      await this.pause(length)
      wait = Math.min(WAIT_MOST_MS, wait * 2)
    }
    return refuse(bmcFailure('unreachable', `The BMC does not answer: ${last}.`))
  }

  #once(
    request: Pick<Request, 'method' | 'path' | 'body'>,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { transport, signal, timeoutMs = TIMEOUT_MS } = this.#options
    return transport.exchange({ ...request, headers: { ...this.#headers, ...more }, timeoutMs, signal })
  }

  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#options.signal }).catch(() => {})
  }

  /** What an answer that is none comes to; the BMC's own words go along, without what must not be told. */
  failureOf({ status, body }: Answered, what: string): BmcFailure {
    if (status === 401 || status === 403) return loginRefused(this.#options.userName, status)
    const why = this.scrub(messageIn(body)).slice(0, WHY_MAX)
    return bmcFailure('unsupported', `The BMC refuses ${what}: HTTP ${status}${why === '' ? '' : `, ${why}`}.`)
  }

  scrub(text: string): string {
    let told = text
    for (const secret of this.#secrets) told = told.replaceAll(secret, '[secret]')
    return told.replaceAll(/\p{C}/gu, ' ').trim()
  }
}

function loginRefused(userName: string, status: number): BmcFailure {
  const sentence = `The BMC does not let ${userName} in, or not do this (HTTP ${status}): billet machines bmc get.`
  return bmcFailure('login_refused', sentence)
}

/** Some say the whole address. */
function pathOf(location: string): string | null {
  const path = isPath(location) ? location : (URL.parse(location)?.pathname ?? '')
  return isPath(path) ? path : null
}

/** The sentence in Redfish's form of an error; empty where there is none. */
export function messageIn(body: string): string {
  const error = field(jsonIn(body), 'error')
  const infos = field(error, '@Message.ExtendedInfo')
  const first: unknown = Array.isArray(infos) ? infos[0] : undefined
  return [field(first, 'Message'), field(first, 'MessageId'), field(error, 'message')].find(isText) ?? ''
}

function idIn(body: string): string {
  const id = field(jsonIn(body), '@odata.id')
  return isText(id) ? id : ''
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined

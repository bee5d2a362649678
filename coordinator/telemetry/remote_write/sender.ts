import { type Agent, type ClientRequest, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { compress } from 'snappyjs'
import type { Logger } from '../../../shared/log.ts'
import type { Clock } from '../../../shared/model/time.ts'
import { Turns } from '../turns.ts'
import type { Backlog } from './backlog.ts'
import { WriteRequestWriter } from './write_request.ts'

export type Target = {
  readonly url: URL
  readonly agent: Agent
  /** Whole value of the header, where there is one. */
  readonly authorization: string | null
}

export type SenderOptions = {
  readonly target: Target
  readonly backlog: Backlog
  readonly everyMs: number
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Logger
  /** From 0 to 1, for the wait between two tries. */
  readonly draw: () => number
}

/** What one request holds, about: it is compressed in one go, and nothing else is done meanwhile. */
const SAMPLES_EACH = 1000
const BYTES_EACH = 256 * 1024
const TIMEOUT_MS = 30_000
const WAIT_FIRST_MS = 500
const WAIT_MOST_MS = 60_000

/** Sends what waits, one request at a time: series stay in order, and one that is not taken holds the others back. */
export class RemoteWriteSender {
  readonly #options: SenderOptions
  readonly #writer = new WriteRequestWriter()
  readonly #ending = new AbortController()
  readonly #running: Promise<void>
  sent = 0
  failed = 0
  refused = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  /** Samples of machines that were dropped before they were sent. */
  get dropped(): number {
    return this.#options.backlog.dropped
  }

  get waiting(): number {
    return this.#options.backlog.waiting
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.#running
    this.#options.target.agent.destroy()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      try {
        await this.#round()
      } catch (error) {
        this.#options.log.error({ error }, 'remote write failed with a bug')
      }
      await sleep(this.#options.everyMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #round(): Promise<void> {
    const { backlog, clock } = this.#options
    const turns = new Turns(clock)
    for (const _ of backlog.write(this.#writer)) {
      if (this.#writer.samples >= SAMPLES_EACH || this.#writer.length >= BYTES_EACH) await this.#send()
      if (this.#ending.signal.aborted) return
      await turns.give()
    }
    if (this.#writer.samples > 0) await this.#send()
  }

  /** Tries until the receiver has taken it, or says that it never will. */
  async #send(): Promise<void> {
    const { samples } = this.#writer
    const body = compress(this.#writer.take())
    const { signal } = this.#ending
    for (let wait = WAIT_FIRST_MS; !signal.aborted; wait = Math.min(WAIT_MOST_MS, wait * 2)) {
      const answer = await this.#post(body)
      if (answer.kind === 'taken') {
        this.sent += samples
        return
      }
      this.failed += 1
      if (answer.kind === 'refused') {
        this.refused += samples
        this.#options.log.warn({ reason: answer.why, samples }, 'remote write: samples are refused, and dropped')
        return
      }
      if (wait === WAIT_FIRST_MS) this.#options.log.warn({ reason: answer.why }, 'remote write: tried again')
      const length = Math.max(answer.afterMs, wait * (0.5 + this.#options.draw() / 2))
      await sleep(length, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  #post(body: Uint8Array): Promise<Answer> {
    const { url, agent, authorization } = this.#options.target
    const headers = {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      'user-agent': 'billet',
      'content-length': `${body.length}`,
      ...(authorization === null ? {} : { authorization }),
    }
    const request = url.protocol === 'https:' ? secureRequest : plainRequest
    const { signal } = this.#ending
    const asked = request(url, { method: 'POST', agent, headers, signal, timeout: TIMEOUT_MS })
    return answerOf(asked, body)
  }
}

type Answer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'later'; readonly why: string; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly why: string }

const WHY_MAX = 300

function answerOf(asked: ClientRequest, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve) => {
    const later = (why: string, afterMs = 0): void => resolve({ kind: 'later', why, afterMs })
    asked.once('error', (error) => later(error.message))
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    asked.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (data: string) => {
        if (text.length < WHY_MAX) text += data
      })
      response.once('error', (error) => later(error.message))
      response.once('end', () => {
        const status = response.statusCode ?? 0
        const why = `${status} ${text.slice(0, WHY_MAX).trim()}`
        const seconds = Number(response.headers['retry-after'])
        if (status >= 200 && status < 300) resolve({ kind: 'taken' })
        else if (status === 429 || status >= 500) later(why, seconds > 0 ? Math.min(WAIT_MOST_MS, seconds * 1000) : 0)
        else resolve({ kind: 'refused', why })
      })
    })
    asked.end(body)
  })
}

import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../shared/model/time.ts'
import type { Content } from './content.ts'
import { Pace } from './pace.ts'
import type { Span } from './range.ts'

/** Of all transfers together, as long as they are few; large pieces cost less of a processor. */
const PIECES_BYTES = 32 * 1024 * 1024
/** In memory for each transfer: many slow clients take little. */
const PIECE_LEAST = 64 * 1024
const PIECE_MOST = 512 * 1024
const LEAST_WAIT_MS = 1

export type Rates = {
  /** To all together, in bytes a second. */
  readonly all: number
  /** To one address, in bytes a second. */
  readonly address: number
}

type Client = { readonly pace: Pace; transfers: number }

/** What was sent since the start, and how much is on its way. */
export type BootCounts = { readonly transfers: number; readonly sentBytes: number; readonly cutOff: number }

/** What is on its way to clients: in pieces, each in its turn, none ahead of what its reader has taken. */
export class Transfers {
  readonly #rates: Rates
  readonly #clock: Clock
  readonly #stallMs: number
  readonly #all: Pace
  readonly #clients = new Map<string, Client>()
  #active = 0
  #sentBytes = 0
  #cutOff = 0

  /** @param stallMs a reader that takes nothing for so long is let go. */
  constructor(rates: Rates, clock: Clock, stallMs: number) {
    this.#rates = rates
    this.#clock = clock
    this.#stallMs = stallMs
    this.#all = new Pace(rates.all)
  }

  counts(): BootCounts {
    return { transfers: this.#active, sentBytes: this.#sentBytes, cutOff: this.#cutOff }
  }

  /** Sends a part of a content as the body of an answer, and ends it; an answer that was cut off is destroyed. */
  async send(response: ServerResponse, content: Content, { from, to }: Span, address: string): Promise<void> {
    const client = this.#clients.get(address) ?? { pace: new Pace(this.#rates.address), transfers: 0 }
    this.#clients.set(address, client)
    client.transfers += 1
    this.#active += 1
    try {
      await this.#pieces(response, content, { from, to }, client.pace)
    } finally {
      if (!response.writableEnded) this.#cutOff += 1
      this.#active -= 1
      client.transfers -= 1
      if (client.transfers === 0) this.#clients.delete(address)
    }
  }

  /** Of a slow rate no more than a tenth of a second's, so that each gets something all the time. */
  #piece(): number {
    const share = Math.max(PIECE_LEAST, Math.min(PIECE_MOST, Math.floor(PIECES_BYTES / this.#active)))
    return Math.min(share, Math.ceil(Math.min(this.#rates.all, this.#rates.address) / 10))
  }

  async #pieces(response: ServerResponse, content: Content, { from, to }: Span, own: Pace): Promise<void> {
    let at = from
    while (at <= to && !response.destroyed) {
      const size = Math.min(this.#piece(), to + 1 - at)
      const now = this.#clock.monotonic()
      const wait = Math.max(own.take(size, now), this.#all.take(size, now))
      if (wait >= LEAST_WAIT_MS) await sleep(wait)
      if (response.destroyed) return
      // Not reused: a piece belongs to the socket until it is out.
      const piece = Buffer.allocUnsafe(size)
      const got = await content.read(piece, at)
      if (got === 0) break
      at += got
      this.#sentBytes += got
      if (!response.write(piece.subarray(0, got)) && !(await this.#drained(response))) return
    }
    if (at > to) response.end()
    else response.destroy()
  }

  #drained(response: ServerResponse): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (drained: boolean): void => {
        clearTimeout(stalled)
        response.off('drain', onDrain).off('close', onClose)
        resolve(drained)
      }
      const onDrain = (): void => end(true)
      const onClose = (): void => end(false)
      const stalled = setTimeout(() => {
        response.destroy()
        end(false)
      }, this.#stallMs)
      response.on('drain', onDrain).on('close', onClose)
      if (response.destroyed) end(false)
    })
  }
}

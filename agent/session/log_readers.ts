import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../shared/log.ts'
import type { OutputStream } from '../../shared/model/command.ts'
import { type PlacementId, parsePlacementId } from '../../shared/model/ids.ts'
import type { RunState } from '../../shared/model/run.ts'
import { count, decode, resource } from '../../shared/wire/check.ts'
import { outputStreams } from '../../shared/wire/enums.ts'
import type { LogOrder__Output } from '../../shared/wire/gen/types/billet/v1/LogOrder.ts'
import type { Agent, LogPiece, Logs } from '../ports.ts'
import type { Outbox } from './outbox.ts'

const CHUNK_BYTES = 32 * 1024
/** Readers at once on one machine; each holds no more than one piece. */
const READERS_MAX = 32
const APPEARS_MS = 200
/** A placement that was just placed here may be asked about before the order for it is carried out: 5 s. */
const LOOKS = 25
const STREAMS: readonly OutputStream[] = ['stdout', 'stderr']
const WRITTEN_IN: ReadonlySet<RunState> = new Set<RunState>(['preparing', 'prepared', 'running', 'stopping'])

type Order = {
  readonly reader: number
  readonly placement: PlacementId
  readonly follow: boolean
  readonly tailBytes: number
  readonly windowBytes: number
}

/** What a reader may still be sent. Streams that used it up wait for the coordinator's next grant. */
class Credit {
  #bytes: number
  #waiting: (() => void)[] = []

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  grant(bytes: number): void {
    this.#bytes += bytes
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async available(signal: AbortSignal): Promise<void> {
    while (this.#bytes <= 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  spend(bytes: number): void {
    this.#bytes -= bytes
  }
}

type Reader = { readonly credit: Credit; readonly cancel: AbortController }

export type LogReadersOptions = {
  readonly agent: Agent
  readonly logs: Logs
  readonly outbox: Outbox
  readonly log: Logger
  /** The session's end ends every reader. */
  readonly signal: AbortSignal
}

/** Sends placements' output to whoever reads it, each at its own pace. */
export class LogReaders {
  readonly #options: LogReadersOptions
  readonly #readers = new Map<number, Reader>()

  constructor(options: LogReadersOptions) {
    this.#options = options
  }

  order(wire: LogOrder__Output): void {
    const decoded = decode(
      (): Order => ({
        reader: count('log.reader', wire.reader),
        placement: resource('log.placement', 'placements', wire.placement, parsePlacementId),
        follow: wire.follow,
        tailBytes: count('log.tail_bytes', wire.tail_bytes),
        windowBytes: count('log.window_bytes', wire.window_bytes),
      }),
    )
    if (!decoded.ok) return this.#refuse(wire.reader, decoded.error.message)
    if (this.#readers.has(decoded.value.reader)) return
    if (this.#readers.size >= READERS_MAX) return this.#refuse(wire.reader, `${READERS_MAX} readers are here already`)
    void this.#serve(decoded.value)
  }

  grant(reader: number, bytes: number): void {
    if (bytes > 0) this.#readers.get(reader)?.credit.grant(bytes)
  }

  cancel(reader: number): void {
    this.#readers.get(reader)?.cancel.abort()
  }

  #refuse(reader: number, error: string): void {
    void this.#options.outbox.output({ log_chunk: { reader, error, end: true } })
  }

  async #serve(order: Order): Promise<void> {
    const { signal: over, outbox, log } = this.#options
    const reader = { credit: new Credit(order.windowBytes), cancel: new AbortController() }
    const signal = AbortSignal.any([over, reader.cancel.signal])
    this.#readers.set(order.reader, reader)
    try {
      const failures = await Promise.all(STREAMS.map((stream) => this.#send(order, stream, reader.credit, signal)))
      if (signal.aborted) return
      const error = failures.find((failure) => failure !== null) ?? ''
      await outbox.output({ log_chunk: { reader: order.reader, end: true, error } })
    } catch (error) {
      log.error({ error, placement_id: order.placement }, 'reading a log failed with a bug')
      this.#refuse(order.reader, 'the agent failed on this log; its own log says more')
    } finally {
      reader.cancel.abort()
      this.#readers.delete(order.reader)
    }
  }

  /** Says why one stream cannot be read, or null. */
  async #send(order: Order, stream: OutputStream, credit: Credit, signal: AbortSignal): Promise<string | null> {
    const { logs, outbox } = this.#options
    const { placement, tailBytes, reader } = order
    let size = logs.size(placement, stream)
    for (let look = 1; !size.ok && order.follow && !signal.aborted; look += 1) {
      const isOver = this.#isOver(placement)
      if (isOver || (look > LOOKS && !this.#isWritten(placement))) {
        size = logs.size(placement, stream)
        break
      }
      await sleep(APPEARS_MS, undefined, { signal }).catch(() => undefined)
      size = logs.size(placement, stream)
    }
    if (!size.ok) return size.error.sentence
    const from = tailBytes === 0 ? 0 : Math.max(0, size.value - tailBytes)
    const ended = (): boolean => !this.#isWritten(placement)
    const pieces = order.follow
      ? logs.follow(placement, stream, from, { signal, ended })
      : kept(logs, order, stream, { from, to: size.value })
    for await (const { offset, skippedBytes, data } of pieces) {
      await credit.available(signal)
      if (signal.aborted) break
      credit.spend(data.length)
      const chunk = { reader, stream: outputStreams[stream], data: Buffer.from(data), offset }
      if (!(await outbox.output({ log_chunk: { ...chunk, skipped_bytes: skippedBytes } }))) break
    }
    return null
  }

  /** Whether the placement's task has written all that it ever will. */
  #isOver(placement: PlacementId): boolean {
    const report = this.#options.agent.report()
    return report.placement === placement && !WRITTEN_IN.has(report.state)
  }

  /** Whether the placement's task may still write. */
  #isWritten(placement: PlacementId): boolean {
    const report = this.#options.agent.report()
    return report.placement === placement && WRITTEN_IN.has(report.state)
  }
}

async function* kept(
  logs: Logs,
  { placement }: Order,
  stream: OutputStream,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<LogPiece, void, undefined> {
  for (let at = from; at < to; ) {
    const piece = await logs.read(placement, stream, at, Math.min(CHUNK_BYTES, to - at))
    if (!piece.ok || piece.value.data.length === 0) return
    yield piece.value
    at = piece.value.offset + piece.value.data.length
  }
}

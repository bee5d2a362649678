import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { MachineId, PlacementId } from '../../shared/model/ids.ts'
import { type Result, refuse } from '../../shared/model/result.ts'
import { bytes, count, decode, enumWord } from '../../shared/wire/check.ts'
import { outputStreams } from '../../shared/wire/enums.ts'
import type { LogChunk__Output } from '../../shared/wire/gen/types/billet/v1/LogChunk.ts'
import type { OutputStream } from '../../shared/model/command.ts'
import type { AgentSession } from './session.ts'

export type LogPiece = {
  readonly stream: OutputStream
  readonly data: Uint8Array
  readonly offset: number
  readonly skippedBytes: number
}

type LogOptions = { readonly follow: boolean; readonly tailBytes: number; readonly signal: AbortSignal }

/** Bytes that an agent may send ahead of one reader. */
const WINDOW_BYTES = 256 * 1024
const CHUNK_BYTES_MAX = 64 * 1024

type Reader = {
  readonly machine: MachineId
  readonly pieces: Result<LogPiece, BilletError>[]
  /** Bytes taken since the last grant. */
  taken: number
  waiting: number
  ended: boolean
  wake: () => void
}

/** Readers of placements' output over the machines' sessions. Each grants its machine what it has read, and no more. */
export class LogReaders {
  readonly #sessionOf: (machine: MachineId) => AgentSession | undefined
  readonly #machineOf: (placement: PlacementId) => MachineId | undefined
  readonly #readers = new Map<number, Reader>()
  #next = 1

  constructor(
    sessionOf: (machine: MachineId) => AgentSession | undefined,
    machineOf: (placement: PlacementId) => MachineId | undefined,
  ) {
    this.#sessionOf = sessionOf
    this.#machineOf = machineOf
  }

  async *open(
    placement: PlacementId,
    { follow, tailBytes, signal }: LogOptions,
  ): AsyncGenerator<Result<LogPiece, BilletError>, void, undefined> {
    const machine = this.#machineOf(placement)
    const session = machine === undefined ? undefined : this.#sessionOf(machine)
    if (machine === undefined || session === undefined) return yield refuse(unreachable(placement, machine))
    const id = this.#next
    this.#next += 1
    const reader: Reader = { machine, pieces: [], taken: 0, waiting: 0, ended: false, wake: () => {} }
    this.#readers.set(id, reader)
    const wake = (): void => reader.wake()
    signal.addEventListener('abort', wake)
    session.send({
      log: {
        reader: id,
        placement: `placements/${placement}`,
        follow,
        tail_bytes: tailBytes,
        window_bytes: WINDOW_BYTES,
      },
    })
    try {
      yield* this.#pieces(id, reader, signal)
    } finally {
      signal.removeEventListener('abort', wake)
      this.#readers.delete(id)
      if (!reader.ended) this.#sessionOf(machine)?.send({ log_cancel: id })
    }
  }

  async *#pieces(
    id: number,
    reader: Reader,
    signal: AbortSignal,
  ): AsyncGenerator<Result<LogPiece, BilletError>, void, undefined> {
    while (!signal.aborted) {
      const piece = reader.pieces.shift()
      if (piece !== undefined) {
        yield piece
        if (piece.ok) this.#grant(id, reader, piece.value.data.length)
      } else if (reader.ended) return
      else {
        await new Promise<void>((resolve) => {
          reader.wake = resolve
        })
      }
    }
  }

  #grant(id: number, reader: Reader, length: number): void {
    reader.taken += length
    reader.waiting -= length
    if (reader.taken < WINDOW_BYTES / 4) return
    this.#sessionOf(reader.machine)?.send({ log_grant: { reader: id, bytes: reader.taken } })
    reader.taken = 0
  }

  /** A chunk from a machine; false where the machine sends what it was not asked for or more than it may. */
  chunk(machine: MachineId, wire: LogChunk__Output): boolean {
    const reader = this.#readers.get(wire.reader)
    // A chunk that crossed with the reader's leaving is nobody's fault.
    if (reader === undefined) return true
    if (reader.machine !== machine) return false
    const decoded = decode(
      (): LogPiece => ({
        stream: enumWord('stream', outputStreams, wire.stream),
        data: bytes('data', wire.data, CHUNK_BYTES_MAX),
        offset: count('offset', wire.offset),
        skippedBytes: count('skipped_bytes', wire.skipped_bytes),
      }),
    )
    if (wire.data.length > 0 || wire.skipped_bytes > 0) reader.pieces.push(decoded)
    reader.waiting += wire.data.length
    if (wire.error !== '') reader.pieces.push(refuse(billetError('machine_unreachable', wire.error.slice(0, 500))))
    reader.ended ||= wire.end || wire.error !== ''
    reader.wake()
    return decoded.ok || wire.data.length === 0 ? reader.waiting <= WINDOW_BYTES + CHUNK_BYTES_MAX : false
  }

  /** The machine's session is over: so is what its readers could read. */
  sessionEnded(machine: MachineId): void {
    for (const reader of this.#readers.values()) {
      if (reader.machine !== machine || reader.ended) continue
      reader.pieces.push(refuse(unreachable(undefined, machine)))
      reader.ended = true
      reader.wake()
    }
  }
}

function unreachable(placement: PlacementId | undefined, machine: MachineId | undefined): BilletError {
  const where = machine === undefined ? `The machine of placement ${placement ?? '?'}` : `Machine ${machine}`
  return billetError('machine_unreachable', `${where} has no session now; its output can be read once it is back.`)
}

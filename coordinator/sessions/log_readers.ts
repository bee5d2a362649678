import type { OutputStream } from '../../shared/model/command.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { MachineId, PlacementId } from '../../shared/model/ids.ts'
import { type Result, refuse } from '../../shared/model/result.ts'
import { Subscription } from '../../shared/subscription.ts'
import { bytes, count, decode, enumWord } from '../../shared/wire/check.ts'
import { outputStreams } from '../../shared/wire/enums.ts'
import type { LogChunk__Output } from '../../shared/wire/gen/types/billet/v1/LogChunk.ts'
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
/** Pieces that wait for one reader: a window of pieces of four bytes. */
const PIECES_MAX = 64 * 1024

type Piece = Result<LogPiece, BilletError>

type Reader = {
  readonly session: AgentSession
  readonly placement: PlacementId
  readonly pieces: Piece[]
  /** Bytes that the agent may still send. */
  credit: number
  /** Bytes read since the last grant. */
  read: number
  /** Size of the piece that the reader has now: it is read once the next one is asked for. */
  held: number
  /** The agent sends nothing more. */
  ended: boolean
}

/** Readers of placements' output over the machines' sessions. Each grants its machine what it has read, and no more. */
export class LogReaders {
  readonly #sessionOf: (machine: MachineId) => AgentSession | undefined
  readonly #machineOf: (placement: PlacementId) => MachineId | undefined
  readonly #readers = new Map<number, { readonly reader: Reader; readonly subscription: Subscription<Piece> }>()
  #next = 1

  constructor(
    sessionOf: (machine: MachineId) => AgentSession | undefined,
    machineOf: (placement: PlacementId) => MachineId | undefined,
  ) {
    this.#sessionOf = sessionOf
    this.#machineOf = machineOf
  }

  open(placement: PlacementId, { follow, tailBytes, signal }: LogOptions): Subscription<Piece> {
    const machine = this.#machineOf(placement)
    const session = machine === undefined ? undefined : this.#sessionOf(machine)
    if (session === undefined) return refusal(unreachable(placement, machine), signal)
    const id = this.#next
    this.#next += 1
    const pieces: Piece[] = []
    const reader = { session, placement, pieces, credit: WINDOW_BYTES, read: 0, held: 0, ended: false }
    const leave = (): void => {
      this.#readers.delete(id)
      if (!reader.ended) session.send({ log_cancel: id })
    }
    const take = (): Piece | undefined => (signal.aborted ? undefined : this.#take(id, reader))
    if (signal.aborted) return new Subscription({ take, leave: () => {}, signal })
    const subscription = new Subscription({ take, leave, signal })
    this.#readers.set(id, { reader, subscription })
    const order = { reader: id, placement: `placements/${placement}`, follow, tail_bytes: tailBytes }
    session.send({ log: { ...order, window_bytes: WINDOW_BYTES } })
    return subscription
  }

  #take(id: number, reader: Reader): Piece | undefined {
    reader.read += reader.held
    reader.held = 0
    const piece = reader.pieces.shift()
    if (piece?.ok === true) reader.held = piece.value.data.length
    if (this.#readers.has(id) && reader.read >= WINDOW_BYTES / 4) {
      reader.session.send({ log_grant: { reader: id, bytes: reader.read } })
      reader.credit += reader.read
      reader.read = 0
    }
    return piece
  }

  /** A chunk of a session; false where it is not as agreed, or more than was granted. */
  chunk(session: AgentSession, wire: LogChunk__Output): boolean {
    const open = this.#readers.get(wire.reader)
    // A chunk that crossed with the reader's leaving is nobody's fault.
    if (open === undefined) return true
    const { reader, subscription } = open
    if (reader.session !== session) return false
    const isPiece = wire.data.length > 0 || wire.skipped_bytes > 0
    const piece = decode(
      (): LogPiece => ({
        stream: isPiece ? enumWord('stream', outputStreams, wire.stream) : 'stdout',
        data: bytes('data', wire.data, CHUNK_BYTES_MAX),
        offset: count('offset', wire.offset),
        skippedBytes: count('skipped_bytes', wire.skipped_bytes),
      }),
    )
    // The last chunk of each stream may be larger than what is left: an agent waits for some credit, not for enough.
    if (!piece.ok || (isPiece && reader.credit <= -CHUNK_BYTES_MAX)) return false
    if (reader.pieces.length >= PIECES_MAX) return false
    reader.credit -= wire.data.length
    if (isPiece) reader.pieces.push(piece)
    if (wire.error !== '') reader.pieces.push(refuse(unreadable(reader.placement, wire.error)))
    if (wire.end || wire.error !== '') {
      reader.ended = true
      subscription.close()
    } else {
      subscription.wake()
    }
    return true
  }

  /** A session is over: so is what its readers could read. */
  sessionEnded(session: AgentSession): void {
    for (const { reader, subscription } of this.#readers.values()) {
      if (reader.session !== session) continue
      reader.pieces.push(refuse(unreachable(reader.placement, session.machine)))
      reader.ended = true
      subscription.close()
    }
  }
}

function refusal(error: BilletError, signal: AbortSignal): Subscription<Piece> {
  const pieces: Piece[] = [refuse(error)]
  const subscription = new Subscription({ take: () => pieces.shift(), leave: () => {}, signal })
  subscription.close()
  return subscription
}

function unreachable(placement: PlacementId, machine: MachineId | undefined): BilletError {
  const where = machine === undefined ? `The machine of placement ${placement}` : `Machine ${machine}`
  return billetError('machine_unreachable', `${where} has no session now; its output can be read once it is back.`, {
    placement,
  })
}

function unreadable(placement: PlacementId, why: string): BilletError {
  const sentence = `The output of placement ${placement} cannot be read: ${why.slice(0, 500)}.`
  return billetError('state_conflict', sentence, { placement })
}

import type { OutputStream } from '../../shared/model/command.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { Subscription } from '../../shared/subscription.ts'

export type CommandPiece = { readonly machine: MachineId; readonly stream: OutputStream; readonly data: Uint8Array }

export type RelayLimits = {
  /** Bytes that wait for one reader; one that falls further behind is cut off, not queued for. */
  readonly readerBytesMax: number
  /** Bytes that wait for all readers together. */
  readonly bytesMax: number
}

const LIMITS: RelayLimits = { readerBytesMax: 4 * 1024 * 1024, bytesMax: 64 * 1024 * 1024 }

type Piece = Result<CommandPiece, BilletError>
type Waiting = { readonly pieces: Piece[]; bytes: number }

type Followed = {
  readonly followers: Map<Waiting, Subscription<Piece>>
  /** How far each stream of each machine has come, so that what is sent again is not told twice. */
  readonly seen: Map<MachineId, Record<OutputStream, number>>
}

/** Output of commands on its way from the machines to whoever asked for it; nothing is kept for later readers. */
export class CommandOutputRelay {
  readonly #limits: RelayLimits
  readonly #commands = new Map<CommandId, Followed>()
  #bytes = 0

  constructor(limits: RelayLimits = LIMITS) {
    this.#limits = limits
  }

  /** Bytes that wait for readers. */
  get waitingBytes(): number {
    return this.#bytes
  }

  follow(command: CommandId, finished: AbortSignal): Subscription<Piece> {
    const waiting: Waiting = { pieces: [], bytes: 0 }
    const take = (): Piece | undefined => {
      const piece = waiting.pieces.shift()
      if (piece?.ok === true) this.#count(waiting, -piece.value.data.length)
      return piece
    }
    const leave = (): void => this.#leave(command, waiting)
    const subscription = new Subscription({ take, leave, signal: finished })
    if (finished.aborted) return subscription
    const followed = this.#commands.get(command) ?? { followers: new Map(), seen: new Map() }
    followed.followers.set(waiting, subscription)
    this.#commands.set(command, followed)
    return subscription
  }

  /** Whether anybody wants output of a command from a machine, and whether that machine was heard already. */
  interest(command: CommandId, machine: MachineId): 'none' | 'new' | 'heard' {
    const followed = this.#commands.get(command)
    if (followed === undefined) return 'none'
    return followed.seen.has(machine) ? 'heard' : 'new'
  }

  piece(command: CommandId, piece: CommandPiece, offset: number): void {
    const followed = this.#commands.get(command)
    if (followed === undefined) return
    const seen = followed.seen.get(piece.machine) ?? { stdout: 0, stderr: 0 }
    followed.seen.set(piece.machine, seen)
    const data = piece.data.subarray(Math.max(0, seen[piece.stream] - offset))
    if (data.length === 0) return
    seen[piece.stream] = offset + piece.data.length
    for (const [waiting, follower] of followed.followers) this.#offer(waiting, follower, { ...piece, data })
  }

  #offer(waiting: Waiting, follower: Subscription<Piece>, piece: CommandPiece): void {
    const { length } = piece.data
    const { readerBytesMax, bytesMax } = this.#limits
    if (waiting.bytes + length > readerBytesMax || this.#bytes + length > bytesMax) {
      const sentence = 'The output came faster than it was read, and was cut off.'
      waiting.pieces.push(refuse(billetError('slow_reader', sentence)))
      follower.close()
      return
    }
    this.#count(waiting, length)
    waiting.pieces.push(ok(piece))
    follower.wake()
  }

  #count(waiting: Waiting, bytes: number): void {
    waiting.bytes += bytes
    this.#bytes += bytes
  }

  #leave(command: CommandId, waiting: Waiting): void {
    const followed = this.#commands.get(command)
    followed?.followers.delete(waiting)
    if (followed?.followers.size === 0) this.#commands.delete(command)
  }
}

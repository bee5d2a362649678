import type { OutputStream } from '../../shared/model/command.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

export type CommandPiece = { readonly machine: MachineId; readonly stream: OutputStream; readonly data: Uint8Array }

/** Bytes that wait for one reader; one that falls further behind is cut off, not queued for. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024

/** Output of commands on its way from the machines to whoever asked for it; nothing is kept for later readers. */
export class CommandOutputRelay {
  readonly #followers = new Map<CommandId, Set<Follower>>()
  /** How far each stream has come, so that what is sent again after a reconnect is not told twice. */
  readonly #offsets = new Map<string, number>()

  async *follow(
    command: CommandId,
    finished: AbortSignal,
  ): AsyncGenerator<Result<CommandPiece, BilletError>, void, undefined> {
    const follower = new Follower()
    const others = this.#followers.get(command) ?? new Set()
    this.#followers.set(command, others.add(follower))
    finished.addEventListener('abort', follower.wake)
    try {
      for (;;) {
        const piece = follower.take()
        if (piece !== undefined) yield piece
        else if (finished.aborted || follower.cutOff) return
        else await follower.next()
      }
    } finally {
      finished.removeEventListener('abort', follower.wake)
      others.delete(follower)
      if (others.size === 0) this.#forget(command)
    }
  }

  piece(command: CommandId, piece: CommandPiece, offset: number): void {
    const followers = this.#followers.get(command)
    if (followers === undefined) return
    const key = `${command} ${piece.machine} ${piece.stream}`
    const seen = this.#offsets.get(key) ?? 0
    const fresh = piece.data.subarray(Math.max(0, seen - offset))
    if (fresh.length === 0) return
    this.#offsets.set(key, offset + piece.data.length)
    for (const follower of followers) follower.offer({ ...piece, data: fresh })
  }

  #forget(command: CommandId): void {
    this.#followers.delete(command)
    for (const key of this.#offsets.keys()) if (key.startsWith(`${command} `)) this.#offsets.delete(key)
  }
}

class Follower {
  readonly #pieces: Result<CommandPiece, BilletError>[] = []
  #bytes = 0
  #woken: (() => void) | undefined
  cutOff = false

  readonly wake = (): void => {
    this.#woken?.()
    this.#woken = undefined
  }

  offer(piece: CommandPiece): void {
    if (this.cutOff) return
    this.#bytes += piece.data.length
    if (this.#bytes > WAITING_BYTES_MAX) {
      this.cutOff = true
      this.#pieces.push(refuse(billetError('slow_reader', 'The output came faster than it was read, and was cut off.')))
    } else {
      this.#pieces.push(ok(piece))
    }
    this.wake()
  }

  take(): Result<CommandPiece, BilletError> | undefined {
    const piece = this.#pieces.shift()
    if (piece?.ok === true) this.#bytes -= piece.value.data.length
    return piece
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#woken = resolve
    })
  }
}

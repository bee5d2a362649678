import type { Writable } from 'node:stream'
import { CommandFailure, exitCodes } from './errors.ts'

/** Standard output, which may fail: a full disk, or a reader that had enough, such as `head`. */
export class Output {
  /** Never comes to anything but a failure. */
  readonly failed: Promise<never>
  readonly #stream: Writable
  #failure: CommandFailure | undefined

  constructor(stream: Writable) {
    this.#stream = stream
    this.failed = new Promise((_resolve, reject) => {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        this.#failure ??= failureOf(error)
        reject(this.#failure)
      })
    })
    // Whoever does not wait for it asks at the end.
    this.failed.catch(() => undefined)
  }

  /** Once all that was written is out of this process: what went wrong with it, where something did. */
  async written(): Promise<CommandFailure | undefined> {
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => setImmediate(resolve))
    })
    return this.#failure
  }
}

function failureOf({ code, message }: NodeJS.ErrnoException): CommandFailure {
  if (code === 'EPIPE') return new CommandFailure('', exitCodes.unread)
  return new CommandFailure(`The output cannot be written: ${message}.`, exitCodes.refused)
}

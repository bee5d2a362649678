import type { ServiceError } from '@grpc/grpc-js'
import type { EventEmitter } from 'node:events'
import type { BilletError } from '../model/errors.ts'
import { type Result, ok, refuse } from '../model/result.ts'
import { fromStatus } from './status.ts'

/** The reading half of any grpc-js stream. */
export interface MessageSource<Message> extends EventEmitter {
  read(): Message | null
}

/** The writing half of any grpc-js stream. */
export interface MessageSink<Message> extends EventEmitter {
  write(message: Message): boolean
}

/**
 * Messages as they come, at the reader's pace: nothing is taken in before it is asked for. A failure is the last
 * item. Leaving the loop calls `cancel`.
 */
export function messages<Message>(
  source: MessageSource<Message>,
  cancel: () => void,
): AsyncGenerator<Result<Message, BilletError>, void, undefined> {
  // From now on, and not from the first read: a stream that fails before that would end the process.
  return read(source, new StreamState(source), cancel)
}

class StreamState {
  failed: ServiceError | undefined
  ended = false
  #wake = (): void => {}

  constructor(source: EventEmitter) {
    source.on('readable', this.#changed)
    source.on('end', this.#end)
    source.on('close', this.#end)
    source.on('error', (error: ServiceError) => {
      this.failed ??= error
      this.#wake()
    })
  }

  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** The listener for errors stays: cancelling makes one more, and nobody else would hear it. */
  leave(source: EventEmitter): void {
    source.off('readable', this.#changed)
    source.off('end', this.#end)
    source.off('close', this.#end)
  }

  readonly #changed = (): void => this.#wake()
  readonly #end = (): void => {
    this.ended = true
    this.#wake()
  }
}

async function* read<Message>(
  source: MessageSource<Message>,
  state: StreamState,
  cancel: () => void,
): AsyncGenerator<Result<Message, BilletError>, void, undefined> {
  try {
    for (;;) {
      const message = source.read()
      if (message !== null) yield ok(message)
      else if (state.failed !== undefined) return yield refuse(fromStatus(state.failed))
      else if (state.ended) return
      else await state.change()
    }
  } finally {
    state.leave(source)
    cancel()
  }
}

/** Writes, and waits while the other side does not read; false where the stream is over. */
export async function send<Message>(sink: MessageSink<Message>, message: Message, over: AbortSignal): Promise<boolean> {
  if (over.aborted) return false
  if (sink.write(message)) return true
  await new Promise<void>((resolve) => {
    const done = (): void => {
      sink.off('drain', done)
      over.removeEventListener('abort', done)
      resolve()
    }
    sink.on('drain', done)
    over.addEventListener('abort', done)
  })
  return !over.aborted
}

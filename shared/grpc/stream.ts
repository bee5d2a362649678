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
export async function* messages<Message>(
  source: MessageSource<Message>,
  cancel: () => void,
): AsyncGenerator<Result<Message, BilletError>, void, undefined> {
  let wake = (): void => {}
  let failed: ServiceError | undefined
  let ended = false
  const onReadable = (): void => wake()
  const onEnd = (): void => {
    ended = true
    wake()
  }
  const onError = (error: ServiceError): void => {
    failed ??= error
    wake()
  }
  source.on('readable', onReadable)
  source.on('end', onEnd)
  source.on('close', onEnd)
  source.on('error', onError)
  try {
    for (;;) {
      const message = source.read()
      if (message !== null) yield ok(message)
      else if (failed !== undefined) return yield refuse(fromStatus(failed))
      else if (ended) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    source.off('readable', onReadable)
    source.off('end', onEnd)
    source.off('close', onEnd)
    // The listener for errors stays: cancelling makes one more, and nobody else would hear it.
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

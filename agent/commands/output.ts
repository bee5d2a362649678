import type { Readable } from 'node:stream'
import type { OutputStream } from '../../shared/model/command.ts'

/** One piece of a command's output. */
export type OutputChunk = { readonly stream: OutputStream; readonly offset: number; readonly data: Uint8Array }

/** Where output goes. While the returned promise is pending, nothing more of that stream is read. */
export type OutputSink = (chunk: OutputChunk) => void | Promise<void>

/** `waiting`: the sink has not taken the last piece yet. */
export type OutputTally = { keptBytes: number; droppedBytes: number; waiting: boolean }

export const newTally = (): OutputTally => ({ keptBytes: 0, droppedBytes: 0, waiting: false })

/**
 * Hands on what a stream yields until the cap, then reads on but drops, so that the program is not held up by a
 * full pipe. Ends when the stream does. A sink that throws is offered nothing more.
 */
export async function pumpOutput(
  source: Readable,
  stream: OutputStream,
  cap: number,
  sink: OutputSink,
  tally: OutputTally,
): Promise<void> {
  let taken = true
  try {
    for await (const piece of source) {
      if (!(piece instanceof Uint8Array)) continue
      const room = taken ? Math.max(0, cap - tally.keptBytes) : 0
      const data = piece.subarray(0, room)
      tally.droppedBytes += piece.length - data.length
      if (data.length === 0) continue
      const offset = tally.keptBytes
      tally.keptBytes += data.length
      tally.waiting = true
      try {
        await sink({ stream, offset, data })
      } catch {
        taken = false
      }
      tally.waiting = false
    }
  } catch {
    // Destroyed because the command is over while something it left behind still holds the pipe.
  }
}

import { type FSWatcher, existsSync, readdirSync, rmSync, statSync, watch } from 'node:fs'
import { open } from 'node:fs/promises'
import type { PlacementId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { oneLine } from './failure.ts'
import { readBase } from './log_cap.ts'
import type { LogStream, RuntimeFailure } from './types.ts'

/** A piece of a log. `offset` may lie beyond the one asked for: `skippedBytes` between the two are gone. */
export type LogChunk = { readonly offset: number; readonly skippedBytes: number; readonly data: Uint8Array }

export const LOG_CHUNK_BYTES = 32 * 1024

const POLL_MS = 1000

export interface LogReader {
  /** Logical size in bytes, what was removed included. */
  size(placementId: PlacementId, stream: LogStream): Result<number, RuntimeFailure>
  /** At most `maxBytes` from `offset` on; empty at the end of what is written. */
  read(
    placementId: PlacementId,
    stream: LogStream,
    offset: number,
    maxBytes: number,
  ): Promise<Result<LogChunk, RuntimeFailure>>
  /**
   * From `offset` on, as it is written, until the signal fires, the log is gone, or `ended` says that nobody
   * writes any more and all was read. Reads only when asked for more: a slow reader holds nothing but its place.
   */
  follow(
    placementId: PlacementId,
    stream: LogStream,
    offset: number,
    options: { readonly signal: AbortSignal; readonly ended: () => boolean },
  ): AsyncIterable<LogChunk>
}

export function logPath(state: string, placementId: string, stream: LogStream): string {
  return `${state}/placements/${placementId}/${stream}.log`
}

async function readAt(path: string, offset: number, maxBytes: number): Promise<Result<LogChunk, RuntimeFailure>> {
  try {
    const base = readBase(path)
    const from = Math.max(offset, base.removed)
    await using file = await open(path, 'r')
    const data = new Uint8Array(Math.min(maxBytes, LOG_CHUNK_BYTES))
    const { bytesRead } = await file.read(data, 0, data.length, from - base.shift)
    // A hole made meanwhile would read as zeros: what lies before the new base is not handed out.
    const removed = readBase(path).removed
    if (removed > from) return await readAt(path, offset, maxBytes)
    return ok({ offset: from, skippedBytes: from - offset, data: data.subarray(0, bytesRead) })
  } catch (error) {
    return refuse({ kind: 'unknown_placement', sentence: `this log cannot be read: ${oneLine(error)}` })
  }
}

/** Resolves at the next change of the file, after a second, or when the signal fires. */
function nextChange(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let watcher: FSWatcher | null = null
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      watcher?.close()
      resolve()
    }
    const timer = setTimeout(done, POLL_MS)
    signal.addEventListener('abort', done, { once: true })
    try {
      watcher = watch(path, { persistent: false }, done)
      watcher.on('error', done)
    } catch {
      // Out of watches, or the file went: the timer serves.
    }
  })
}

export function logReader(state: string): LogReader {
  return {
    size: (placementId, stream) => {
      const path = logPath(state, placementId, stream)
      const seen = statSync(path, { throwIfNoEntry: false })
      if (seen === undefined) return refuse({ kind: 'unknown_placement', sentence: `there is no log ${path}` })
      return ok(readBase(path).shift + seen.size)
    },
    read: (placementId, stream, offset, maxBytes) => readAt(logPath(state, placementId, stream), offset, maxBytes),
    async *follow(placementId, stream, offset, { signal, ended }) {
      const path = logPath(state, placementId, stream)
      let at = offset
      while (!signal.aborted) {
        // Asked before the read: what was written until the end is then surely seen by it.
        const last = ended()
        const chunk = await readAt(path, at, LOG_CHUNK_BYTES)
        if (!chunk.ok) return
        if (chunk.value.data.length > 0 || chunk.value.skippedBytes > 0) yield chunk.value
        at = chunk.value.offset + chunk.value.data.length
        if (chunk.value.data.length > 0) continue
        if (last) return
        await nextChange(path, signal)
      }
    },
  }
}

/** What the records and logs of finished placements may take. */
export type Retention = { readonly placements: number; readonly bytes: number }

type Kept = { readonly name: string; readonly endedAt: number; readonly bytes: number }

function keptPlacements(directory: string, inUse: ReadonlySet<string>): Kept[] {
  const kept: Kept[] = []
  for (const name of readdirSync(directory)) {
    if (inUse.has(name)) continue
    let bytes = 0
    for (const stream of ['stdout', 'stderr']) {
      bytes += (statSync(`${directory}/${name}/${stream}.log`, { throwIfNoEntry: false })?.blocks ?? 0) * 512
    }
    const ended = statSync(`${directory}/${name}/exit`, { throwIfNoEntry: false })
    kept.push({ name, endedAt: ended?.mtimeMs ?? 0, bytes })
  }
  return kept.toSorted((left, right) => right.endedAt - left.endedAt)
}

/** Removes the oldest finished placements' records and logs beyond what is kept; returns how many went. */
export function pruneLogs(state: string, inUse: ReadonlySet<string>, retention: Retention): number {
  const directory = `${state}/placements`
  if (!existsSync(directory)) return 0
  let bytes = 0
  let pruned = 0
  for (const [index, kept] of keptPlacements(directory, inUse).entries()) {
    bytes += kept.bytes
    if (index < retention.placements && bytes <= retention.bytes) continue
    rmSync(`${directory}/${kept.name}`, { recursive: true, force: true })
    pruned += 1
  }
  return pruned
}

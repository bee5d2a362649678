import { type FSWatcher, watch } from 'node:fs'
import type { PlacementId } from '../../shared/model/ids.ts'
import type { Clock, Instant } from '../../shared/model/time.ts'
import type { Target } from './containment.ts'
import { type PlacementPlan, RECORDS } from './plan.ts'
import type { ProcessTable } from './processes.ts'
import { type PlacementRecord, readExit, readProcessRecord, sameProcess } from './records.ts'
import type { ProcessRecord } from './shim.ts'
import type { Isolation, LimitReport, TaskExit } from './types.ts'

export type Running = {
  readonly placementId: PlacementId
  /** Of the shim, the task's parent. */
  readonly pid: number
  readonly isolation: Isolation
  readonly limits: readonly LimitReport[]
  readonly exit: Promise<TaskExit>
}

/** A placement that this agent prepared or found again. */
export type Entry = {
  readonly placementId: PlacementId
  readonly directory: string
  readonly record: PlacementRecord
  /** Gone once it was started or given up, so that nothing is started twice. */
  plan: PlacementPlan | null
  running: Running | null
  ended: TaskExit | null
}

export function newEntry(
  placementId: PlacementId,
  directory: string,
  record: PlacementRecord,
  plan: PlacementPlan | null,
): Entry {
  return { placementId, directory, record, plan, running: null, ended: null }
}

/** By what the placement's processes are known, as far as its records say by now. */
export function targetOf(entry: Entry): Target {
  const { record, directory, placementId } = entry
  const shim = entry.running?.pid ?? readProcessRecord(`${directory}/${RECORDS.shim}`)?.pid
  const task = record.cgroup === null ? readProcessRecord(`${directory}/${RECORDS.task}`)?.pid : undefined
  const sessions = record.cgroup === null ? [shim, task].filter((pid) => pid !== undefined) : []
  return {
    cgroup: record.cgroup,
    // Once it is over, its pids may be those of others.
    sessions: entry.ended === null ? sessions : [],
    uid: record.exclusiveUid,
    mark: record.cgroup === null && record.exclusiveUid === null ? `BILLET_PLACEMENT=${placementId}` : null,
    spared: shim === undefined || entry.ended !== null ? [] : [shim],
  }
}

export function lost(sentence: string, at: Instant): TaskExit {
  return { kind: 'lost', sentence, at }
}

type Watched = {
  readonly directory: string
  readonly cgroup: string | null
  /** Null: it has yet to begin. */
  readonly shim: ProcessRecord | null
  readonly bootId: string
  readonly table: ProcessTable
  readonly clock: Clock
  readonly pollMs: number
  readonly signal: AbortSignal
}

/** `begun` is null where the placement ended without a shim. */
export type Attended = { readonly begun: Promise<ProcessRecord | null>; readonly exit: Promise<TaskExit> }

/** Waits for the begin and the end of a task that is no child of the agent. Both stay pending if the signal fires. */
export function attend(options: Watched): Attended {
  const { directory, cgroup, bootId, table, clock, signal } = options
  const begun = Promise.withResolvers<ProcessRecord | null>()
  const ended = Promise.withResolvers<TaskExit>()
  let { shim } = options
  let watcher: FSWatcher | null = null
  const close = (): void => {
    clearInterval(timer)
    watcher?.close()
    signal.removeEventListener('abort', close)
  }
  const look = (): void => {
    shim ??= readProcessRecord(`${directory}/${RECORDS.shim}`)
    if (shim !== null) begun.resolve(shim)
    // Asked before the record is read: a shim that is gone by then has written all it ever will.
    const alive = shim === null || sameProcess(table, shim, bootId)
    const exit = readExit(directory, cgroup)
    if (exit === null && alive) return
    close()
    begun.resolve(shim)
    ended.resolve(exit ?? lost('the process that waits for the task vanished without recording its end', clock.now()))
  }
  const timer = setInterval(look, options.pollMs)
  timer.unref()
  signal.addEventListener('abort', close, { once: true })
  try {
    watcher = watch(directory, { persistent: false }, look)
    watcher.on('error', () => watcher?.close())
  } catch {
    // No watch to be had: the timer serves.
  }
  look()
  return { begun: begun.promise, exit: ended.promise }
}

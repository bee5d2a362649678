import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock } from '../../shared/model/time.ts'
import type { Entry } from './entry.ts'
import { fileFailure } from './failure.ts'
import type { Launcher } from './launcher.ts'
import { RECORDS } from './plan.ts'
import type { ProcessTable } from './processes.ts'
import { readProcessRecord, sameProcess } from './records.ts'
import type { RuntimeFailure } from './types.ts'
import { readLease, watchScript } from './watchdog.ts'

/** How long a watchdog may take to begin. */
const LIMIT_MS = 5000

export type WatchOptions = {
  readonly launcher: Launcher
  readonly processes: ProcessTable
  readonly clock: Clock
  readonly bootId: string
}

/** What has a lease has a watchdog that lives once this answers, or a refusal that says why not. */
export async function watched(
  { directory, record, placementId }: Entry,
  { launcher, processes, clock, bootId }: WatchOptions,
): Promise<Result<undefined, RuntimeFailure>> {
  if (!record.leased) return ok()
  if (readLease(directory, bootId) === null) {
    return refuse({ kind: 'io_failed', sentence: 'its lease could not be written down' })
  }
  const isWatched = (): boolean => {
    const known = readProcessRecord(`${directory}/${RECORDS.watchdog}`)
    return known !== null && sameProcess(processes, known, bootId)
  }
  if (isWatched()) return ok()
  try {
    const file = `${directory}/${RECORDS.watch}`
    const mark = `BILLET_PLACEMENT=${placementId}`
    writeFileSync(file, watchScript({ ...record, records: directory, mark }), { mode: 0o600 })
    launcher.watch(file)
  } catch (error) {
    return refuse(fileFailure(error, 'log_disk_full'))
  }
  const end = clock.monotonic() + LIMIT_MS
  while (!isWatched() && clock.monotonic() < end) await sleep(2)
  if (isWatched()) return ok()
  return refuse({ kind: 'spawn_failed', sentence: 'the watchdog of its lease could not be started' })
}

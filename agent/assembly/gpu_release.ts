import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type Clock, type Milliseconds, instant } from '../../shared/model/time.ts'
import { processTable, sendSignal } from '../runtime/processes.ts'
import { READER_NAME } from '../telemetry/reader/protocol.ts'
import { RELEASE_FILE, endRelease, writeRelease } from '../telemetry/release_file.ts'

const PATIENCE_MS = 10_000
const LOOK_EVERY_MS = 50

export type ReleaseOptions = {
  readonly stateDir: string
  readonly clock: Clock
  /** The agent whose readers they are; null where none runs. */
  readonly agent: number | null
}

/**
 * Makes this machine's agent let go of its GPUs for a while, for whoever wants to reset or divide them, or take them
 * from their driver. Refused where a reader stays, since its driver hangs.
 */
export async function releaseGpus(period: Milliseconds, options: ReleaseOptions): Promise<Result<undefined, string>> {
  const { stateDir, clock, agent } = options
  try {
    writeRelease(join(stateDir, RELEASE_FILE), instant(clock.now() + period))
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
  const end = clock.monotonic() + PATIENCE_MS
  for (const pid of readers(agent)) sendSignal(pid, 'SIGTERM')
  while (readers(agent).length > 0) {
    if (clock.monotonic() > end) return refuse(`the reader ${readers(agent).join(', ')} does not end: its driver hangs`)
    await sleep(LOOK_EVERY_MS)
  }
  return ok()
}

/** The agent takes them again at its next beat. */
export function takeGpus(stateDir: string): void {
  endRelease(join(stateDir, RELEASE_FILE))
}

/** The agent's children that have the name of its reader of GPUs. */
function readers(agent: number | null): readonly number[] {
  if (agent === null) return []
  const children = processTable().childrenOf(agent)
  return children.filter(({ name }) => name.startsWith(READER_NAME)).map(({ pid }) => pid)
}

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Instant } from '../../shared/model/time.ts'

/** Below the agent's state directory: until when a person wants the GPUs for themselves. */
export const RELEASE_FILE = 'gpus-released'

/** Whether the agent is to leave the GPUs alone at this time. A file that says nothing of the kind asks for nothing. */
export function isReleased(path: string, now: Instant): boolean {
  try {
    const until = /^(\d{1,15})\n?$/.exec(readFileSync(path, 'utf8'))?.[1]
    return until !== undefined && now < Number(until)
  } catch {
    return false
  }
}

export function writeRelease(path: string, until: Instant): void {
  const temporary = `${path}.new`
  writeFileSync(temporary, `${until}\n`, { mode: 0o600 })
  renameSync(temporary, path)
}

export function endRelease(path: string): void {
  rmSync(path, { force: true })
}

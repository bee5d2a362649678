import { execFile } from 'node:child_process'
import { readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'

/** How much of a log's beginning is gone. `shift`: the logical offset of the file's first byte. */
export type LogBase = { readonly removed: number; readonly shift: number }

export const NOTHING_REMOVED: LogBase = { removed: 0, shift: 0 }

export function readBase(logPath: string): LogBase {
  try {
    const match = /^(\d{1,15}) (\d{1,15})\n$/.exec(readFileSync(`${logPath}.base`, 'utf8'))
    return match === null ? NOTHING_REMOVED : { removed: Number(match[1]), shift: Number(match[2]) }
  } catch {
    return NOTHING_REMOVED
  }
}

function writeBase(logPath: string, base: LogBase): void {
  writeFileSync(`${logPath}.base.new`, `${base.removed} ${base.shift}\n`, { mode: 0o600 })
  renameSync(`${logPath}.base.new`, `${logPath}.base`)
}

/** Frees the first `length` bytes of a file but keeps its size; false where its file system cannot. */
export type PunchHole = (path: string, length: number) => Promise<boolean>

export const punchHole: PunchHole = (path, length) =>
  new Promise((resolve) => {
    const argv = ['--punch-hole', '--keep-size', '--offset', '0', '--length', String(length), path]
    execFile('fallocate', argv, { timeout: 30_000 }, (error) => resolve(error === null))
  })

const BLOCK = 4096

/**
 * Keeps the newest half of `cap` once a log takes more room than that. The writer appends on, undisturbed:
 * a hole leaves its offsets true; where holes cannot be made the log is emptied and its base moves on (what is
 * written between the two calls is then lost uncounted).
 */
export async function capLog(logPath: string, cap: number, punch: PunchHole): Promise<boolean> {
  const seen = statSync(logPath, { throwIfNoEntry: false })
  if (seen === undefined || seen.blocks * 512 <= cap) return false
  const base = readBase(logPath)
  const length = Math.floor((seen.size - Math.floor(cap / 2)) / BLOCK) * BLOCK
  if (length <= 0) return false
  // First the note, so that no reader takes the hole's zeros for the task's own.
  const shift = base.shift
  writeBase(logPath, { removed: Math.max(base.removed, shift + length), shift })
  if (await punch(logPath, length)) return true
  const size = statSync(logPath).size
  truncateSync(logPath, 0)
  writeBase(logPath, { removed: shift + size, shift: shift + size })
  return true
}

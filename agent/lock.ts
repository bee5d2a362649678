import { closeSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { type Result, ok, refuse } from '../shared/model/result.ts'

/** Held while an agent uses a state directory. */
export type Lock = { release(): void }

type Owner = { readonly pid: number; readonly startTicks: string; readonly bootId: string }

/** Pids are used again, but not with the same start time in the same boot. A zombie is a process no more. */
function ownerOf(pid: number): Owner | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    const startTicks = fields[19]
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return startTicks === undefined ? null : { pid, startTicks, bootId }
  } catch {
    return null
  }
}

const printOwner = ({ pid, startTicks, bootId }: Owner): string => `${pid} ${startTicks} ${bootId}\n`

function holder(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8')
    const pid = Number(text.split(' ')[0])
    const alive = Number.isSafeInteger(pid) && pid > 0 ? ownerOf(pid) : null
    return alive !== null && printOwner(alive) === text ? pid : null
  } catch {
    return null
  }
}

/** The process of the agent that uses a state directory now, or null. */
export const lockHolder = (stateDirectory: string): number | null => holder(join(stateDirectory, 'lock'))

/**
 * Two agents in one state directory would run one machine twice. The holder is named by pid and start time, so that
 * a lock left behind by a crash or a loss of power holds nobody up.
 */
export function acquireLock(stateDirectory: string): Result<Lock, string> {
  const path = join(stateDirectory, 'lock')
  const own = ownerOf(process.pid)
  if (own === null) return refuse('/proc cannot be read, and an agent needs it')
  const aside = `${path}.${process.pid}`
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const pid = holder(path)
      if (pid !== null) return refuse(inUse(stateDirectory, pid))
      rmSync(path, { force: true })
      rmSync(aside, { force: true })
      const file = openSync(aside, 'wx', 0o600)
      writeSync(file, printOwner(own))
      closeSync(file)
      // Unlike a rename, a link fails where somebody was faster.
      if (linked(aside, path)) return ok({ release: () => rmSync(path, { force: true }) })
    }
    return refuse(`${path} is being taken by others again and again`)
  } catch (error) {
    return refuse(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    rmSync(aside, { force: true })
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch {
    return false
  }
}

const inUse = (directory: string, pid: number): string =>
  `${directory} is in use by another agent, process ${pid}; stop it, or give this one a state directory of its own`

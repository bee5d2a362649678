import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fchownSync, openSync } from 'node:fs'
import { once } from 'node:events'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { fileFailure, oneLine } from './failure.ts'
import type { PlacementPlan } from './plan.ts'
import type { RuntimeFailure } from './types.ts'

/** Opens a log for the task to append to. It belongs to the task's uid, so that /dev/stdout can be opened again. */
function openLog(path: string, uid: number | null): number {
  const descriptor = openSync(path, 'a', 0o600)
  if (uid !== null) fchownSync(descriptor, uid, 0)
  return descriptor
}

/** Spawns the shim, in a session of its own, writing to the logs itself: no pipe of ours that a restart would break. */
export async function spawnShim(plan: PlacementPlan): Promise<Result<ChildProcess, RuntimeFailure>> {
  const { launch, paths, exclusiveUid } = plan
  const descriptors: number[] = []
  try {
    for (const stream of ['stdout', 'stderr']) {
      descriptors.push(openLog(`${paths.records}/${stream}.log`, exclusiveUid))
    }
    const [stdout, stderr] = descriptors
    const child = spawn(launch.program, [...launch.argv], {
      cwd: '/',
      env: { ...launch.env },
      detached: true,
      stdio: ['ignore', stdout ?? 'ignore', stderr ?? 'ignore'],
    })
    // An 'error' event rejects this, as does a failed exec.
    await once(child, 'spawn')
    child.unref()
    return ok(child)
  } catch (error) {
    const failure = fileFailure(error, 'log_disk_full')
    if (failure.kind === 'log_disk_full') return refuse(failure)
    return refuse({ kind: 'spawn_failed', sentence: `the task's process could not be made: ${oneLine(error)}` })
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor)
  }
}

import { Buffer } from 'node:buffer'
import { constants, type Stats } from 'node:fs'
import process from 'node:process'
import { type FileHandle, chmod, lstat, open, opendir, rename, rmdir, unlink } from 'node:fs/promises'

/** What a removal came to. `left` names some of what could not be removed, `leftCount` counts it all. */
export type TreeOutcome = { readonly removed: number; readonly left: readonly string[]; readonly leftCount: number }

/** Deeper directories are moved up first, so that no tree is too deep for the open files that we may have. */
const DEPTH_MAX = 48
const NAMED_MAX = 5
const PASSES_MAX = 100_000
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

type Verdict = 'remove' | 'descend' | 'skip'

type Job = {
  readonly root: FileHandle
  readonly device: number
  /** Null: all goes, and nothing need be looked at first. */
  readonly judge: ((seen: Stats) => Verdict) | null
  removed: number
  hoisted: number
  left: string[]
  leftCount: number
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}

/**
 * A name within an open directory. The kernel starts from the directory itself: no path is too long, and no
 * parent can be swapped for a link. Names are bytes, kept as latin1, since a tenant may choose any.
 */
function within(directory: FileHandle, name: string): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${directory.fd}/`), Buffer.from(name, 'latin1')])
}

function leave(job: Job, name: string, why: string): void {
  job.leftCount += 1
  if (job.left.length < NAMED_MAX) job.left.push(`${JSON.stringify(name)}: ${why}`)
}

async function openDirectory(path: Buffer): Promise<FileHandle> {
  try {
    return await open(path, DIRECTORY)
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error
    // Without root, a directory of our own may bar even us.
    await chmod(path, 0o700)
    return open(path, DIRECTORY)
  }
}

async function hoist(directory: FileHandle, name: string, job: Job): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    job.hoisted += 1
    try {
      await rename(within(directory, name), within(job.root, `.billet-removing-${process.pid}-${job.hoisted}`))
      return
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error))) throw error
    }
  }
  throw new Error('no free name to move a deep directory to')
}

/** True when the directory itself is gone. */
async function removeDirectory(parent: FileHandle, name: string, depth: number, job: Job): Promise<boolean> {
  const path = within(parent, name)
  const child = await openDirectory(path)
  try {
    if ((await child.stat()).dev !== job.device) {
      leave(job, name, 'another file system is mounted there')
      return false
    }
    for (let pass = 0; pass < PASSES_MAX; pass += 1) {
      const before = job.removed + job.hoisted
      const leftBefore = job.leftCount
      await clear(child, depth + 1, job)
      try {
        await rmdir(path)
        job.removed += 1
        return true
      } catch (error) {
        if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error
      }
      if (job.removed + job.hoisted > before) continue
      if (job.leftCount === leftBefore) leave(job, name, "holds what is not the tenant's")
      return false
    }
    leave(job, name, 'never became empty')
    return false
  } finally {
    await child.close()
  }
}

async function descend(parent: FileHandle, name: string, depth: number, job: Job): Promise<void> {
  if (depth >= DEPTH_MAX) return
  const child = await openDirectory(within(parent, name))
  try {
    // What is mounted there is no part of this directory; it is swept where it is named itself.
    if ((await child.stat()).dev === job.device) await clear(child, depth + 1, job)
  } finally {
    await child.close()
  }
}

async function removeEntry(
  directory: FileHandle,
  entry: { readonly name: string; isDirectory(): boolean },
  depth: number,
  job: Job,
): Promise<void> {
  const { name } = entry
  const verdict = job.judge === null ? 'remove' : job.judge(await lstat(within(directory, name)))
  if (verdict === 'skip') return
  if (!entry.isDirectory()) {
    if (verdict !== 'remove') return
    await unlink(within(directory, name))
    job.removed += 1
  } else if (verdict === 'descend') {
    await descend(directory, name, depth, job)
  } else if (depth >= DEPTH_MAX) {
    await hoist(directory, name, job)
  } else {
    await removeDirectory(directory, name, depth, job)
  }
}

async function clear(directory: FileHandle, depth: number, job: Job): Promise<void> {
  const listing = await opendir(`/proc/self/fd/${directory.fd}`, { encoding: 'latin1', bufferSize: 128 })
  for await (const entry of listing) {
    try {
      await removeEntry(directory, entry, depth, job)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') leave(job, entry.name, codeOf(error))
    }
  }
}

/** Passes until one changes nothing: what was moved up, or skipped by a listing that changed, is met again. */
async function clearAll(path: string, judge: Job['judge']): Promise<TreeOutcome> {
  const root = await openDirectory(Buffer.from(path))
  try {
    const job: Job = { root, device: (await root.stat()).dev, judge, removed: 0, hoisted: 0, left: [], leftCount: 0 }
    for (let pass = 0; pass < PASSES_MAX; pass += 1) {
      const before = job.removed + job.hoisted
      job.left = []
      job.leftCount = 0
      await clear(root, 0, job)
      if (job.removed + job.hoisted === before) break
    }
    return { removed: job.removed, left: job.left, leftCount: job.leftCount }
  } finally {
    await root.close()
  }
}

/**
 * Removes a directory and all below it: follows no link, enters no other file system. A directory that is not
 * there is removed already; one that is a link, or no directory, throws.
 */
export async function removeTree(path: string): Promise<TreeOutcome> {
  try {
    const outcome = await clearAll(path, null)
    if (outcome.leftCount === 0) await rmdir(path)
    return outcome
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { removed: 0, left: [], leftCount: 0 }
    throw error
  }
}

/**
 * Removes all that this uid owns below a directory that others use too, and nothing that it does not own. Goes
 * only where the uid could have written: into what it owns, and what everyone may write to.
 */
export async function removeOwned(directory: string, uid: number): Promise<TreeOutcome> {
  try {
    return await clearAll(directory, (seen) => {
      if (seen.uid === uid) return 'remove'
      return seen.isDirectory() && (seen.mode & 0o002) !== 0 ? 'descend' : 'skip'
    })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { removed: 0, left: [], leftCount: 0 }
    throw error
  }
}

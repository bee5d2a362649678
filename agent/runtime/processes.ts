import { Buffer } from 'node:buffer'
import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs'
import { constants } from 'node:os'
import process from 'node:process'

/** One look at a process; `session` is its session's id, `startTicks` tells it from a later one of the same pid. */
export type ProcessSight = {
  readonly pid: number
  /** What it calls itself: anything. */
  readonly name: string
  readonly state: string
  readonly parent: number
  readonly session: number
  readonly startTicks: string
}

export type UidRange = { readonly first: number; readonly last: number }

export interface ProcessTable {
  /** Null when there is no such process. A zombie is seen with state Z. */
  look(pid: number): ProcessSight | null
  /** Whether it has a handler for this signal. */
  catches(pid: number, signal: NodeJS.Signals): boolean
  /** Whether it blocks this signal now: it may wait for it, or be about to start another process. */
  blocks(pid: number, signal: NodeJS.Signals): boolean
  /** Live processes that this one started, or was given. */
  childrenOf(parent: number): readonly ProcessSight[]
  /** Live processes in this session. */
  inSession(session: number): readonly number[]
  /**
   * Live processes that hold a uid of the range as real, effective, saved or file system uid. The look begins after
   * this call; whoever asks before it does shares it.
   */
  ofUids(range: UidRange): Promise<readonly number[]>
  /** Live processes whose environment, as it was at their start, holds this text; those unreadable are left out. */
  withEnvironment(text: string): readonly number[]
}

const UID_LINE = /^Uid:\t(\d+)\t(\d+)\t(\d+)\t(\d+)$/m
/** A kernel thread's flag in /proc/<pid>/stat; no program can give it to itself. */
const PF_KTHREAD = 0x0020_0000
const LIVE = /^State:\t[^ZX]/m

function parseStat(pid: number, text: string | null): ProcessSight | null {
  if (text === null) return null
  // The name may hold spaces and brackets, so fields are counted from its last bracket on.
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  const [state, parent, , session] = fields
  const startTicks = fields[19]
  if (state === undefined || parent === undefined || session === undefined || startTicks === undefined) return null
  const name = text.slice(text.indexOf('(') + 1, end)
  return { pid, name, state, parent: Number(parent), session: Number(session), startTicks }
}

const isLive = (sight: ProcessSight): boolean => sight.state !== 'Z' && sight.state !== 'X'

/**
 * Kernel threads are the greater part of an idle machine's processes, and all are children of one that can be
 * told beyond doubt by its flags. Asked after the listing: whoever has such a pid by then is no tenant.
 */
function withoutKernelThreads(listed: number[], root: string, read: (path: string) => string | null): number[] {
  const flags = read(`${root}/2/stat`)?.split(') ').at(-1)?.split(' ')[6]
  if (flags === undefined || (Number(flags) & PF_KTHREAD) === 0) return listed
  let children = ''
  try {
    children = readFileSync(`${root}/2/task/2/children`, 'latin1')
  } catch {
    // A kernel without this list: all are looked at.
  }
  const threads = new Set(children.split(' ').map(Number))
  return listed.filter((pid) => pid !== 2 && !threads.has(pid))
}

const CAUGHT = /^SigCgt:\t([0-9a-f]+)$/m
const BLOCKED = /^SigBlk:\t([0-9a-f]+)$/m

/** A mask of signals is in hexadecimal; its lowest bit is that of signal 1. */
function isInMask(line: RegExp, status: string | null, signal: NodeJS.Signals): boolean {
  const mask = line.exec(status ?? '')?.[1]
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n
}

type Holder = { readonly pid: number; readonly uids: readonly number[] }

/** Reads with one buffer and plain calls: a scan costs some microseconds per process. */
function procReader(): (path: string) => string | null {
  const buffer = Buffer.allocUnsafe(8192)
  return (path) => {
    let descriptor: number | null = null
    try {
      descriptor = openSync(path, 'r')
      return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0))
    } catch {
      // The process ended between the listing and the look, or is not ours to read.
      return null
    } finally {
      if (descriptor !== null) closeSync(descriptor)
    }
  }
}

export function processTable(root = '/proc'): ProcessTable {
  const read = procReader()
  const pids = (): number[] => {
    const found: number[] = []
    for (const name of readdirSync(root)) {
      const first = name.charCodeAt(0)
      if (first > 48 && first <= 57) found.push(Number(name))
    }
    return found
  }
  const programs = (): number[] => withoutKernelThreads(pids(), root, read)
  const look = (pid: number): ProcessSight | null => parseStat(pid, read(`${root}/${pid}/stat`))
  const live = (): readonly ProcessSight[] =>
    programs().flatMap((pid) => {
      const sight = look(pid)
      return sight !== null && isLive(sight) ? [sight] : []
    })
  /** Live processes with a uid other than root's. */
  const lookForHolders = (): readonly Holder[] =>
    programs().flatMap((pid) => {
      const text = read(`${root}/${pid}/status`)
      const uids = text === null ? [] : (UID_LINE.exec(text)?.slice(1).map(Number) ?? [])
      return text !== null && uids.some((uid) => uid !== 0) && LIVE.test(text) ? { pid, uids } : []
    })
  let nextLook: Promise<readonly Holder[]> | null = null
  const holders = (): Promise<readonly Holder[]> =>
    (nextLook ??= new Promise((resolve) => {
      setImmediate(() => {
        nextLook = null
        resolve(lookForHolders())
      })
    }))
  return {
    look,
    catches: (pid, signal) => isInMask(CAUGHT, read(`${root}/${pid}/status`), signal),
    blocks: (pid, signal) => isInMask(BLOCKED, read(`${root}/${pid}/status`), signal),
    childrenOf: (parent) => live().filter((sight) => sight.parent === parent),
    inSession: (session) =>
      live()
        .filter((sight) => sight.session === session)
        .map(({ pid }) => pid),
    ofUids: async ({ first, last }) => {
      const found = await holders()
      return found.filter(({ uids }) => uids.some((uid) => uid >= first && uid <= last)).map(({ pid }) => pid)
    },
    withEnvironment: (wanted) =>
      programs().filter((pid) => {
        const text = read(`${root}/${pid}/environ`)
        return text !== null && text.split('\0').includes(wanted)
      }),
  }
}

/** Sends a signal; a process that is gone is no failure, one that is not ours says false. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

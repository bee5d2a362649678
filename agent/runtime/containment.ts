import { setTimeout as sleep } from 'node:timers/promises'
import type { Milliseconds } from '../../shared/model/time.ts'
import { cgroupMembers, killCgroup } from './cgroup.ts'
import { type ProcessTable, sendSignal } from './processes.ts'

/** All the ways by which a placement's processes can be told. */
export type Target = {
  readonly cgroup: string | null
  /** Sessions that the task began in. */
  readonly sessions: readonly number[]
  /** Set only where everything of this uid belongs to the placement. */
  readonly uid: number | null
  /** NAME=value that every process of the placement was given; null: not looked for. */
  readonly mark: string | null
  /** Never signalled: the shim, which writes the exit status down. */
  readonly spared: readonly number[]
}

/** How often a look is repeated while waiting for processes to go. */
const LOOK_FIRST_MS = 2
const LOOK_MOST_MS = 100
/**
 * Shells and C libraries block every signal for a moment when they start a process, and sent then it would be their
 * end after: only what blocks it at every one of these looks waits for it.
 */
const BLOCKED_LOOKS = 5
const BLOCKED_LOOK_MS = 20

export interface Containment {
  /** Live processes of the target. */
  members(target: Target): Promise<readonly number[]>
  signal(target: Target, signal: NodeJS.Signals): Promise<void>
  /** Signal to those that heed it alone: nobody is ended by it. */
  nudge(target: Target, signal: NodeJS.Signals): Promise<void>
  /** Waits until no process is left; returns those that still are. */
  untilEmpty(target: Target, limit: Milliseconds): Promise<readonly number[]>
  /** Kills until no process is left, again and again as new ones show up; returns those that will not die. */
  killAll(target: Target, limit: Milliseconds): Promise<readonly number[]>
}

export function containment(table: ProcessTable, monotonic: () => number): Containment {
  const members = async (target: Target): Promise<readonly number[]> => {
    const found = new Set<number>()
    const isLive = (pid: number): boolean => {
      const sight = table.look(pid)
      return sight !== null && sight.state !== 'Z' && sight.state !== 'X'
    }
    if (target.cgroup !== null) for (const pid of cgroupMembers(target.cgroup)) if (isLive(pid)) found.add(pid)
    for (const session of target.sessions) for (const pid of table.inSession(session)) found.add(pid)
    if (target.uid !== null) {
      for (const pid of await table.ofUids({ first: target.uid, last: target.uid })) found.add(pid)
    }
    if (target.mark !== null) for (const pid of table.withEnvironment(target.mark)) found.add(pid)
    for (const pid of target.spared) found.delete(pid)
    return [...found]
  }
  const repeat = async (target: Target, limit: Milliseconds, act: (left: readonly number[]) => void) => {
    const end = monotonic() + limit
    for (let pause = LOOK_FIRST_MS; ; pause = Math.min(pause * 2, LOOK_MOST_MS)) {
      const left = await members(target)
      if (left.length === 0 || monotonic() >= end) return left
      act(left)
      await sleep(pause)
    }
  }
  return {
    members,
    signal: async (target, signal) => {
      for (const pid of await members(target)) sendSignal(pid, signal)
    },
    nudge: async (target, signal) => {
      const found = await members(target)
      for (const pid of found) if (table.catches(pid, signal)) sendSignal(pid, signal)
      let blocking = found.filter((pid) => !table.catches(pid, signal) && table.blocks(pid, signal))
      for (let look = 0; look < BLOCKED_LOOKS && blocking.length > 0; look += 1) {
        await sleep(BLOCKED_LOOK_MS)
        const left = new Set(await members(target))
        blocking = blocking.filter((pid) => left.has(pid) && table.blocks(pid, signal))
      }
      for (const pid of blocking) sendSignal(pid, signal)
    },
    untilEmpty: (target, limit) => repeat(target, limit, () => undefined),
    killAll: (target, limit) =>
      repeat(target, limit, (left) => {
        if (target.cgroup !== null) killCgroup(target.cgroup)
        for (const pid of left) sendSignal(pid, 'SIGKILL')
      }),
  }
}

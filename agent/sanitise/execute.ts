import { execFile } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Epoch } from '../../shared/model/ids.ts'
import { assertNever } from '../../shared/model/result.ts'
import type { HandBackReport, Step } from '../../shared/model/run.ts'
import { type Clock, type Milliseconds, seconds } from '../../shared/model/time.ts'
import type { MachineScope } from './machine_scope.ts'
import { type Outcome, failed, passed } from './outcome.ts'
import { type SanitiseStep, planSanitise } from './plan.ts'
import { type TreeOutcome, removeOwned, removeTree } from './tree.ts'

/** What may be left of a placement's processes. The runtime provides it. */
export interface Remains {
  /** Whether processes are found by their uid too, and so wherever they hid. */
  readonly byUid: boolean
  survivors(): Promise<readonly number[]>
  /** Returns the processes that will not die. */
  killAll(limit: Milliseconds): Promise<readonly number[]>
  /** Throws while a process is in it. */
  removeCgroup(): void
}

export type SanitiseOrder = {
  readonly epoch: Epoch
  readonly scratch: string
  readonly run: string
  /** The tenant's own uid; null where tasks run as the agent's user. */
  readonly uid: number | null
  readonly remains: Remains
  readonly clock: Clock
  /** Default: those that every user may write to, and those that hold what is done in a user's name later. */
  readonly sharedDirectories?: readonly string[]
  /** Null where the agent shares its machine with others. */
  readonly machine: MachineScope | null
  /** How long all of it may take. */
  readonly limit: Milliseconds
}

export const SHARED_DIRECTORIES = [
  '/tmp',
  '/var/tmp',
  '/dev/shm',
  '/dev/mqueue',
  '/run/lock',
  '/run/user',
  '/var/spool/cron',
  '/var/spool/cron/crontabs',
  '/var/spool/cron/atjobs',
  '/var/spool/at',
  '/var/mail',
] as const

const KILL_LIMIT = seconds(15)
const run = promisify(execFile)

/** mountinfo writes blanks and backslashes in octal. */
export function parseMountPoints(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const path = line.split(' ')[4]
    if (path === undefined) return []
    return [path.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))]
  })
}

function told(outcome: TreeOutcome, path: string, mustGo: boolean): Outcome {
  if (outcome.leftCount > 0) {
    return failed(`${outcome.leftCount} entries in ${path} could not be removed: ${outcome.left.join('; ')}`)
  }
  if (mustGo && existsSync(path)) return failed(`${path} is still there`)
  return passed(`${outcome.removed} entries removed`)
}

type IpcKind = { readonly file: string; readonly option: string }
const IPC: readonly IpcKind[] = [
  { file: 'shm', option: '-m' },
  { file: 'sem', option: '-s' },
  { file: 'msg', option: '-q' },
]

/** Ids of the System V objects that this uid owns or made. */
function ipcOf(kind: IpcKind, uid: number): string[] {
  const path = `/proc/sysvipc/${kind.file}`
  if (!existsSync(path)) return []
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const columns = header.trim().split(/\s+/)
  const [owner, maker, id] = [columns.indexOf('uid'), columns.indexOf('cuid'), columns.indexOf(`${kind.file}id`)]
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const number = fields[id]
    const own = fields[owner] === String(uid) || fields[maker] === String(uid)
    return own && number !== undefined ? [number] : []
  })
}

async function removeIpc(uid: number): Promise<Outcome> {
  let removed = 0
  for (const kind of IPC) {
    for (const id of ipcOf(kind, uid)) {
      await run('ipcrm', [kind.option, id], { timeout: 10_000 })
      removed += 1
    }
  }
  const left = IPC.flatMap((kind) => ipcOf(kind, uid))
  return left.length === 0 ? passed(`${removed} objects removed`) : failed(`${left.length} objects are still there`)
}

function byWhat(remains: Remains): string {
  return remains.byUid ? 'by cgroup and uid' : 'by cgroup or session only: the task had no uid of its own'
}

async function act(step: SanitiseStep, order: SanitiseOrder): Promise<Outcome> {
  const { remains } = order
  switch (step.kind) {
    case 'kill': {
      const left = await remains.killAll(KILL_LIMIT)
      if (left.length > 0) return failed(`not even SIGKILL ended processes ${left.join(', ')}`)
      return passed(`none is left, ${byWhat(remains)}`)
    }
    case 'unmount':
      return unmount(step.mounts, step.proof)
    case 'remove_tree':
      return told(await removeTree(step.path), step.path, true)
    case 'remove_owned':
      return told(await removeOwned(realpathSync(step.directory), step.uid), step.directory, false)
    case 'remove_ipc':
      return removeIpc(step.uid)
    case 'remove_cgroup':
      remains.removeCgroup()
      return passed(step.proof)
    case 'verify_no_process': {
      const left = await remains.survivors()
      return left.length === 0 ? passed(`none is left, ${byWhat(remains)}`) : failed(`alive: ${left.join(', ')}`)
    }
    case 'machine': {
      const { machine, epoch, uid, scratch } = order
      if (machine === null) return failed('this agent shares its machine with others')
      return machine.act(step.step, { epoch, uid, scratch })
    }
    default:
      return assertNever(step)
  }
}

async function unmount(mounts: readonly string[], proof: string): Promise<Outcome> {
  for (const point of mounts) await run('umount', ['--', point], { timeout: 30_000 })
  const left = mountPoints().filter((point) => mounts.includes(point))
  if (left.length > 0) return failed(`still mounted: ${left.join(', ')}`)
  return passed(mounts.length === 0 ? proof : `unmounted ${mounts.join(', ')}`)
}

const mountPoints = (): readonly string[] => parseMountPoints(readFileSync('/proc/self/mountinfo', 'utf8'))

const TIME_OVER = 'the time for the hand-back was over'

/** Rejects where it is not done in time. It may go on; the machine is not clean all the same. */
async function within<Value>(doing: Promise<Value>, left: number): Promise<Value> {
  const timer = new AbortController()
  const late = sleep(left, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(TIME_OVER)
  })
  try {
    return await Promise.race([doing, late])
  } finally {
    timer.abort()
    late.catch(() => undefined)
  }
}

async function perform(step: SanitiseStep, order: SanitiseOrder, end: number): Promise<Step> {
  const begun = order.clock.monotonic()
  const left = end - begun
  let outcome: Outcome
  try {
    if (left <= 0) throw new Error(TIME_OVER)
    outcome = await within(act(step, order), left)
  } catch (error) {
    outcome = failed(
      `failed before it was proved that ${step.proof}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return { id: step.name, ...outcome, durationMs: Math.round((order.clock.monotonic() - begun) * 1000) / 1000 }
}

/** Steps that would do harm, or prove nothing, after one of these failed. */
const ENDS_AT_FAILURE: ReadonlySet<SanitiseStep['kind']> = new Set(['kill', 'unmount'])

/** Makes the machine clean after a placement. Repeating it is safe; clean only when every step was proved. */
export async function sanitise(order: SanitiseOrder): Promise<HandBackReport> {
  const shared = (order.sharedDirectories ?? SHARED_DIRECTORIES).filter((path) => existsSync(path))
  const plan = planSanitise({
    scratch: order.scratch,
    run: order.run,
    uid: order.uid,
    sharedDirectories: shared,
    mountPoints: mountPoints(),
    machineSteps: (await order.machine?.steps()) ?? [],
    lastStep: order.machine?.lastStep() ?? null,
  })
  const end = order.clock.monotonic() + order.limit
  const steps: Step[] = []
  for (const step of plan) {
    const done = await perform(step, order, end)
    steps.push(done)
    if (!done.passed && ENDS_AT_FAILURE.has(step.kind)) break
  }
  const clean = steps.length === plan.length && steps.every((step) => step.passed)
  return { epoch: order.epoch, clean, steps, at: order.clock.now() }
}

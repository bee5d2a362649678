import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PlacementId, parsePlacementId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type StopSignal, type TaskSpec, checkTask } from '../../shared/model/task.ts'
import { type Clock, type Milliseconds, milliseconds, seconds } from '../../shared/model/time.ts'
import { cgroupMembers, removeCgroup } from './cgroup.ts'
import { type Containment, type Target, containment } from './containment.ts'
import { type Attended, type Entry, type Running, attend, lost, newEntry, targetOf } from './entry.ts'
import { fileFailure } from './failure.ts'
import { Launcher, makeLogs } from './launcher.ts'
import { type PunchHole, capLog, punchHole } from './log_cap.ts'
import { type LogReader, type Retention, logPath, logReader, pruneLogs } from './logs.ts'
import { tellPeers } from './peers.ts'
import { RECORDS, placementPaths, planPlacement } from './plan.ts'
import { prepareStep } from './prepare.ts'
import { type ProcessTable, processTable } from './processes.ts'
import * as records from './records.ts'
import type { ProcessRecord } from './shim.ts'
import { watched } from './watch.ts'
import { readLease, writeLease } from './watchdog.ts'
import type { Adopted, Prepared, Remains, Runtime, RuntimeOptions, Stopped } from './runtime.ts'
import type { HostFacts, Isolation, Membership, PlacementFacts, RuntimeFailure, TaskExit } from './types.ts'

const KILL_LIMIT = seconds(10)
const SHIM_LIMIT_MS = 5000
const KEEP: Retention = { placements: 32, bytes: 512 * 1024 * 1024 }

type Resolved = {
  readonly host: HostFacts
  readonly clock: Clock
  readonly logCapBytes: number
  readonly retention: Retention
  readonly pollMs: number
  readonly punch: PunchHole
  readonly processes: ProcessTable
  readonly launcher: Launcher
  readonly ownsLauncher: boolean
  readonly onFault: (placementId: PlacementId, failure: RuntimeFailure) => void
}

function resolve(options: RuntimeOptions): Resolved {
  return {
    host: options.host,
    clock: options.clock,
    logCapBytes: options.logCapBytes ?? 64 * 1024 * 1024,
    retention: options.retention ?? KEEP,
    pollMs: options.pollMs ?? 1000,
    punch: options.punch ?? punchHole,
    processes: options.processes ?? processTable(),
    launcher: options.launcher ?? new Launcher(),
    ownsLauncher: options.launcher === undefined,
    onFault: options.onFault ?? (() => undefined),
  }
}

function readOrNull(directory: string): records.PlacementRecord | null {
  const record = records.readRecord(directory)
  return record.ok ? record.value : null
}

const unknown = (placementId: PlacementId): RuntimeFailure => ({
  kind: 'unknown_placement',
  sentence: `there is no record of ${placementId} on this machine`,
})

class LocalRuntime implements Runtime {
  readonly logs: LogReader
  readonly #options: Resolved
  readonly #table: ProcessTable
  readonly #containment: Containment
  readonly #entries = new Map<PlacementId, Entry>()
  readonly #bootId: string
  readonly #closing = new AbortController()
  #capTimer: NodeJS.Timeout | null = null
  #capping = false

  constructor(options: Resolved) {
    this.#options = options
    this.#table = options.processes
    this.#containment = containment(this.#table, () => options.clock.monotonic())
    this.#bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const { state, scratch, run } = options.host.paths
    mkdirSync(`${state}/placements`, { recursive: true, mode: 0o700 })
    // Tenants pass through these two to what is theirs, but cannot list them.
    for (const path of [scratch, run]) mkdirSync(path, { recursive: true, mode: 0o711 })
    this.logs = logReader(state)
  }

  #directory(placementId: PlacementId): string {
    return `${this.#options.host.paths.state}/placements/${placementId}`
  }

  prepare(task: TaskSpec, facts: PlacementFacts): Promise<Result<Prepared, RuntimeFailure>> {
    return Promise.resolve(this.#prepare(task, facts))
  }

  #prepare(task: TaskSpec, facts: PlacementFacts): Result<Prepared, RuntimeFailure> {
    const { placementId } = facts
    const { host } = this.#options
    const earlier = this.#entries.get(placementId)
    if (earlier?.plan !== undefined && earlier.plan !== null) {
      return ok({ placementId, isolation: earlier.plan.isolation, limits: earlier.plan.limits })
    }
    const directory = this.#directory(placementId)
    if (records.wasStarted(directory) && !records.isFenced(directory)) {
      return refuse({ kind: 'already_started', sentence: `${placementId} was started already; it can be adopted` })
    }
    const checked = checkTask(task)
    if (!checked.ok) return refuse({ kind: 'invalid_task', sentence: checked.error })
    if (task.user === 'root' && !host.rootTasksAllowed) {
      return refuse({ kind: 'user_not_allowed', sentence: 'this machine does not allow tasks to run as root' })
    }
    const plan = planPlacement(task, facts, host, randomUUID())
    const record = records.placementRecord(task, facts, plan)
    try {
      records.writeRecords(directory, record)
    } catch (error) {
      return refuse(fileFailure(error, 'log_disk_full'))
    }
    for (const step of plan.steps) {
      const done = prepareStep(step)
      if (!done.ok) return done
    }
    this.#entries.set(placementId, newEntry(placementId, directory, record, plan))
    return ok({ placementId, isolation: plan.isolation, limits: plan.limits })
  }

  async start(placementId: PlacementId): Promise<Result<Running, RuntimeFailure>> {
    const entry = this.#entries.get(placementId)
    if (entry?.running !== undefined && entry.running !== null) return ok(entry.running)
    if (entry === undefined || entry.plan === null) {
      return refuse({ kind: 'not_prepared', sentence: `${placementId} was not prepared, or is being started` })
    }
    const { plan } = entry
    entry.plan = null
    try {
      makeLogs(plan)
    } catch (error) {
      return refuse(fileFailure(error, 'log_disk_full'))
    }
    const guarded = await this.#watched(entry)
    if (!guarded.ok) return guarded
    const giveUp = new AbortController()
    const attended = this.#attend(entry, null, giveUp.signal)
    this.#options.launcher.launch(plan.launchFile, attended.exit)
    const begun = await this.#begun(entry, attended)
    if (!begun.ok) {
      giveUp.abort()
      return begun
    }
    const { isolation, limits } = plan
    return ok(this.#runs(entry, { placementId, pid: begun.value, isolation, limits, exit: attended.exit }))
  }

  /** The shim's pid; 0 where it is over already. One that does not begin in time is kept from ever beginning. */
  async #begun({ directory }: Entry, { begun }: Attended): Promise<Result<number, RuntimeFailure>> {
    const timer = new AbortController()
    const late = sleep(SHIM_LIMIT_MS, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const)
    const first = await Promise.race([begun, late])
    timer.abort()
    if (first === 'late' && records.fenceStart(directory)) {
      const sentence = `the task's process was not made within ${SHIM_LIMIT_MS / 1000} s`
      return refuse({ kind: 'spawn_failed', sentence })
    }
    return ok((await begun)?.pid ?? 0)
  }

  #attend({ directory, record }: Entry, shim: ProcessRecord | null, giveUp?: AbortSignal): Attended {
    const { clock, pollMs } = this.#options
    const closing = this.#closing.signal
    const signal = giveUp === undefined ? closing : AbortSignal.any([closing, giveUp])
    const { cgroup } = record
    return attend({ directory, cgroup, shim, bootId: this.#bootId, table: this.#table, clock, pollMs, signal })
  }

  #runs(entry: Entry, running: Omit<Running, 'exit'> & { readonly exit: Promise<TaskExit> }): Running {
    const exit = running.exit.then((told) => {
      entry.ended = told
      return told
    })
    entry.running = { ...running, exit }
    this.#capTimer ??= setInterval(() => void this.#capLogs(), this.#options.pollMs).unref()
    return entry.running
  }

  async #capLogs(): Promise<void> {
    if (this.#capping) return
    this.#capping = true
    const { host, logCapBytes, punch, onFault } = this.#options
    for (const entry of this.#entries.values()) {
      if (entry.running === null || entry.ended !== null) continue
      for (const stream of ['stdout', 'stderr'] as const) {
        try {
          await capLog(logPath(host.paths.state, entry.placementId, stream), logCapBytes, punch)
        } catch (error) {
          onFault(entry.placementId, fileFailure(error, 'log_disk_full'))
        }
      }
    }
    this.#capping = false
  }

  extend(placementId: PlacementId, until: Milliseconds): Result<undefined, RuntimeFailure> {
    try {
      writeLease(this.#directory(placementId), until, this.#bootId)
      return ok()
    } catch (error) {
      return refuse(fileFailure(error, 'disk_full'))
    }
  }

  leaseOf(placementId: PlacementId): Milliseconds | null {
    return readLease(this.#directory(placementId), this.#bootId)
  }

  #watched(entry: Entry): Promise<Result<undefined, RuntimeFailure>> {
    const { launcher, processes, clock } = this.#options
    return watched(entry, { launcher, processes, clock, bootId: this.#bootId })
  }

  async tell(
    placementId: PlacementId,
    peers: Membership,
    signal: StopSignal | null,
  ): Promise<Result<undefined, RuntimeFailure>> {
    const { records: directory, run } = placementPaths(this.#options.host, placementId)
    const entry = this.#entries.get(placementId)
    return tellPeers({ run, records: directory }, peers, async () => {
      if (signal !== null && entry?.running) await this.#containment.nudge(targetOf(entry), signal)
    })
  }

  async signal(placementId: PlacementId, signal: StopSignal): Promise<void> {
    const entry = this.#entries.get(placementId)
    if (entry?.running !== undefined && entry.running !== null) {
      await this.#containment.signal(targetOf(entry), signal)
    }
  }

  async stop(
    placementId: PlacementId,
    how: { readonly signal: StopSignal; readonly grace: Milliseconds },
  ): Promise<Result<Stopped, RuntimeFailure>> {
    const entry = this.#entries.get(placementId)
    if (entry === undefined) return refuse(unknown(placementId))
    entry.plan = null
    if (entry.running === null) return ok({ escalated: false, exit: entry.ended })
    records.noteStopping(entry.directory)
    await this.#untilBegun(entry)
    await this.#containment.signal(targetOf(entry), how.signal)
    const ended = await this.#untilEnded(entry, how.grace)
    let left = ended ? await this.#containment.untilEmpty(targetOf(entry), milliseconds(0)) : [0]
    const escalated = left.length > 0
    if (escalated) left = await this.#containment.killAll(targetOf(entry), KILL_LIMIT)
    await this.#untilEnded(entry, milliseconds(SHIM_LIMIT_MS))
    if (left.length > 0) {
      return refuse({ kind: 'still_alive', sentence: `not even SIGKILL ended these processes: ${left.join(', ')}` })
    }
    return ok({ escalated, exit: entry.ended })
  }

  /** A task that has not joined its cgroup yet would miss the signal. */
  async #untilBegun(entry: Entry): Promise<void> {
    const { clock } = this.#options
    const end = clock.monotonic() + SHIM_LIMIT_MS
    const { cgroup } = entry.record
    const begun = (): boolean =>
      cgroup === null ? existsSync(`${entry.directory}/${RECORDS.task}`) : cgroupMembers(cgroup).length > 0
    while (entry.ended === null && !begun() && clock.monotonic() < end) await sleep(2)
  }

  async #untilEnded(entry: Entry, limit: Milliseconds): Promise<boolean> {
    if (entry.ended !== null || entry.running === null) return true
    const timer = new AbortController()
    const late = sleep(limit, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([entry.running.exit, late])
    timer.abort()
    return entry.ended !== null
  }

  async adopt(placementId: PlacementId): Promise<Result<Adopted, RuntimeFailure>> {
    const present = this.#entries.get(placementId)
    if (present?.ended !== undefined && present.ended !== null) return ok({ kind: 'ended', exit: present.ended })
    if (present?.running !== undefined && present.running !== null) {
      return ok({ kind: 'running', running: present.running })
    }
    const directory = this.#directory(placementId)
    if (!existsSync(directory)) return refuse(unknown(placementId))
    const record = records.readRecord(directory)
    if (!record.ok) return refuse({ kind: 'unknown_placement', sentence: `${placementId}: ${record.error}` })
    if (records.isFenced(directory) || records.fenceStart(directory)) return ok({ kind: 'not_started' })
    const entry = newEntry(placementId, directory, record.value, null)
    this.#entries.set(placementId, entry)
    return ok(await this.#resume(entry))
  }

  async #resume(entry: Entry): Promise<Adopted> {
    const { clock } = this.#options
    const { directory, record } = entry
    const shim = await this.#shimRecord(directory)
    const told = records.readExit(directory, record.cgroup)
    if (told !== null || shim === null || shim.bootId !== this.#bootId) {
      const why = shim === null ? 'its record was never finished' : 'the machine was started anew since'
      const exit = told ?? lost(why, clock.now())
      entry.ended = exit
      return { kind: 'ended', exit }
    }
    const isolation: Isolation = { user: record.user, containment: record.containment }
    void this.#watched(entry).then((guarded) => {
      if (!guarded.ok) this.#options.onFault(entry.placementId, guarded.error)
    })
    const running = this.#runs(entry, {
      placementId: entry.placementId,
      pid: shim.pid,
      isolation,
      limits: record.limits,
      exit: this.#attend(entry, shim).exit,
    })
    return { kind: 'running', running }
  }

  /** The shim makes its record and fills it in two steps: one caught between them is waited for. */
  async #shimRecord(directory: string): Promise<ReturnType<typeof records.readProcessRecord>> {
    for (let waited = 0; waited < 1000; waited += 10) {
      const shim = records.readProcessRecord(`${directory}/${RECORDS.shim}`)
      if (shim !== null || records.readExit(directory, null) !== null) return shim
      await sleep(10)
    }
    return null
  }

  known(): readonly PlacementId[] {
    const found: PlacementId[] = []
    for (const name of readdirSync(`${this.#options.host.paths.state}/placements`)) {
      const id = parsePlacementId(name)
      if (id.ok) found.push(id.value)
    }
    return found
  }

  remains(placementId: PlacementId, uid: number | null): Remains {
    const target = this.#remainsTarget(placementId, uid)
    return {
      byUid: target.uid !== null,
      survivors: () => this.#containment.members(target),
      killAll: (limit) => this.#containment.killAll(target, limit),
      removeCgroup: () => {
        if (target.cgroup !== null) removeCgroup(target.cgroup)
      },
    }
  }

  #remainsTarget(placementId: PlacementId, uid: number | null): Target {
    const { host } = this.#options
    const directory = this.#directory(placementId)
    const record = this.#entries.get(placementId)?.record ?? readOrNull(directory)
    const cgroup = record === null ? placementPaths(host, placementId).cgroup : record.cgroup
    const exclusive = record === null ? (host.root ? uid : null) : record.exclusiveUid
    return {
      cgroup,
      sessions: cgroup === null ? this.#sessionsOnRecord(directory) : [],
      uid: exclusive,
      mark: cgroup === null && exclusive === null ? `BILLET_PLACEMENT=${placementId}` : null,
      spared: [],
    }
  }

  #sessionsOnRecord(directory: string): readonly number[] {
    const found = [RECORDS.shim, RECORDS.task].map((file) => records.readProcessRecord(`${directory}/${file}`))
    // A pid on record may be another's by now.
    return found.flatMap((one) => (one !== null && records.sameProcess(this.#table, one, this.#bootId) ? one.pid : []))
  }

  forget(placementId: PlacementId): void {
    this.#entries.delete(placementId)
    const { host, retention } = this.#options
    records.markForgotten(this.#directory(placementId))
    pruneLogs(host.paths.state, new Set<string>(this.#entries.keys()), retention)
    if (this.#entries.size === 0 && this.#capTimer !== null) {
      clearInterval(this.#capTimer)
      this.#capTimer = null
    }
  }

  close(): void {
    const { launcher, ownsLauncher } = this.#options
    if (ownsLauncher) launcher.close()
    this.#closing.abort()
    if (this.#capTimer !== null) clearInterval(this.#capTimer)
    this.#capTimer = null
  }
}

/** Runs tasks on this machine. What an earlier agent started is found again by `adopt`. */
export function createRuntime(options: RuntimeOptions): Runtime {
  return new LocalRuntime(resolve(options))
}

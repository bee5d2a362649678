import { readdirSync, rmdirSync, statSync } from 'node:fs'
import type { CheckOrder } from '../../shared/model/check.ts'
import type { Logger } from '../../shared/log.ts'
import type { Epoch, PlacementId } from '../../shared/model/ids.ts'
import { type Result, assertNever, ok, refuse } from '../../shared/model/result.ts'
import type { Assignment, Fenced, HandBackReport, Step, TaskOutcome, ValidationReport } from '../../shared/model/run.ts'
import type { StopSignal } from '../../shared/model/task.ts'
import { type Clock, type Instant, type Milliseconds, instant, milliseconds, seconds } from '../../shared/model/time.ts'
import type { Found, Journaled, Tenancy } from '../core/state.ts'
import type { MachineJournal } from '../journal.ts'
import type { AgentOptions } from '../options.ts'
import type { Begun, Failure, Machine } from '../ports.ts'
import type { ProcessTable } from '../runtime/processes.ts'
import { readRecord } from '../runtime/records.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { faults } from '../runtime/failure.ts'
import type { RuntimeFailure, TaskExit } from '../runtime/types.ts'
import { sanitise } from '../sanitise/execute.ts'
import { validate } from '../sanitise/validate.ts'
import type { MachineScope } from '../sanitise/machine_scope.ts'
import { type CheckRunner, LocalChecks } from './checks.ts'
import { type HookFacts, Hooks } from './hooks.ts'
import type { Host } from './host.ts'
import type { Kept, Sampler } from '../telemetry/sampler.ts'
import { machineScope } from './scope.ts'

export type LocalMachineOptions = {
  readonly options: AgentOptions
  readonly host: Host
  readonly runtime: Runtime
  readonly processes: ProcessTable
  readonly journal: MachineJournal
  /** GPUs of this machine, or 1. */
  readonly slots: () => number
  readonly clock: Clock
  readonly log: Logger
  readonly freeBytesMin: number
  /** What reads the devices, which can be neither reset nor scrubbed while it has them open. */
  readonly devices: Pick<Sampler, 'release' | 'take'>
  /** Where every user may write; the usual ones when absent. */
  readonly sharedDirectories?: readonly string[]
  /** This program as the runner of its own checks; null where it is not there. */
  readonly checkRunner: CheckRunner | null
}

const KEPT: Readonly<Record<Kept, string>> = {
  gpus: "the agent's own reader of the GPUs does not end: their driver hangs",
  disks: "the agent's own reader of the disks does not end: one of them hangs",
}

/** The machine that the agent runs on: tasks as processes, directories on its disks. */
export class LocalMachine implements Machine {
  readonly #with: LocalMachineOptions

  readonly #scope: MachineScope | null
  readonly #hooks: Hooks

  constructor(options: LocalMachineOptions) {
    this.#with = options
    this.#scope = machineScope(options.options, options.host)
    this.#hooks = new Hooks(options.options, options.clock)
  }

  save(record: Journaled): Promise<Result<undefined, Failure>> {
    return this.#with.journal.save(record)
  }

  async find(placement: PlacementId): Promise<{ readonly found: Found; readonly begun: Begun | null }> {
    const adopted = await this.#with.runtime.adopt(placement)
    if (!adopted.ok) return { found: { kind: 'unknown', reason: adopted.error.sentence }, begun: null }
    const { value } = adopted
    switch (value.kind) {
      case 'running': {
        const found = { kind: 'running', startedAt: this.#startedAt(placement) } as const
        return { found, begun: { ended: value.running.exit.then(outcomeOf) } }
      }
      case 'ended':
        return { found: { kind: 'ended', outcome: outcomeOf(value.exit) }, begun: null }
      case 'not_started':
        return { found: value, begun: null }
      default:
        return assertNever(value)
    }
  }

  async prepare(epoch: Epoch, assignment: Assignment): Promise<Result<undefined, Failure>> {
    const { runtime, options, slots } = this.#with
    const { task, tenantNumber, placement, workload, tenant, rank, array, peers, generation, lease } = assignment
    if (task === null) return ok()
    const uid = options.uidBase + tenantNumber
    const who = { placementId: placement, workloadId: workload, tenant, epoch, uid, gid: uid }
    const facts = { ...who, rank, array, peers, generation }
    const prepared = await runtime.prepare(task, {
      ...facts,
      slots: slots(),
      masterPort: options.masterPort,
      leased: lease !== null,
    })
    if (!prepared.ok) return refuse(withFault(prepared.error))
    for (const { limit, enforcedBy, detail } of prepared.value.limits) {
      if (enforcedBy === 'nothing')
        this.#with.log.warn({ placement_id: placement, limit, detail }, 'limit not enforced')
    }
    const hooked = await this.#hooks.before(this.#hookFacts(epoch, assignment))
    if (!hooked.ok) return hooked
    // After the prolog, which may open devices to the tenant.
    const fenced = this.#fenced()
    return fenced.ok ? this.#checkNetwork(assignment) : refuse({ sentence: fenced.error })
  }

  /** Where the workload asks for it, and begins on several machines at once. */
  async #checkNetwork(assignment: Assignment): Promise<Result<undefined, Failure>> {
    const { options, log } = this.#with
    const { networkCheck: check, workload, rank, peers, placement } = assignment
    if (check === undefined || peers.length < 2) return ok()
    const { masterPort: port, networkCheck: program, hookLimit: timeout } = options
    const done = await this.#checks().network({ workload, rank, peers, check, port, program, timeout })
    if (!done.ok) return refuse({ sentence: `the network was checked: ${done.error}` })
    log.info({ placement_id: placement, found: done.value }, 'the network was checked')
    return ok()
  }

  #checks(): LocalChecks {
    const { clock, host, options, checkRunner: runner } = this.#with
    return new LocalChecks({ clock, host, scratch: options.scratchDir, runner })
  }

  async start(placement: PlacementId): Promise<Result<Begun, Failure>> {
    const running = await this.#with.runtime.start(placement)
    return running.ok ? ok({ ended: running.value.exit.then(outcomeOf) }) : refuse(withFault(running.error))
  }

  extend(placement: PlacementId, until: Milliseconds): Result<undefined, Failure> {
    return this.#with.runtime.extend(placement, until)
  }

  tell({ placement, peers, generation, task }: Assignment): Promise<Result<undefined, Failure>> {
    return this.#with.runtime.tell(placement, { peers, generation }, task?.resizeSignal ?? null)
  }

  signal(placement: PlacementId, signal: StopSignal): Promise<void> {
    return this.#with.runtime.signal(placement, signal)
  }

  async stop(placement: PlacementId): Promise<TaskOutcome | null> {
    const { runtime, log } = this.#with
    const record = readRecord(this.#records(placement))
    const how = record.ok
      ? { signal: record.value.stopSignal, grace: milliseconds(record.value.graceMs) }
      : ({ signal: 'SIGTERM', grace: milliseconds(0) } as const)
    const stopped = await runtime.stop(placement, how)
    if (stopped.ok) return stopped.value.exit === null ? null : outcomeOf(stopped.value.exit)
    // The hand-back tries again, and holds the machine back where that fails too.
    log.error({ placement_id: placement, reason: stopped.error.sentence }, 'a task could not be stopped')
    return null
  }

  /** The agent lets go of GPUs and disks for as long as it takes: epilog, scrub and reset want them for themselves. */
  async sanitise(epoch: Epoch, tenancy: Tenancy | null): Promise<HandBackReport> {
    const { devices, clock } = this.#with
    const begun = clock.monotonic()
    const kept = await devices.release(DEVICE_RELEASE)
    const durationMs = clock.monotonic() - begun
    try {
      const report = await this.#sanitise(epoch, tenancy)
      if (kept.length === 0) return report
      const failed = kept.map((kind) => ({ id: `release_${kind}`, passed: false, detail: KEPT[kind], durationMs }))
      return { ...report, clean: false, steps: [...failed, ...report.steps].slice(0, STEPS_MAX) }
    } finally {
      devices.take()
    }
  }

  async #sanitise(epoch: Epoch, tenancy: Tenancy | null): Promise<HandBackReport> {
    if (tenancy !== null) {
      const { placement, held } = tenancy
      const uid = this.#with.options.uidBase + tenancy.tenantNumber
      const hooked = held ? [] : await this.#afterTask(epoch, tenancy)
      const report = await this.#sanitiseOne(epoch, placement, uid)
      const clean = report.clean && hooked.every((step) => step.passed)
      return clipped({ ...report, clean, steps: [...hooked, ...report.steps].slice(-STEPS_MAX) })
    }
    const steps: Step[] = []
    for (const placement of this.#known()) {
      const begun = this.#with.clock.monotonic()
      const report = await this.#sanitiseOne(epoch, placement, null)
      const failed = report.steps.filter((step) => !step.passed).map((step) => `${step.id}: ${step.detail}`)
      const durationMs = this.#with.clock.monotonic() - begun
      steps.push({ id: placement, passed: report.clean, detail: failed.join('; ') || 'nothing is left', durationMs })
    }
    if (steps.length === 0) {
      steps.push({ id: 'known_placements', passed: true, detail: 'no placement was ever here', durationMs: 0 })
    }
    const clean = steps.every((step) => step.passed)
    return clipped({ epoch, clean, steps: steps.slice(-STEPS_MAX), at: this.#with.clock.now() })
  }

  /** The epilog sees the task's files, and none of its processes. */
  async #afterTask(epoch: Epoch, tenancy: Tenancy): Promise<readonly Step[]> {
    const { runtime, host, options } = this.#with
    const uid = host.facts.root ? options.uidBase + tenancy.tenantNumber : null
    await runtime.remains(tenancy.placement, uid).killAll(milliseconds(EPILOG_KILL_MS))
    return this.#hooks.after(this.#hookFacts(epoch, tenancy))
  }

  #hookFacts(
    epoch: Epoch,
    { placement, workload, tenant, tenantNumber }: Pick<Tenancy, 'placement' | 'workload' | 'tenant' | 'tenantNumber'>,
  ): HookFacts {
    const { options } = this.#with
    const scratch = `${options.scratchDir}/${placement}`
    const fenced = this.#fenced()
    const devices = fenced.ok ? fenced.value.map(({ device }) => device) : []
    return { placement, workload, tenant, epoch, uid: options.uidBase + tenantNumber, scratch, fenced: devices }
  }

  #fenced(): Result<readonly Fenced[], string> {
    return this.#scope?.fenced() ?? ok([])
  }

  async #sanitiseOne(epoch: Epoch, placement: PlacementId, uid: number | null): Promise<HandBackReport> {
    const { runtime, host, options, clock, sharedDirectories } = this.#with
    const record = readRecord(this.#records(placement))
    const planned = (await this.#scope?.erasePlan()) ?? []
    if (planned.length > 0) this.#with.log.info({ placement_id: placement, plan: planned }, 'devices are erased')
    const tenantUid = host.facts.root ? (uid ?? (record.ok ? record.value.exclusiveUid : null)) : null
    const report = await sanitise({
      epoch,
      scratch: `${options.scratchDir}/${placement}`,
      run: `${options.runDir}/${placement}`,
      uid: tenantUid,
      remains: runtime.remains(placement, tenantUid),
      clock,
      machine: this.#scope,
      limit: options.sanitiseLimit,
      ...(sharedDirectories === undefined ? {} : { sharedDirectories }),
    })
    if (report.clean) runtime.forget(placement)
    return report
  }

  /** Placements with records, and those whose directories outlived them. */
  #known(): readonly PlacementId[] {
    const { runtime, options } = this.#with
    const names = [options.scratchDir, options.runDir].flatMap((directory) => {
      try {
        return readdirSync(directory)
      } catch {
        return []
      }
    })
    const known = new Set<PlacementId>(runtime.known())
    for (const name of names) if (isPlacement(name)) known.add(name)
    return [...known]
  }

  async validate(validation: number, orders: readonly CheckOrder[]): Promise<ValidationReport> {
    const { host, options, clock, freeBytesMin, processes } = this.#with
    const checks = this.#checks()
    const { cgroup, tenantUids } = host
    const report = await validate({
      validation,
      state: options.stateDir,
      scratch: options.scratchDir,
      run: options.runDir,
      tenantUids,
      cgroup:
        cgroup.kind === 'usable'
          ? { usable: true, detail: `tasks run in cgroups below ${cgroup.root}` }
          : { usable: false, detail: `tasks run without cgroups: ${cgroup.reason}` },
      freeBytesMin,
      clock,
      machine: this.#scope,
      processesOf: (range) => processes.ofUids(range),
    })
    const clipped = { ...report, checks: report.checks.map(clip) }
    // What is measured on a machine that something else is wrong with says nothing.
    return report.passed && orders.length > 0 ? { ...clipped, results: await checks.run(orders) } : clipped
  }

  #records(placement: PlacementId): string {
    return `${this.#with.options.stateDir}/placements/${placement}`
  }

  #startedAt(placement: PlacementId): Instant {
    const seen = statSync(`${this.#records(placement)}/shim`, { throwIfNoEntry: false })
    return seen === undefined ? this.#with.clock.now() : instant(Math.floor(seen.mtimeMs))
  }

  /** Leaves no empty cgroup behind; one with a task in it stays. */
  close(): void {
    const { cgroup } = this.#with.host
    if (cgroup.kind === 'absent') return
    try {
      rmdirSync(cgroup.root)
    } catch {
      // A task runs on in it.
    }
  }
}

const EPILOG_KILL_MS = 10_000
const DEVICE_RELEASE = seconds(10)

const isPlacement = (name: string): name is PlacementId => /^plc-[0-9a-z]{16}$/.test(name)

/** What one report may hold on the wire. */
const STEPS_MAX = 100
const DETAIL_MAX = 1000

const clip = (step: Step): Step =>
  step.detail.length <= DETAIL_MAX ? step : { ...step, detail: `${step.detail.slice(0, DETAIL_MAX)}...` }
const clipped = (report: HandBackReport): HandBackReport => ({ ...report, steps: report.steps.map(clip) })

const withFault = ({ kind, sentence }: RuntimeFailure): Failure => ({ sentence, fault: faults[kind] })

function outcomeOf(exit: TaskExit): TaskOutcome {
  switch (exit.kind) {
    case 'exited': {
      const ended = exit.signal === null ? '' : `ended by ${exit.signal}`
      const reason = exit.oomKilled ? 'killed, because it used more memory than its limit' : ended
      return { kind: 'exited', code: exit.code, reason, at: exit.at }
    }
    case 'setup_failed':
      return { kind: 'failed_to_start', reason: exit.sentence, fault: 'machine', at: exit.at }
    case 'lost':
      return { kind: 'lost', reason: exit.sentence, at: exit.at }
    default:
      return assertNever(exit)
  }
}

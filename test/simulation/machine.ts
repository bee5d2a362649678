import { validated } from './checks.ts'
import { begin, step } from '../../agent/core/agent.ts'
import { reportOf } from '../../agent/core/report.ts'
import type { AgentEffect, AgentInput, AgentState, Found, Journaled } from '../../agent/core/state.ts'
import type { MachineId, PlacementId, Term } from '../../shared/model/ids.ts'
import { assertNever } from '../../shared/model/result.ts'
import { type DesiredState, type MachineReport, NO_PROCESS_LEFT, type TaskOutcome } from '../../shared/model/run.ts'
import { type Milliseconds, milliseconds } from '../../shared/model/time.ts'
import type { Sighting } from './observer.ts'
import type { RuntimeRecord } from './runtime_record.ts'
import { type Shape, reworked } from './shapes.ts'
import type { World } from './world.ts'
import { SimulatedCommands } from './commands.ts'

const RETRY_MS = 5000

/** How a broken machine says that it could not make ready. */
export const BROKEN = 'simulated: the machine is broken'

/** A machine with its disk and processes, and the production core of the agent on it. */
export class SimulatedMachine {
  readonly id: MachineId
  /** What it is made of. */
  shape: Shape
  readonly #world: World
  readonly #records = new Map<PlacementId, RuntimeRecord>()
  #disk: Journaled | null = null
  #writing: Journaled[] = []
  #written = 0
  #agent: AgentState | null = null
  #incarnation = 0
  #boot = 1
  #preparations = 0
  isPowered = true
  #rate: number
  /** It fails most of what is placed on it. */
  #isBroken: boolean
  #bootedAt = 0
  #frozenUntil = 0
  #held: (() => void)[] = []
  /** For which moment a look at the time is planned. */
  #beatAt: number | null = null
  readonly commands: SimulatedCommands
  /** Hears every report while the agent runs. */
  onReport: (report: MachineReport) => void = () => {}

  constructor(world: World, id: MachineId, shape: Shape) {
    this.#world = world
    this.id = id
    this.shape = shape
    this.#rate = world.drift()
    this.#isBroken = world.isAboutBroken && world.fault(0.4)
    this.#bootedAt = world.now
    this.commands = new SimulatedCommands(world, {
      id,
      soon: (least, most, act) => this.#soon(least, most, act),
      turn: (act) => this.turn(act),
      onChange: (commands) => this.#input({ kind: 'commands', commands }),
    })
  }

  /** By the machine's own clock, which drifts: milliseconds since its boot. */
  uptime(): number {
    return Math.floor((this.#world.now - this.#bootedAt) * this.#rate)
  }

  get isFrozen(): boolean {
    return this.#world.now < this.#frozenUntil
  }

  /** The agent's event loop hangs: whatever happens is taken in later. Tasks and their watchdogs go on. */
  freeze(duration: number): void {
    this.#frozenUntil = this.#world.now + duration
    this.#soon(duration, duration, () => this.#takeHeld())
  }

  renewed(sentAt: number, term: Term): void {
    this.#input({ kind: 'renewed', sentAt: milliseconds(sentAt), term })
  }

  get bootId(): string {
    return `boot-${this.#boot}`
  }

  get isUp(): boolean {
    return this.#agent !== null
  }

  report(): MachineReport {
    if (this.#agent === null) throw new Error('the agent is down')
    return reportOf(this.#agent)
  }

  start(): void {
    this.#incarnation += 1
    const leftovers = this.#disk === null && this.#records.size > 0
    this.#agent = begin({ machine: this.id, journaled: this.#disk, leftovers, renewedAt: this.#renewedAt() })
    this.#world.note('agent begins', this.#incarnation)
    this.commands.start()
    this.#input({ kind: 'restarted' })
    this.#input({ kind: 'commands', commands: this.commands.open })
  }

  /** As in production: from what the last agent of this boot told the watchdog. */
  #renewedAt(): Milliseconds | null {
    const tenancy = this.#disk?.placement ?? null
    const record = tenancy === null ? undefined : this.#records.get(tenancy.placement)
    if (record === undefined || record.leaseUntil === null || record.boot !== this.#boot) return null
    return milliseconds(Math.max(0, record.leaseUntil - (tenancy?.lease ?? 0)))
  }

  order(desired: DesiredState): void {
    this.#input({ kind: 'desired', desired })
  }

  /** The agent dies; tasks run on. Of what it was writing, a first part came to the disk. */
  crash(): void {
    const reached = this.#world.random.below(this.#writing.length + 1)
    for (const record of this.#writing.slice(0, reached)) this.#store(record)
    this.#writing = []
    this.commands.crash()
    this.#incarnation += 1
    this.#agent = null
    this.#held = []
    this.#frozenUntil = 0
    this.#beatAt = null
  }

  /** Power goes: every process with it. */
  losePower(): void {
    this.crash()
    this.isPowered = false
    for (const record of this.#records.values()) {
      if (record.stage === 'running') this.#end(record, null)
    }
  }

  /** The journal is damaged, and set aside at the next start. */
  loseMemory(): void {
    this.#disk = null
    this.#world.observer.forgot(this.id)
  }

  powerOn(): void {
    this.isPowered = true
    if (this.#world.fault(0.3)) this.shape = reworked(this.shape)
    this.#isBroken = this.#world.isAboutBroken && this.#world.fault(0.4)
    this.#boot += 1
    this.#bootedAt = this.#world.now
  }

  #input(input: AgentInput): void {
    this.turn(() => this.#take(input))
  }

  /** When the agent's loop turns; never, where it dies before. */
  turn(act: () => void): void {
    if (this.#agent === null) return
    this.#held.push(act)
    this.#takeHeld()
  }

  #takeHeld(): void {
    while (!this.isFrozen) {
      const act = this.#held.shift()
      if (act === undefined) return
      act()
    }
  }

  #take(input: AgentInput): void {
    if (this.#agent === null) return
    const { state, effects } = step(this.#agent, input, this.#world.wallClock(), milliseconds(this.uptime()))
    this.#agent = state
    for (const effect of effects) this.#carryOut(effect)
    this.#planBeat(state)
  }

  /** Looks at the time, soon after it may have cut a run short. */
  #planBeat({ record, renewedAt }: AgentState): void {
    const { placement } = record
    if (placement === null || record.state !== 'running') return
    const lease = placement.lease === null ? Number.POSITIVE_INFINITY : (renewedAt ?? 0) + placement.lease
    const since = placement.runsSince ?? 0
    const limit = placement.timeLimit === null ? Number.POSITIVE_INFINITY : since + placement.timeLimit.limit
    const warning = placement.warned ? limit : limit - (placement.timeLimit?.warning?.before ?? 0)
    const next = Math.min(lease, limit, warning)
    if (next === Number.POSITIVE_INFINITY || (this.#beatAt !== null && this.#beatAt <= next)) return
    this.#beatAt = next
    const wait = Math.max(0, next - this.uptime()) / this.#rate
    this.#soon(Math.ceil(wait), Math.ceil(wait) + 1000, () => {
      this.#beatAt = null
      this.#input({ kind: 'beat' })
    })
  }

  /** Later, and only if this agent lives then. */
  #soon(least: number, most: number, act: () => void): void {
    const incarnation = this.#incarnation
    this.#world.after(least, most, () => {
      if (incarnation === this.#incarnation) act()
    })
  }

  #carryOut(effect: AgentEffect): void {
    switch (effect.kind) {
      case 'persist':
        return this.#persist(effect.record)
      case 'find':
        return this.#soon(1, 20, () => this.#find(effect.placement))
      case 'prepare':
        return this.#soon(1, 200, () => this.#prepare(effect))
      case 'start':
        return this.#start(effect.placement)
      case 'extend':
        return this.#extend(effect.placement, effect.until)
      case 'tell':
      case 'signal':
        return
      case 'stop':
        return this.#stop(effect.placement)
      case 'sanitise':
        return this.#soon(10, this.#world.chance(this.#world.isAboutLeases ? 0.5 : 0.1) ? 15_000 : 2000, () =>
          this.#sanitise(effect),
        )
      case 'validate':
        return this.#soon(5, 500, () => {
          const isEmpty = [...this.#records.values()].every(({ stage }) => stage !== 'running')
          this.#input({ kind: 'validated', report: validated(this.#world, this.id, effect, isEmpty) })
        })
      case 'report':
        return this.onReport(effect.report)
      case 'refused':
        return this.#world.note(`refused ${effect.refusal.kind}`)
      default:
        return assertNever(effect)
    }
  }

  #store(record: Journaled): void {
    this.#disk = record
    this.#world.observer.promised(this.id, record.epoch, record.term)
  }

  /** One after the other, as the journal writes. */
  #persist(record: Journaled): void {
    this.#writing.push(record)
    const incarnation = this.#incarnation
    const ready = Math.max(this.#written, this.#world.now) + this.#world.between(0, 30)
    this.#written = ready
    this.#world.at(ready, () => {
      if (incarnation !== this.#incarnation) return
      this.#writing.shift()
      if (this.#world.fault(0.02)) {
        this.#input({ kind: 'persist_failed', record, reason: 'no space left' })
        this.#soon(RETRY_MS, RETRY_MS, () => this.#input({ kind: 'retry' }))
        return
      }
      this.#store(record)
      this.#input({ kind: 'persisted', record })
    })
  }

  #find(placement: PlacementId): void {
    this.#input({ kind: 'found', placement, found: this.#look(placement) })
  }

  #look(placement: PlacementId): Found {
    const record = this.#records.get(placement)
    if (record === undefined) return { kind: 'unknown', reason: 'there is no record of it' }
    if (record.stage === 'prepared') record.stage = 'fenced'
    if (record.stage === 'fenced') return { kind: 'not_started' }
    if (record.stage === 'running') return { kind: 'running', startedAt: this.#world.wallClock() }
    const reason = 'the machine was started anew since'
    return { kind: 'ended', outcome: record.outcome ?? { kind: 'lost', reason, at: this.#world.wallClock() } }
  }

  #prepare({ epoch, assignment }: Extract<AgentEffect, { readonly kind: 'prepare' }>): void {
    const { placement, workload, tenant, rank, peers } = assignment
    const before = this.#records.get(placement)
    const wasStarted = before !== undefined && before.stage !== 'prepared' && before.stage !== 'fenced'
    if (wasStarted || this.#world.fault(0.03)) {
      const fault = this.#preparations % 2 === 0 ? 'task' : 'machine'
      this.#input({ kind: 'prepare_failed', placement, reason: 'simulated', fault })
      return
    }
    if (this.#isBroken && this.#world.fault(0.9)) {
      this.#input({ kind: 'prepare_failed', placement, reason: BROKEN, fault: 'machine' })
      return
    }
    const isElastic = assignment.task?.argv.includes('--elastic') === true
    const ranks = isElastic ? 1 : peers.length
    const task: Sighting = { placement, workload, tenant, rank, ranks, epoch }
    this.#world.observer.prepared(this.id, task)
    this.#preparations += 1
    const preparation = this.#preparations
    const { lease, task: wanted } = assignment
    const about = { task, boot: this.#boot, preparation, grace: wanted?.grace ?? 0, isLeased: lease !== null }
    this.#records.set(placement, { ...about, stage: 'prepared', outcome: null, leaseUntil: null })
    this.#input({ kind: 'prepared', placement })
  }

  #extend(placement: PlacementId, until: number): void {
    const record = this.#records.get(placement)
    if (record === undefined || this.#world.fault(0.02)) return
    record.leaseUntil = until
  }

  /** The watchdog, which nothing but the machine's own end stops: it looks every five seconds. */
  #watch(record: RuntimeRecord): void {
    const left = Math.max(0, (record.leaseUntil ?? 0) + 2000 - this.uptime()) / this.#rate
    this.#world.after(Math.ceil(left), Math.ceil(left) + 5000, () => {
      if (record.stage === 'ended' || record.stage === 'fenced' || record.boot !== this.#boot || !this.isPowered) return
      if ((record.leaseUntil ?? 0) + 2000 > this.uptime()) return this.#watch(record)
      this.#world.after(0, record.grace + 1000, () => {
        if (record.stage !== 'running' || record.boot !== this.#boot) return
        const outcome = { kind: 'lost', reason: 'its watchdog ended it', at: this.#world.wallClock() } as const
        this.#end(record, outcome)
        this.#soon(0, 10, () => this.#tellExit(record))
      })
    })
  }

  /** The launcher was told, and may act after its agent has died. */
  #start(placement: PlacementId): void {
    const record = this.#records.get(placement)
    const preparation = record?.preparation
    const boot = this.#boot
    const isUnwatched = record !== undefined && record.isLeased && record.leaseUntil === null
    const fails = record === undefined || isUnwatched || this.#world.fault(0.03)
    this.#world.after(0, 100, () => {
      const now = this.#records.get(placement)
      const isSame = now !== undefined && now === record && now.preparation === preparation && boot === this.#boot
      if (!fails && isSame && this.isPowered && now.stage === 'prepared') this.#run(now)
    })
    this.#soon(100, 200, () => {
      const now = this.#records.get(placement)
      if (fails || now === undefined || now.stage === 'fenced' || now.stage === 'prepared') {
        this.#input({ kind: 'start_failed', placement, reason: 'simulated', fault: 'machine' })
        return
      }
      this.#input({ kind: 'started', placement })
      if (now.stage === 'ended') this.#tellExit(now)
    })
  }

  #run(record: RuntimeRecord): void {
    record.stage = 'running'
    if (record.leaseUntil !== null) this.#watch(record)
    this.#world.note(`starts ${record.task.placement} on ${this.id}`, record.task.epoch)
    this.#world.observer.started(this.id, record.task)
    const lasts = this.#world.chance(this.#world.isAboutLeases ? 0.9 : 0.3) ? [20_000, 120_000] : [0, 8000]
    const { boot } = record
    this.#world.after(lasts[0] ?? 0, lasts[1] ?? 0, () => {
      if (record.stage !== 'running' || boot !== this.#boot) return
      const code = this.#world.chance(0.1) ? 1 : 0
      this.#end(record, { kind: 'exited', code, reason: '', at: this.#world.wallClock() })
      this.#soon(0, 10, () => this.#tellExit(record))
    })
  }

  #tellExit({ task, outcome }: RuntimeRecord): void {
    const placement = [...this.#records.keys()].find((key) => key === task.placement)
    if (placement !== undefined && outcome !== null) this.#input({ kind: 'exited', placement, outcome })
  }

  #end(record: RuntimeRecord, outcome: TaskOutcome | null): void {
    record.stage = 'ended'
    record.outcome = outcome
    this.#world.note(`ends ${record.task.placement}`)
    this.#world.observer.ended(this.id, record.task)
  }

  #stop(placement: PlacementId): void {
    const grace = this.#records.get(placement)?.grace ?? 0
    this.#soon(1, this.#world.chance(0.2) ? grace + 1000 : 500, () => {
      const record = this.#records.get(placement)
      if (record?.stage === 'running') {
        this.#end(record, { kind: 'exited', code: 143, reason: '', at: this.#world.wallClock() })
      }
      this.#input({ kind: 'stopped', placement, outcome: record?.outcome ?? null })
    })
  }

  #sanitise({ epoch, tenancy }: Extract<AgentEffect, { readonly kind: 'sanitise' }>): void {
    const all = [...this.#records.values()]
    const meant = tenancy === null ? all : all.filter(({ task }) => task.placement === tenancy.placement)
    for (const record of meant) {
      if (record.stage === 'running') this.#end(record, null)
      // What was prepared and is being removed cannot begin any more.
      if (record.stage === 'prepared') record.stage = 'fenced'
    }
    const clean = !this.#world.fault(0.05)
    if (clean) this.#world.observer.cleaned(this.id, tenancy?.placement ?? null)
    const at = this.#world.wallClock()
    const dead = { id: NO_PROCESS_LEFT, passed: true, detail: '', durationMs: 0 }
    const steps = [dead, { id: 'simulated', passed: clean, detail: '', durationMs: 0 }]
    this.#input({ kind: 'sanitised', report: { epoch, clean, steps, at } })
  }
}

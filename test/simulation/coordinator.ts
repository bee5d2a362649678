import { TERM_BEGAN } from '../fixtures.ts'
import { MEASURED } from './checks.ts'
import { apply } from '../../coordinator/core/apply.ts'
import { type Waiting, decideBatch, keepBatch } from '../../coordinator/core/batch.ts'
import { desired } from '../../coordinator/core/desired.ts'
import type { Answer, Effect, InputKind, InputOf } from '../../coordinator/core/inputs.ts'
import { violations } from '../../coordinator/core/invariants.ts'
import type { CommandRecord } from '../../coordinator/core/records.ts'
import { ChangeFeed } from '../../coordinator/feed.ts'
import { FleetState, type FleetView, type StateChange, type StateWrite } from '../../coordinator/core/state.ts'
import { Scheduler } from '../../coordinator/scheduler/scheduler.ts'
import { commandIsOver } from '../../shared/model/command.ts'
import { billetError } from '../../shared/model/errors.ts'
import { type IdSource, type MachineId, idSource } from '../../shared/model/ids.ts'
import { refuse } from '../../shared/model/result.ts'
import type { DesiredState } from '../../shared/model/run.ts'
import { LawBroken } from './law.ts'
import { steady } from '../../shared/clock.ts'
import { type Clock, type Instant, milliseconds } from '../../shared/model/time.ts'
import { Disk, type OnDurable } from './disk.ts'
import { FleetObserver } from './fleet_observer.ts'
import { URGENT } from './priority_class.ts'
import type { World } from './world.ts'

type Inflight = {
  readonly writes: readonly StateWrite[]
  /** When it was decided, by the coordinator's clock. */
  readonly now: Instant
  readonly finish: (durable: boolean) => void
}

const BATCH_MAX = 64
const TICK_MS = 1000
/** So few that watchers lose their place. */
export const FEED_KEPT = 60

/** The production core in the production loop's order: decide a batch, make it durable, show it, answer, act. */
export class SimulatedCoordinator {
  readonly #world: World
  readonly #disk = new Disk(FEED_KEPT)
  readonly fleet = new FleetObserver()
  readonly #ids: IdSource
  #state: FleetState | null = null
  #feed: ChangeFeed | null = null
  #queue: (Waiting & { readonly refuse: () => void })[] = []
  #inflight: Inflight | null = null
  #scheduled = false
  #scheduler: Scheduler | null = null
  #incarnation = 0
  #hasTerm = false
  #clock: Clock
  onEffects: (effects: readonly Effect[]) => void = () => {}

  constructor(world: World) {
    this.#world = world
    this.onDurable.push(this.fleet.onDurable)
    const random = world.random.child('ids')
    this.#ids = idSource((length) => random.bytes(length))
    this.#clock = this.#startClock()
  }

  /** Each process has a steady clock of its own over the machine's, one of which drifts and the other jumps. */
  #startClock(): Clock {
    const world = this.#world
    const rate = world.drift()
    return steady({ now: () => world.wallClock(), monotonic: () => milliseconds(world.now * rate) })
  }

  /** Whether it serves callers. */
  get isUp(): boolean {
    return this.#state !== null && this.#hasTerm
  }

  /** The state as every reader sees it; only while it is up. */
  get state(): FleetState {
    if (this.#state === null) throw new Error('the coordinator is down')
    return this.#state
  }

  /** Whether there is a workload or a command of this name. */
  holds(resource: string): boolean {
    return this.state.find('workloads', resource) !== undefined || this.state.find('commands', resource) !== undefined
  }

  /** What watchers read; a new one with every start. */
  get feed(): ChangeFeed {
    if (this.#feed === null) throw new Error('the coordinator is down')
    return this.#feed
  }

  /** Hear of everything that becomes durable, whether the coordinator lives to say so or not. */
  get onDurable(): OnDurable[] {
    return this.#disk.onDurable
  }

  desired(machine: MachineId): DesiredState | undefined {
    return desired(this.state, machine)
  }

  start(): void {
    this.#incarnation += 1
    this.#clock = this.#startClock()
    const state = new FleetState()
    this.#scheduler = new Scheduler(state)
    for (const { write, at } of this.#disk.records.values()) state.load(write, at)
    state.loaded(this.#disk.revision)
    this.#feed = new ChangeFeed(state.revision, FEED_KEPT, this.#disk.recent())
    for (const { started } of this.onDurable) started()
    this.#state = state
    this.#world.observer.mustHold((resource) => this.holds(resource))
    for (const { record } of state.table('commands').values()) this.#tellEnds(record)
    const checks = this.#world.isAboutChecks ? MEASURED : TERM_BEGAN.checks
    this.submit({ ...TERM_BEGAN, priorityClasses: [URGENT], checks }, (answer) => {
      // As in production: a coordinator that cannot write down its term does not start.
      if (!answer.ok) return this.#startAgain()
      this.#hasTerm = true
      this.#world.observer.termBegan(state.cluster().term)
      this.#tick(this.#incarnation)
    })
  }

  #startAgain(): void {
    this.crash()
    this.#world.after(1000, 1000, () => this.start())
  }

  backUp(): void {
    this.#disk.backUp()
  }

  /** While it is down, somebody puts the backup in place of the store. */
  restore(): boolean {
    if (!this.#disk.restore()) return false
    this.#world.note('restored', this.#disk.revision)
    const { records } = this.#disk
    this.#world.observer.restored((name) => records.has(`workloads/${name}`) || records.has(`commands/${name}`))
    return true
  }

  /** What was being written may have come to the disk or not; nobody was told. */
  crash(): void {
    const inflight = this.#inflight
    this.#incarnation += 1
    this.#state = null
    this.#hasTerm = false
    this.#queue = []
    this.#inflight = null
    this.#scheduled = false
    if (inflight !== null && this.#world.chance(0.5)) this.#disk.commit(inflight.writes, inflight.now)
  }

  /** Answered once durable; never, where the coordinator dies before. */
  submit<Kind extends InputKind>(input: InputOf<Kind>, answer: (answer: Answer<Kind>) => void): void {
    const { state } = this
    const unavailable = (): void =>
      answer(refuse(billetError('store_unavailable', 'The coordinator cannot write to its store.')))
    this.#queue.push({
      decide: () => {
        const decided = apply(state, input, this.#clock.now(), this.#ids)
        return { effects: decided.effects, answer: () => answer(decided.answer) }
      },
      fail: (cause) => {
        throw cause
      },
      refuse: unavailable,
    })
    this.#wake()
  }

  #wake(): void {
    if (this.#scheduled || this.#inflight !== null || this.#queue.length === 0) return
    this.#scheduled = true
    const incarnation = this.#incarnation
    this.#world.after(0, 2, () => {
      if (incarnation !== this.#incarnation) return
      this.#scheduled = false
      this.#batch()
    })
  }

  #batch(): void {
    const { state } = this
    const scheduler = this.#scheduler
    if (scheduler === null) throw new Error('the coordinator is down')
    const batch = this.#queue.splice(0, BATCH_MAX)
    const options = {
      state,
      ids: this.#ids,
      planner: {
        schedule: (view: FleetView, at: Instant) => this.fleet.planned(scheduler.schedule(view, at), view),
        preemptions: () => scheduler.preemptions(),
      },
      onScheduleFailed: (cause: unknown) => {
        throw cause
      },
    }
    const now = this.#clock.now()
    const { answers, effects, writes } = decideBatch(options, batch, now)
    const finish = (durable: boolean): void => {
      this.#inflight = null
      if (durable) {
        const changes = writes.length > 0 ? keepBatch(state, writes, this.#disk.commit(writes, now)) : []
        this.#feed?.append(changes)
        this.#check(changes)
        this.fleet.looked(this.#world.now, now)
        for (const answer of answers) answer()
        this.onEffects(effects)
      } else {
        this.fleet.refused()
        for (const waiting of batch) waiting.refuse()
      }
      this.#wake()
    }
    if (writes.length === 0) return finish(true)
    this.#inflight = { writes, now, finish }
    const incarnation = this.#incarnation
    this.#world.after(1, 20, () => {
      if (incarnation === this.#incarnation) finish(!this.#world.fault(0.01))
    })
  }

  #check(changes: readonly StateChange[]): void {
    const { state } = this
    this.#world.note('commit', state.revision)
    for (const violation of changes.length === 0 ? [] : violations(state)) {
      throw new LawBroken(violation.rule, `${violation.subject}: ${violation.evidence}`)
    }
    for (const change of changes) {
      if (change.table === 'commands' && change.record !== null) this.#tellEnds(change.record)
      if (change.table !== 'machines' || change.record?.state !== 'available') continue
      if (change.before?.state !== 'available') this.#world.observer.offered(change.key)
    }
  }

  #tellEnds({ id, runs }: CommandRecord): void {
    for (const { machine, state, exitCode } of runs) {
      if (commandIsOver(state)) this.#world.observer.commands.told(machine, id, state, exitCode)
    }
  }

  #tick(incarnation: number): void {
    this.#world.after(TICK_MS, TICK_MS, () => {
      if (incarnation !== this.#incarnation) return
      this.submit({ kind: 'tick' }, () => {})
      this.#tick(incarnation)
    })
  }
}

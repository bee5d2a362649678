import { type BilletError, billetError } from '../shared/model/errors.ts'
import type { IdSource, MachineId, Revision, TenantName, WorkloadId } from '../shared/model/ids.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import type { DesiredState } from '../shared/model/run.ts'
import { type Clock, type Instant, milliseconds } from '../shared/model/time.ts'
import type { AskedSpec, Explanation, Forecast } from '../shared/model/workload.ts'
import { apply } from './core/apply.ts'
import { imagined } from './core/imagined.ts'
import { settled } from './core/priorities.ts'
import type { WorkloadRecord } from './core/records.ts'
import { type Planner, type Waiting, decideBatch, keepBatch } from './core/batch.ts'
import { desired } from './core/desired.ts'
import type { Answers, Effect, InputKind, InputOf } from './core/inputs.ts'
import type { FleetState, FleetView, StateWrite } from './core/state.ts'
import { type Finding, findings } from './core/watchdog.ts'
import { ChangeFeed } from './feed.ts'
import { LoopFigures } from './loop_figures.ts'
import type { Fleet, FleetChange, Store, StoreFailure } from './ports.ts'
import { RecordEncoder } from './store/encoder.ts'

export type LoopOptions = {
  readonly state: FleetState
  readonly store: Store
  readonly clock: Clock
  readonly ids: IdSource
  readonly planner: Planner & Explainer
  /** Inputs that may wait; one more is refused. */
  readonly queueMax: number
  /** Inputs decided and committed together. */
  readonly batchMax: number
  /** Changes that watchers may fall behind. */
  readonly feedKept: number
  /** Changes of before this start, so that watchers go on across it. */
  readonly earlier: readonly FleetChange[]
  /** What the loop cannot answer to anyone: a bug in a decision, or a store that failed. */
  readonly onFailure: (failure: LoopFailure) => void
}

/** What says why workloads wait. */
export type Explainer = {
  explain(view: FleetView, workload: WorkloadId, now: Instant): Explanation
  forecast(view: FleetView, workload: WorkloadRecord, now: Instant): Forecast
}

export type LoopFailure =
  | { readonly kind: 'store'; readonly failure: StoreFailure }
  | { readonly kind: 'bug'; readonly cause: unknown }

type WaitingCaller = Waiting & { readonly refuse: (error: BilletError) => void }

/**
 * The one owner of the fleet's state. Inputs queue up; what is there is decided as one batch, committed in one
 * transaction, and only then seen, answered and acted on. A batch that cannot be committed never was: its writes
 * are taken back and its callers are told that the store is unavailable.
 */
export class Loop implements Fleet {
  readonly feed: ChangeFeed
  readonly figures = new LoopFigures()
  readonly #options: LoopOptions
  readonly #planner: Planner
  readonly #encoder = new RecordEncoder()
  #queue: WaitingCaller[] = []
  #listeners: ((effects: readonly Effect[]) => void)[] = []
  #running = false
  #stopped = false
  #idle: (() => void)[] = []

  constructor(options: LoopOptions) {
    this.#options = options
    const { planner, clock } = options
    this.#planner = {
      schedule: (view, now) => this.figures.timed(planner.schedule(view, now), () => clock.monotonic()),
      preemptions: () => planner.preemptions(),
    }
    this.feed = new ChangeFeed(options.state.revision, options.feedKept, options.earlier)
  }

  submit<Kind extends InputKind>(input: InputOf<Kind>): Promise<Result<Answers[Kind], BilletError>> {
    return new Promise((resolve) => {
      if (this.#stopped) {
        resolve(refuse(billetError('store_unavailable', 'This coordinator is shutting down. Try again.')))
        return
      }
      if (this.#queue.length >= this.#options.queueMax) {
        const sentence = `More than ${this.#options.queueMax} requests wait to be decided. Try again later.`
        resolve(refuse(billetError('queue_full', sentence)))
        return
      }
      this.#queue.push({
        decide: () => {
          const { answer, effects } = this.#decide(input)
          return { effects, answer: () => resolve(answer) }
        },
        refuse: (error) => resolve(refuse(error)),
        fail: (cause) => {
          resolve(refuse(billetError('internal', 'The coordinator could not decide this; its log says more.')))
          this.#options.onFailure({ kind: 'bug', cause })
        },
      })
      this.#start()
    })
  }

  /** `look` runs between batches, never within one. */
  read<Answer>(look: (view: FleetView) => Answer): Answer {
    return look(this.#options.state)
  }

  desired(machine: MachineId): DesiredState | undefined {
    return desired(this.#options.state, machine)
  }

  explain(workload: WorkloadId): Explanation {
    const { planner, state, clock } = this.#options
    return planner.explain(state, workload, clock.now())
  }

  forecast(tenant: TenantName, asked: AskedSpec): Result<Forecast, BilletError> {
    const { planner, state, clock } = this.#options
    const now = clock.now()
    const spec = settled(state, state.cluster(), tenant, asked)
    return spec.ok ? ok(planner.forecast(state, imagined(state, tenant, spec.value, now), now)) : spec
  }

  findings(): readonly Finding[] {
    const { state, clock } = this.#options
    return findings(state, clock.now())
  }

  onEffects(listener: (effects: readonly Effect[]) => void): void {
    this.#listeners.push(listener)
  }

  /** Inputs that wait. */
  get queued(): number {
    return this.#queue.length
  }

  /** Takes no more inputs, and answers when those that were taken are decided. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  #start(): void {
    if (this.#running) return
    this.#running = true
    // After the current turn of the event loop, so that all that arrived in it is one batch.
    setImmediate(() => {
      void this.#run()
    })
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, this.#options.batchMax)
      await this.#batch(batch)
    }
    this.#running = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #batch(batch: readonly WaitingCaller[]): Promise<void> {
    const { state, store, ids, clock, onFailure } = this.#options
    const began = clock.monotonic()
    const onScheduleFailed = (cause: unknown): void => onFailure({ kind: 'bug', cause })
    const { answers, effects, writes } = decideBatch(
      { state, ids, planner: this.#planner, onScheduleFailed },
      batch,
      clock.now(),
    )
    const decidedAt = clock.monotonic()
    this.figures.decided(batch.length, milliseconds(decidedAt - began))
    if (writes.length > 0) {
      const committed = await this.#commit(store, writes)
      this.figures.committed(writes.length, milliseconds(clock.monotonic() - decidedAt), committed.ok)
      if (!committed.ok) return this.#takeBack(batch, committed.error)
      this.feed.append(keepBatch(state, writes, committed.value))
    }
    for (const answer of answers) answer()
    if (effects.length > 0) for (const listener of this.#listeners) listener(effects)
  }

  #commit(store: Store, writes: readonly StateWrite[]): Promise<Result<Revision, StoreFailure>> {
    return store.commit({ guard: [], writes: writes.map((write) => this.#encoder.encode(write)) })
  }

  #decide<Kind extends InputKind>(input: InputOf<Kind>): ReturnType<typeof apply<Kind>> {
    const { state, clock, ids } = this.#options
    return apply(state, input, clock.now(), ids)
  }

  #takeBack(batch: readonly WaitingCaller[], failure: StoreFailure): void {
    const sentence = `The coordinator cannot write to its store, so nothing was changed: ${failureSentence(failure)}`
    for (const waiting of batch) waiting.refuse(billetError('store_unavailable', sentence))
    this.#options.onFailure({ kind: 'store', failure })
  }
}

export function failureSentence(failure: StoreFailure): string {
  switch (failure.kind) {
    case 'conflict':
      return `another coordinator has changed ${failure.key}`
    case 'compacted':
      return `changes after revision ${failure.after} are gone`
    case 'unavailable':
    case 'corrupt':
    case 'locked':
    case 'too_new':
      return failure.message
  }
}

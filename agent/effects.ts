import type { Logger } from '../shared/log.ts'
import type { CommandId, MachineId, PlacementId, Term } from '../shared/model/ids.ts'
import type { Condition } from '../shared/model/health.ts'
import { type Result, assertNever, refuse } from '../shared/model/result.ts'
import type {
  Assignment,
  DesiredState,
  HandBackReport,
  MachineReport,
  Step,
  ValidationReport,
} from '../shared/model/run.ts'
import type { Clock, Milliseconds } from '../shared/model/time.ts'
import { begin, step } from './core/agent.ts'
import { reportOf } from './core/report.ts'
import type { AgentEffect, AgentInput, AgentState, Journaled } from './core/state.ts'
import type { Agent, Begun, Failure, Machine } from './ports.ts'

export type AgentLoopOptions = {
  readonly machine: MachineId
  readonly journaled: Journaled | null
  /** Whether anything of a tenant may be on a machine without a memory. */
  readonly leftovers: boolean
  readonly world: Machine
  readonly clock: Clock
  /** Since the boot, suspended time included. */
  readonly sinceBoot: () => Milliseconds
  /** When the newest answered renewal was sent that an earlier agent of this boot left on record. */
  readonly renewedAt: Milliseconds | null
  readonly log: Logger
  /** How long until what could not be written is tried again. */
  readonly retryAfter: Milliseconds
  /** Hears every report, the newest of which is always `report()`. */
  readonly onReport: (report: MachineReport) => void
}

type Answered = Exclude<AgentEffect, { readonly kind: 'report' | 'refused' }>

const BEAT_MS = 1000

/** Lets the core act: carries out its effects, and gives it what comes of them as inputs, in order. */
export class AgentLoop implements Agent {
  readonly machine: MachineId
  readonly #options: AgentLoopOptions
  readonly #retries = new Set<NodeJS.Timeout>()
  #state: AgentState
  #beats: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: AgentLoopOptions) {
    this.#options = options
    this.machine = options.machine
    this.#state = begin(options)
  }

  /** Finds again what an earlier agent began. */
  start(): void {
    this.#input({ kind: 'restarted' })
  }

  report(): MachineReport {
    return reportOf(this.#state)
  }

  order(desired: DesiredState): void {
    this.#input({ kind: 'desired', desired })
  }

  renewed(sentAt: Milliseconds, term: Term): void {
    this.#input({ kind: 'renewed', sentAt, term })
  }

  conditions(conditions: readonly Condition[]): void {
    this.#input({ kind: 'conditions', conditions })
  }

  commands(commands: readonly CommandId[]): void {
    this.#input({ kind: 'commands', commands })
  }

  /** Decides nothing any more; tasks run on. */
  close(): void {
    this.#closed = true
    if (this.#beats !== null) clearInterval(this.#beats)
    for (const timer of this.#retries) clearTimeout(timer)
  }

  #input(input: AgentInput): void {
    if (this.#closed) return
    const { clock, sinceBoot } = this.#options
    const before = this.#state.record
    const { state, effects } = step(this.#state, input, clock.now(), sinceBoot())
    this.#state = state
    const { record } = state
    if (record.state !== before.state || record.epoch !== before.epoch) this.#tell(record)
    for (const effect of effects) {
      if (effect.kind === 'report') this.#options.onReport(effect.report)
      else if (effect.kind === 'refused') this.#options.log.warn(effect.refusal, 'order refused')
      else void this.#act(effect)
    }
    this.#beat(this.#state.record)
  }

  /** Time counts where a run may be cut short by it. */
  #beat({ placement, state }: Journaled): void {
    const counts = state === 'running' && placement !== null && (placement.lease ?? placement.timeLimit) !== null
    if (!counts) {
      if (this.#beats !== null) clearInterval(this.#beats)
      this.#beats = null
    } else {
      this.#beats ??= setInterval(() => this.#input({ kind: 'beat' }), BEAT_MS).unref()
    }
  }

  #tell({ state, epoch, placement, outcome }: Journaled): void {
    const fields = { epoch, state, placement_id: placement?.placement, outcome: outcome?.kind }
    this.#options.log.info(fields, `now ${state}`)
  }

  async #act(effect: Answered): Promise<void> {
    const { world } = this.#options
    switch (effect.kind) {
      case 'persist':
        return this.#persist(effect.record)
      case 'find':
        return this.#find(effect.placement)
      case 'prepare': {
        const { placement } = effect.assignment
        const done = await this.#attempt('prepare', () => world.prepare(effect.epoch, effect.assignment))
        if (done.ok) return this.#input({ kind: 'prepared', placement })
        return this.#input({ kind: 'prepare_failed', placement, ...failureOf(done.error) })
      }
      case 'start':
        return this.#start(effect.placement)
      case 'extend': {
        const done = world.extend(effect.placement, effect.until)
        if (!done.ok)
          this.#options.log.warn({ reason: done.error.sentence }, 'the end of the lease cannot be written down')
        return
      }
      case 'tell':
        return this.#tellPeers(effect.assignment)
      case 'signal':
        this.#options.log.info({ placement_id: effect.placement, signal: effect.signal }, 'its time limit is near')
        return this.#options.world.signal(effect.placement, effect.signal)
      case 'stop':
        return this.#stop(effect.placement)
      case 'sanitise': {
        const { epoch, tenancy } = effect
        const done = await this.#attemptStep('sanitise', () => world.sanitise(epoch, tenancy))
        const at = this.#options.clock.now()
        const report: HandBackReport = 'passed' in done ? { epoch, clean: false, steps: [done], at } : done
        return this.#input({ kind: 'sanitised', report })
      }
      case 'validate': {
        const { validation, checks } = effect
        const done = await this.#attemptStep('validate', () => world.validate(validation, checks))
        const report: ValidationReport = 'checks' in done ? done : { validation, passed: false, checks: [done] }
        return this.#input({ kind: 'validated', report })
      }
      default:
        return assertNever(effect)
    }
  }

  async #persist(record: Journaled): Promise<void> {
    const saved = await this.#attempt('save', () => this.#options.world.save(record))
    if (saved.ok) return this.#input({ kind: 'persisted', record })
    this.#options.log.error({ reason: saved.error.sentence }, 'the state of this machine cannot be written')
    this.#input({ kind: 'persist_failed', record, reason: saved.error.sentence })
    this.#later({ kind: 'retry' })
  }

  #later(input: AgentInput): void {
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#retries.delete(timer)
      this.#input(input)
    }, this.#options.retryAfter)
    this.#retries.add(timer)
  }

  async #tellPeers(assignment: Assignment): Promise<void> {
    const { log, world } = this.#options
    const { placement, generation } = assignment
    const told = await this.#attempt('tell', () => world.tell(assignment))
    const fields = { placement_id: placement, generation }
    if (told.ok) return log.info({ ...fields, peers: assignment.peers.length }, 'its peers file is up to date')
    log.warn({ ...fields, reason: told.error.sentence }, 'its peers file cannot be written')
    this.#later({ kind: 'tell_again' })
  }

  async #find(placement: PlacementId): Promise<void> {
    try {
      const { found, begun } = await this.#options.world.find(placement)
      this.#input({ kind: 'found', placement, found })
      if (begun !== null) await this.#attend(placement, begun)
    } catch (error) {
      this.#options.log.error({ error, placement_id: placement }, 'a placement could not be looked for')
      this.#input({ kind: 'found', placement, found: { kind: 'unknown', reason: sentenceOf(error) } })
    }
  }

  async #start(placement: PlacementId): Promise<void> {
    const begun = await this.#attempt('start', () => this.#options.world.start(placement))
    if (!begun.ok) return this.#input({ kind: 'start_failed', placement, ...failureOf(begun.error) })
    this.#input({ kind: 'started', placement })
    await this.#attend(placement, begun.value)
  }

  async #attend(placement: PlacementId, { ended }: Begun): Promise<void> {
    this.#input({ kind: 'exited', placement, outcome: await ended })
  }

  async #stop(placement: PlacementId): Promise<void> {
    try {
      const outcome = await this.#options.world.stop(placement)
      this.#input({ kind: 'stopped', placement, outcome })
    } catch (error) {
      // The hand-back kills what is left, and says so if it cannot.
      this.#options.log.error({ error, placement_id: placement }, 'a task could not be stopped')
      this.#input({ kind: 'stopped', placement, outcome: null })
    }
  }

  async #attempt<Value>(what: string, act: () => Promise<Result<Value, Failure>>): Promise<Result<Value, Failure>> {
    try {
      return await act()
    } catch (error) {
      this.#options.log.error({ error }, `${what} failed with a bug`)
      return refuse({ sentence: sentenceOf(error) })
    }
  }

  async #attemptStep<Report>(id: string, act: () => Promise<Report>): Promise<Report | Step> {
    try {
      return await act()
    } catch (error) {
      this.#options.log.error({ error }, `${id} failed with a bug`)
      return { id, passed: false, detail: sentenceOf(error), durationMs: 0 }
    }
  }
}

const failureOf = ({ sentence, fault = 'machine' }: Failure) => ({ reason: sentence, fault })

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

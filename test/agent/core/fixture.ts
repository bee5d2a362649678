import { begin, step } from '../../../agent/core/agent.ts'
import type { AgentEffect, AgentInput, AgentState, Journaled } from '../../../agent/core/state.ts'
import {
  epoch,
  parseMachineId,
  parsePlacementId,
  parseTenantName,
  parseWorkloadId,
  term,
} from '../../../shared/model/ids.ts'
import type { PlacementId } from '../../../shared/model/ids.ts'
import type { Result } from '../../../shared/model/result.ts'
import type { DesiredState, HandBackReport, Peer, RunGoal, ValidationReport } from '../../../shared/model/run.ts'
import { NO_LIMITS } from '../../../shared/model/task.ts'
import type { TaskSpec } from '../../../shared/model/task.ts'
import type { TimeLimit } from '../../../shared/model/policies.ts'
import { type Instant, type Milliseconds, instant, seconds } from '../../../shared/model/time.ts'

export function take<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

export const machine = take(parseMachineId('mch-0000000000000001'))
export const otherMachine = take(parseMachineId('mch-0000000000000002'))
export const placementOf = (number: number): PlacementId =>
  take(parsePlacementId(`plc-${String(number).padStart(16, '0')}`))

export const task: TaskSpec = {
  argv: ['/bin/true'],
  env: {},
  cwd: null,
  files: [],
  secrets: [],
  limits: NO_LIMITS,
  stopSignal: 'SIGINT',
  grace: seconds(3),
  user: 'tenant',
}

export type Wish = {
  readonly epoch: number
  readonly goal: RunGoal
  readonly term?: number
  readonly validation?: number
  readonly task?: TaskSpec | null
  readonly lease?: Milliseconds
  readonly timeLimit?: TimeLimit
  readonly peers?: readonly Peer[]
  readonly generation?: number
  /** By default the epoch's own. */
  readonly placement?: number
}

/** An order as the coordinator gives it; placement n belongs to epoch n. */
export function order(wish: Wish): DesiredState {
  const assignment = {
    placement: placementOf(wish.placement ?? wish.epoch),
    workload: take(parseWorkloadId('wkl-0000000000000001')),
    tenant: take(parseTenantName('acme')),
    tenantNumber: 7,
    rank: 0,
    array: { index: 0, size: 1 },
    peers: wish.peers ?? [{ rank: 0, address: '10.0.0.1', group: '' }],
    generation: wish.generation ?? 1,
    task: wish.task === undefined ? task : wish.task,
    lease: wish.lease ?? null,
    timeLimit: wish.timeLimit ?? null,
  }
  return {
    machine,
    term: term(wish.term ?? 1),
    epoch: epoch(wish.epoch),
    goal: wish.goal,
    assignment: wish.goal === 'idle' ? null : assignment,
    validation: wish.validation ?? 0,
    upgrade: null,
  }
}

export const now: Instant = instant(1_000_000)

export function handBack(at: number, clean: boolean): HandBackReport {
  return { epoch: epoch(at), clean, steps: [], at: now }
}

export function validation(number: number, passed = true): ValidationReport {
  return { validation: number, passed, checks: [] }
}

export const exited = (number: number, code = 0): AgentInput => ({
  kind: 'exited',
  placement: placementOf(number),
  outcome: { kind: 'exited', code, reason: '', at: now },
})

/** A core with a hand on each side: inputs in, effects out, and the journal in between obeyed at once. */
export class Core {
  state: AgentState
  /** All effects since they were last taken, in order. */
  effects: AgentEffect[] = []
  journal: Journaled | null
  diskFull = false

  /** Since the boot. */
  uptime: Milliseconds = seconds(1000)

  constructor(journaled: Journaled | null = null, leftovers = false, renewedAt: Milliseconds | null = null) {
    this.journal = journaled
    this.state = begin({ machine, journaled, leftovers, renewedAt })
    this.input({ kind: 'restarted' })
  }

  input(input: AgentInput): this {
    const done = step(this.state, input, now, this.uptime)
    this.state = done.state
    this.effects.push(...done.effects)
    for (const effect of done.effects) {
      if (effect.kind !== 'persist') continue
      const { record } = effect
      if (this.diskFull) this.input({ kind: 'persist_failed', record, reason: 'no space left' })
      else {
        this.journal = record
        this.input({ kind: 'persisted', record })
      }
    }
    return this
  }

  want(wish: Wish): this {
    return this.input({ kind: 'desired', desired: order(wish) })
  }

  /** The kinds of the effects since the last look, without reports. */
  did(): string[] {
    const kinds = this.effects.map((effect) => effect.kind).filter((kind) => kind !== 'report')
    this.effects = []
    return kinds
  }

  /** Up to a running task under an epoch. */
  running(number: number): this {
    this.want({ epoch: number, goal: 'run', validation: number })
    this.input({ kind: 'prepared', placement: placementOf(number) })
    this.input({ kind: 'started', placement: placementOf(number) })
    this.did()
    return this
  }
}

import test from 'ava'
import * as fc from 'fast-check'
import { begin, step } from '../../../agent/core/agent.ts'
import type { AgentEffect, AgentInput, AgentState, Found, Journaled } from '../../../agent/core/state.ts'
import type { PlacementId } from '../../../shared/model/ids.ts'
import { assertNever } from '../../../shared/model/result.ts'
import { milliseconds } from '../../../shared/model/time.ts'
import { type Wish, handBack, machine, now, order, task, validation } from './fixture.ts'

type Pending = Exclude<AgentEffect, { readonly kind: 'report' | 'refused' }>

/**
 * A machine around the core: it does what it is told, at any pace, and notes every law that is broken. What is on
 * its disk and which task runs outlive the agent.
 */
class World {
  state: AgentState
  readonly broken: string[] = []
  disk: Journaled | null = null
  /** Placements with processes; more than one breaks the first law. */
  readonly alive = new Map<PlacementId, number>()
  readonly prepared = new Set<PlacementId>()
  readonly everStarted = new Set<PlacementId>()
  /** The newest epoch that a task ran or was prepared under, and whether the machine was proved clean since. */
  used: number | null = null
  pending: Pending[] = []

  constructor() {
    this.state = begin({ machine, journaled: null, leftovers: false, renewedAt: null })
    this.input({ kind: 'restarted' })
  }

  check(holds: boolean, law: string): void {
    if (!holds) this.broken.push(law)
  }

  input(input: AgentInput): void {
    const done = step(this.state, input, now, milliseconds(0))
    this.check(done.state.record.epoch >= this.state.record.epoch, 'the epoch only grows')
    this.check(done.state.record.term >= this.state.record.term, 'the term only grows')
    this.state = done.state
    for (const effect of done.effects) {
      if (effect.kind === 'report') {
        this.check(effect.report.epoch <= (this.disk?.epoch ?? 0), 'only a durable epoch is reported')
      } else if (effect.kind !== 'refused') {
        this.pending.push(effect)
      }
    }
  }

  restart(): void {
    this.pending = []
    this.prepared.clear()
    this.state = begin({
      machine,
      journaled: this.disk,
      leftovers: this.disk === null && this.everStarted.size > 0,
      renewedAt: null,
    })
    this.input({ kind: 'restarted' })
  }

  exit(): void {
    for (const [placement] of this.alive) {
      this.alive.delete(placement)
      this.input({ kind: 'exited', placement, outcome: { kind: 'exited', code: 0, reason: '', at: now } })
      return
    }
  }

  /** Does the oldest thing that is to be done. */
  act(well: boolean): void {
    const effect = this.pending.shift()
    if (effect === undefined) return
    switch (effect.kind) {
      case 'persist':
        if (!well) return this.input({ kind: 'persist_failed', record: effect.record, reason: 'disk full' })
        this.disk = effect.record
        return this.input({ kind: 'persisted', record: effect.record })
      case 'find':
        return this.input({ kind: 'found', placement: effect.placement, found: this.#found(effect.placement) })
      case 'prepare':
        return this.#prepare(effect, well)
      case 'start':
        return this.#start(effect.placement, well)
      case 'extend':
      case 'tell':
      case 'signal':
        return
      case 'stop':
        this.alive.delete(effect.placement)
        return this.input({ kind: 'stopped', placement: effect.placement, outcome: null })
      case 'sanitise':
        this.alive.clear()
        if (well) this.used = null
        return this.input({ kind: 'sanitised', report: handBack(effect.epoch, well) })
      case 'validate':
        this.check(this.used === null && this.alive.size === 0, 'only a clean machine is validated')
        return this.input({ kind: 'validated', report: validation(effect.validation, well) })
      default:
        return assertNever(effect)
    }
  }

  #found(placement: PlacementId): Found {
    if (this.alive.has(placement)) return { kind: 'running', startedAt: now }
    if (!this.everStarted.has(placement)) return { kind: 'not_started' }
    return { kind: 'ended', outcome: { kind: 'exited', code: 0, reason: '', at: now } }
  }

  #prepare(effect: Extract<Pending, { readonly kind: 'prepare' }>, well: boolean): void {
    const { placement } = effect.assignment
    this.check(this.disk?.epoch === effect.epoch, 'an epoch is durable before anything is done under it')
    this.check(this.used === null || this.used === effect.epoch, 'a machine is made clean before a newer epoch')
    this.check(this.alive.size === 0, 'nothing runs while the next placement is prepared')
    this.used = effect.epoch
    if (!well) return this.input({ kind: 'prepare_failed', placement, reason: 'no room', fault: 'machine' })
    this.prepared.add(placement)
    this.input({ kind: 'prepared', placement })
  }

  #start(placement: PlacementId, well: boolean): void {
    this.check(this.prepared.has(placement), 'what starts was prepared')
    this.check(this.alive.size === 0, 'two placements never run at once')
    this.check(!this.everStarted.has(placement), 'a task is started once')
    this.check(this.disk?.placement?.placement === placement, 'what runs is known to the journal')
    if (!well) return this.input({ kind: 'start_failed', placement, reason: 'no processes left', fault: 'machine' })
    this.everStarted.add(placement)
    this.alive.set(placement, this.disk?.epoch ?? 0)
    this.input({ kind: 'started', placement })
  }
}

type Happening =
  | { readonly kind: 'order'; readonly wish: Wish }
  | { readonly kind: 'act'; readonly well: boolean }
  | { readonly kind: 'exit' | 'restart' | 'retry' }

const wish: fc.Arbitrary<Wish> = fc.record({
  epoch: fc.integer({ min: 0, max: 6 }),
  goal: fc.constantFrom('idle', 'prepare', 'run'),
  term: fc.integer({ min: 0, max: 3 }),
  validation: fc.integer({ min: 0, max: 4 }),
  task: fc.constantFrom(task, task, task, null),
})

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: wish.map((one) => ({ kind: 'order' as const, wish: one })) },
  { weight: 8, arbitrary: fc.constant({ kind: 'act' as const, well: true }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'act' as const, well: false }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'exit' as const }, { kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'retry' as const }) },
)

function happen(world: World, what: Happening): void {
  switch (what.kind) {
    case 'order':
      return world.input({ kind: 'desired', desired: order(what.wish) })
    case 'act':
      return world.act(what.well)
    case 'exit':
      return world.exit()
    case 'restart':
      return world.restart()
    case 'retry':
      return world.input({ kind: 'retry' })
    default:
      return assertNever(what)
  }
}

/** Everything works from now on, and nobody orders anything else. */
function calm(world: World): void {
  for (let round = 0; round < 100; round += 1) {
    if (world.pending.length === 0) world.input({ kind: 'retry' })
    if (world.pending.length === 0) return
    world.act(true)
  }
  world.check(false, 'the core comes to rest')
}

test('one placement at a time, clean in between, and nothing under an epoch that is not durable', (t) => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const world = new World()
      for (const one of happenings) happen(world, one)
      if (world.broken.length > 0) throw new Error(world.broken.join('; '))
    }),
    { numRuns: 3000 },
  )
  t.pass()
})

test('whatever happened, a newer order is fulfilled once all works again', (t) => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.constantFrom('idle', 'run'), (happenings, goal) => {
      const world = new World()
      for (const one of happenings) happen(world, one)
      calm(world)
      world.input({ kind: 'desired', desired: order({ epoch: 7, goal, term: 4, validation: 9 }) })
      calm(world)
      if (world.broken.length > 0) throw new Error(world.broken.join('; '))
      const { epoch, state, validation: report } = world.state.record
      const there = goal === 'run' ? state === 'running' : state === 'clean' && report?.validation === 9
      if (epoch !== 7 || !there) throw new Error(`at epoch ${epoch} the machine is ${state}`)
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

import { Heap } from '../../coordinator/scheduler/heap.ts'
import type { Job, Trace } from './cluster_trace.ts'

/** A job on machines, each told by its number in the fleet. */
export type Started = { readonly job: Job; readonly machines: readonly number[] }

/** What decides which job gets which machines when. Times are in seconds. */
export interface Policy {
  readonly name: string
  /** How often it is asked while something waits and nothing happens. */
  readonly pace: number
  /** Called before what happens at this time is told. */
  advance(now: number): void
  submit(job: Job): void
  /** Its machines are cleaned now. */
  ended(job: Job, machines: readonly number[], now: number): void
  cleaned(machines: readonly number[]): void
  place(now: number): readonly Started[]
}

export type Outcome = {
  /** When each job began, and on what. */
  readonly starts: ReadonlyMap<Job, { readonly at: number; readonly machines: readonly number[] }>
  /** Machine-seconds that jobs had, from the end of the warm-up to the last arrival. */
  readonly busy: number
  /** Sampled over the same time. */
  readonly samples: Samples
  /** Of the policy's own working, in milliseconds. */
  readonly spent: number
}

/** Means over the samples. */
export type Samples = {
  free: number
  /** Free machines in racks that are free as a whole. */
  inEmptyRacks: number
  /** Free machines while some job waits that they would hold. */
  wanted: number
  waiting: number
}

/** What cleaning and validating a machine takes. */
const CLEANING = 90
const SAMPLED_EVERY = 600

type Event = { readonly at: number; readonly order: number; readonly kind: 'ended' | 'cleaned' } & Started

/** Plays a trace through a policy in virtual time, until every job has begun; what it decides is checked. */
export function replay(trace: Trace, policy: Policy, warmup: number): Outcome {
  const replayed = new Replay(trace, policy, warmup)
  replayed.run()
  return replayed.outcome()
}

class Replay {
  readonly #trace: Trace
  readonly #policy: Policy
  readonly #warmup: number
  readonly #free: boolean[]
  readonly #events = new Heap<Event>((left, right) => left.at - right.at || left.order - right.order)
  readonly #waiting = new Set<Job>()
  readonly #starts = new Map<Job, { readonly at: number; readonly machines: readonly number[] }>()
  readonly #samples: Samples = { free: 0, inEmptyRacks: 0, wanted: 0, waiting: 0 }
  #sampled = 0
  #running = 0
  #busy = 0
  #spent = 0
  #order = 0
  #now = 0

  constructor(trace: Trace, policy: Policy, warmup: number) {
    this.#trace = trace
    this.#policy = policy
    this.#warmup = warmup
    this.#free = trace.fleet.map(() => true)
  }

  run(): void {
    const { jobs } = this.#trace
    let next = 0
    while (next < jobs.length || this.#waiting.size > 0) {
      const event = this.#events.pop()
      const asked = this.#waiting.size > 0 ? this.#now + this.#policy.pace : Infinity
      const at = Math.min(jobs[next]?.arrival ?? Infinity, event?.at ?? Infinity, asked)
      if (at === Infinity) throw new Error(`${this.#policy.name}: ${this.#waiting.size} jobs wait for nothing`)
      if (event !== undefined) this.#events.push(event)
      this.#passTime(at)
      const begun = performance.now()
      this.#policy.advance(at)
      for (; jobs[next]?.arrival === at; next += 1) this.#arrive(jobs[next])
      this.#happen(at)
      for (const started of this.#policy.place(at)) this.#start(started)
      this.#spent += performance.now() - begun
    }
  }

  outcome(): Outcome {
    const { free, inEmptyRacks, wanted, waiting } = this.#samples
    const mean = (sum: number): number => sum / Math.max(1, this.#sampled)
    return {
      starts: this.#starts,
      busy: this.#busy,
      samples: {
        free: mean(free),
        inEmptyRacks: mean(inEmptyRacks),
        wanted: mean(wanted),
        waiting: mean(waiting),
      },
      spent: this.#spent,
    }
  }

  #arrive(job: Job | undefined): void {
    if (job === undefined) return
    this.#waiting.add(job)
    this.#policy.submit(job)
  }

  #happen(at: number): void {
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      if (event.at > at) {
        this.#events.push(event)
        return
      }
      const { job, machines, kind } = event
      if (kind === 'cleaned') {
        for (const machine of machines) this.#free[machine] = true
        this.#policy.cleaned(machines)
        continue
      }
      this.#running -= machines.length
      this.#policy.ended(job, machines, at)
      this.#happens('cleaned', at + CLEANING, { job, machines })
    }
  }

  #happens(kind: Event['kind'], at: number, started: Started): void {
    this.#order += 1
    this.#events.push({ ...started, kind, at, order: this.#order })
  }

  #start(started: Started): void {
    const { job, machines } = started
    const isWhole = machines.length === job.size && new Set(machines).size === job.size && this.#waiting.delete(job)
    for (const machine of machines) {
      const model = this.#trace.fleet[machine]?.model ?? -1
      if (!isWhole || this.#free[machine] !== true || !job.wish.models.includes(model)) {
        throw new Error(`${this.#policy.name}: job ${job.number} cannot have these machines`)
      }
      this.#free[machine] = false
    }
    this.#running += machines.length
    this.#starts.set(job, { at: this.#now, machines })
    this.#happens('ended', this.#now + job.length, started)
  }

  /** Counts what is held up to this time, and looks at what is free now and then. */
  #passTime(at: number): void {
    const [from, to] = [Math.max(this.#now, this.#warmup), Math.min(at, this.#trace.span)]
    this.#busy += this.#running * Math.max(0, to - from)
    const first = Math.floor(from / SAMPLED_EVERY) + 1
    for (let sample = first; sample * SAMPLED_EVERY <= to; sample += 1) this.#sample()
    this.#now = at
  }

  #sample(): void {
    const racks = new Map<number, { free: number; all: number }>()
    const models: number[] = []
    for (const [machine, { rack, model }] of this.#trace.fleet.entries()) {
      const counts = racks.get(rack) ?? { free: 0, all: 0 }
      racks.set(rack, counts)
      counts.all += 1
      if (this.#free[machine] !== true) continue
      counts.free += 1
      models[model] = (models[model] ?? 0) + 1
    }
    let free = 0
    for (const counts of racks.values()) {
      free += counts.free
      if (counts.free === counts.all) this.#samples.inEmptyRacks += counts.all
    }
    this.#sampled += 1
    this.#samples.free += free
    this.#samples.waiting += this.#waiting.size
    if (this.#isWanted(models)) this.#samples.wanted += free
  }

  #isWanted(models: readonly number[]): boolean {
    for (const { wish, size } of this.#waiting) {
      const fitting = wish.models.reduce((sum, model) => sum + (models[model] ?? 0), 0)
      if (fitting >= size) return true
    }
    return false
  }
}

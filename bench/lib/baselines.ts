import { type Job, MODELS, type Trace } from './cluster_trace.ts'
import type { Policy, Started } from './replay.ts'

/** What a scheduler allows for cleaning, and for a job that does not say how long it takes: a year. */
const [CLEANING, UNLIMITED] = [120, 365 * 86_400]

type Held = Started & { readonly end: number }

/** A queue in order of arrival and the first machines that fit: what both baselines have in common. */
class Plain {
  readonly pace = Infinity
  readonly models: readonly number[]
  readonly free: boolean[]
  readonly freeOf: number[] = MODELS.map(() => 0)
  /** When the machines of each job are free again, by what it said. */
  readonly held = new Map<Job, Held>()
  queue: Job[] = []

  constructor({ fleet }: Trace) {
    this.models = fleet.map(({ model }) => model)
    this.free = fleet.map(() => true)
    for (const model of this.models) this.#count(model, 1)
  }

  advance(): void {}

  submit(job: Job): void {
    this.queue.push(job)
  }

  ended(job: Job, machines: readonly number[], now: number): void {
    this.held.set(job, { job, machines, end: now + CLEANING })
  }

  cleaned(machines: readonly number[]): void {
    for (const machine of machines) {
      this.free[machine] = true
      this.#count(this.models[machine] ?? 0, 1)
    }
    for (const [job, held] of this.held) if (held.machines === machines) this.held.delete(job)
  }

  freeFor({ wish }: Job): number {
    return wish.models.reduce((sum, model) => sum + (this.freeOf[model] ?? 0), 0)
  }

  /** The first free machines that will do; undefined: too few. */
  firstFit(job: Job): readonly number[] | undefined {
    if (this.freeFor(job) < job.size) return undefined
    const machines: number[] = []
    for (const [machine, model] of this.models.entries()) {
      if (this.free[machine] !== true || !job.wish.models.includes(model)) continue
      machines.push(machine)
      if (machines.length === job.size) return machines
    }
    return undefined
  }

  start(job: Job, machines: readonly number[], now: number): Started {
    for (const machine of machines) {
      this.free[machine] = false
      this.#count(this.models[machine] ?? 0, -1)
    }
    this.held.set(job, { job, machines, end: now + lengthOf(job) })
    return { job, machines }
  }

  /** Jobs from the front, until one does not fit. */
  startHeads(now: number): Started[] {
    const started: Started[] = []
    for (const job of this.queue) {
      const machines = this.firstFit(job)
      if (machines === undefined) break
      started.push(this.start(job, machines, now))
    }
    this.queue = this.queue.slice(started.length)
    return started
  }

  #count(model: number, by: 1 | -1): void {
    this.freeOf[model] = (this.freeOf[model] ?? 0) + by
  }
}

const lengthOf = ({ limit }: Job): number => (limit ?? UNLIMITED) + CLEANING

type Reservation = { readonly at: number; extra: number }

/** Strictly first in, first out: nothing overtakes. */
export class Fifo extends Plain implements Policy {
  readonly name = 'fifo'

  place(now: number): readonly Started[] {
    return this.startHeads(now)
  }
}

/**
 * EASY backfill: when the head can start is worked out from the limits of what runs, and whatever fits now goes before
 * it if it is over by then, or takes machines that the head will not need.
 */
export class Easy extends Plain implements Policy {
  readonly name = 'easy'

  place(now: number): readonly Started[] {
    const started = this.startHeads(now)
    const [head, ...others] = this.queue
    if (head === undefined || others.length === 0 || this.freeOf.every((count) => count === 0)) return started
    // Worked out once something fits at all.
    let reserved: Reservation | null = null
    const left = [head]
    for (const job of others) {
      const machines = this.firstFit(job)
      if (machines === undefined) {
        left.push(job)
        continue
      }
      reserved ??= this.#reservation(head)
      const isBrief = now + lengthOf(job) <= reserved.at
      const taken = isBrief ? 0 : machines.filter((machine) => this.#suits(head, machine)).length
      if (taken > reserved.extra) {
        left.push(job)
        continue
      }
      reserved.extra -= taken
      started.push(this.start(job, machines, now))
    }
    this.queue = left
    return started
  }

  /** When the head can start at the latest, and how many machines that it could use it leaves then. */
  #reservation(head: Job): Reservation {
    let count = this.freeFor(head)
    let at = Infinity
    for (const { machines, end } of [...this.held.values()].toSorted((left, right) => left.end - right.end)) {
      if (end > at) break
      count += machines.filter((machine) => this.#suits(head, machine)).length
      if (count >= head.size) at = end
    }
    return { at, extra: count - head.size }
  }

  #suits({ wish }: Job, machine: number): boolean {
    return wish.models.includes(this.models[machine] ?? -1)
  }
}

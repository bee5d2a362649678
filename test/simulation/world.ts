import type { Random } from '../../shared/model/random.ts'
import { random } from '../../shared/model/random.ts'
import { type Instant, instant } from '../../shared/model/time.ts'
import { Observer } from './observer.ts'
import { EventQueue } from './queue.ts'

const BEGIN = 1_700_000_000_000
const HISTORY_MAX = 400

/** Virtual time, one seed for all chance, and a running digest of everything that happened. */
export class World {
  readonly observer = new Observer()
  readonly random: Random
  readonly #queue = new EventQueue<() => void>()
  #now = 0
  #digest = 0x811c9dc5
  #clockOffset = 0
  #quiet = false
  readonly history: string[] = []
  steps = 0
  /** Few long tasks that are to be replaced, free machines beside them, and machines that fall silent for long. */
  readonly isAboutLeases: boolean
  /** Some machines are broken: they fail most of what is placed on them. */
  readonly isAboutBroken: boolean
  /** Machines are measured, by chance badly. */
  readonly isAboutChecks: boolean

  constructor(seed: number) {
    this.random = random(seed)
    this.isAboutLeases = this.chance(0.4)
    this.isAboutBroken = this.random.child('broken').next() < 0.25
    this.isAboutChecks = this.random.child('checks').next() < 0.15
  }

  /** Virtual milliseconds since the beginning. */
  get now(): number {
    return this.#now
  }

  get digest(): number {
    return this.#digest >>> 0
  }

  /** What a clock on the wall says: it may be set, forwards and back. */
  wallClock(): Instant {
    return instant(BEGIN + Math.round(this.#now + this.#clockOffset))
  }

  /** A clock of its own that goes so much too fast or too slow. */
  drift(): number {
    return 0.92 + this.random.next() * 0.16
  }

  jumpClock(by: number): void {
    this.#clockOffset += by
  }

  /** From here on nothing more goes wrong. */
  calm(): void {
    this.#quiet = true
  }

  get isCalm(): boolean {
    return this.#quiet
  }

  chance(probability: number): boolean {
    return this.random.next() < probability
  }

  /** As `chance`, for what goes wrong. */
  fault(probability: number): boolean {
    return this.chance(probability) && !this.#quiet
  }

  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1)
  }

  after(least: number, most: number, act: () => void): void {
    this.#queue.push(this.#now + this.between(least, most), act)
  }

  at(time: number, act: () => void): void {
    this.#queue.push(Math.max(time, this.#now), act)
  }

  /** Takes what happened into the digest, and the newest of it into the history. */
  note(what: string, number = 0): void {
    for (let index = 0; index < what.length; index += 1) this.#mix(what.charCodeAt(index))
    this.#mix(number)
    this.#mix(this.#now)
    if (this.history.length >= HISTORY_MAX) this.history.shift()
    this.history.push(`${this.#now} ${what} ${number}`)
  }

  #mix(value: number): void {
    this.#digest = Math.imul(this.#digest ^ (value | 0), 0x01000193)
  }

  /** One event; false where there is none. */
  step(): boolean {
    const next = this.#queue.pop()
    if (next === undefined) return false
    this.#now = next.at
    this.steps += 1
    next.event()
    return true
  }
}

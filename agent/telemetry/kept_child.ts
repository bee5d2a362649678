import { type Clock, type Milliseconds, milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import type { Child, StartChild } from './child.ts'

export type KeptChildOptions = {
  readonly clock: Clock
  readonly start: StartChild
  /** Of one line, in characters. A child that prints a longer one is killed. */
  readonly lineMax: number
  readonly heard: (line: string) => void
  /** Once for each child. `reason` is null where it was stopped from here. */
  readonly ended: (reason: string | null) => void
}

/** What the child does, or when there may be another. */
type State =
  | { readonly kind: 'none'; readonly startAt: number }
  | { readonly kind: 'running'; readonly child: Child; readonly startedAt: number; rest: string }
  /** Killed or asked to end, but the kernel has not let go of it: another would only hang beside it. */
  | { readonly kind: 'leaving'; readonly child: Child; readonly startedAt: number }

const BACKOFF_MIN = seconds(1)
const BACKOFF_MAX = minutes(5)
/** Time to end by itself, before it is killed. */
const LEAVE_MS = 2000

/**
 * A program that runs for long and prints lines. There is never more than one: the next is started once the kernel
 * has let go of the last, and after a pause that doubles while they end soon. There is no timer.
 */
export class KeptChild {
  readonly #options: KeptChildOptions
  #state: State = { kind: 'none', startAt: 0 }
  #backoff: Milliseconds = BACKOFF_MIN
  #waiting: (() => void)[] = []

  constructor(options: KeptChildOptions) {
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#state.kind === 'running'
  }

  get isGone(): boolean {
    return this.#state.kind === 'none'
  }

  get startedAt(): number {
    return this.#state.kind === 'none' ? 0 : this.#state.startedAt
  }

  get pid(): number | null {
    return this.#state.kind === 'none' ? null : this.#state.child.pid
  }

  /** Whether a child may be started now. */
  get isDue(): boolean {
    return this.#state.kind === 'none' && this.#options.clock.monotonic() >= this.#state.startAt
  }

  /** What went wrong is over, or was not the child's fault: the next one need not wait for long. */
  forgive(): void {
    this.#backoff = BACKOFF_MIN
    if (this.#state.kind === 'none') this.#state = { kind: 'none', startAt: 0 }
  }

  start(argv: readonly [string, ...string[]]): void {
    const startedAt = this.#options.clock.monotonic()
    const child: Child = this.#options.start(argv, {
      output: (text) => this.#hear(child, text),
      ended: (reason) => this.#ended(reason),
    })
    this.#state = { kind: 'running', child, startedAt, rest: '' }
  }

  say(text: string): void {
    if (this.#state.kind === 'running') this.#state.child.say(text)
  }

  /**
   * Asks it to end by itself, and kills it where it does not soon.
   *
   * @returns whether the kernel has let go of it within the limit.
   */
  async dismiss(limit: Milliseconds): Promise<boolean> {
    if (this.#state.kind === 'none') return true
    if (this.#state.kind === 'running') {
      const { child, startedAt } = this.#state
      this.#state = { kind: 'leaving', child, startedAt }
      child.hangUp()
    }
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#waiting.push(() => resolve(undefined))
    const kill = setTimeout(() => this.stop(), Math.min(LEAVE_MS, limit / 2))
    const late = setTimeout(() => resolve(undefined), limit)
    await promise
    clearTimeout(kill)
    clearTimeout(late)
    return this.isGone
  }

  stop(): void {
    if (this.#state.kind === 'none') return
    const { child, startedAt } = this.#state
    this.#state = { kind: 'leaving', child, startedAt }
    child.kill()
  }

  #ended(reason: string): void {
    const state = this.#state
    if (state.kind === 'none') return
    const now = this.#options.clock.monotonic()
    if (now - state.startedAt >= minutes(1)) this.#backoff = BACKOFF_MIN
    this.#state = { kind: 'none', startAt: now + this.#backoff }
    this.#backoff = milliseconds(Math.min(this.#backoff * 2, BACKOFF_MAX))
    for (const resolve of this.#waiting.splice(0)) resolve()
    this.#options.ended(state.kind === 'running' ? reason : null)
  }

  #hear(child: Child, text: string): void {
    const state = this.#state
    if (state.kind !== 'running' || state.child !== child) return
    const lines = `${state.rest}${text}`.split('\n')
    state.rest = lines.pop() ?? ''
    const { lineMax, ended, heard } = this.#options
    if (state.rest.length > lineMax) {
      this.stop()
      ended(`prints a line of more than ${lineMax} characters`)
      return
    }
    for (const line of lines) if (line.trim() !== '') heard(line)
  }
}

import { LawBroken } from './law.ts'

/** A command as it truly went on one machine. */
type Life = {
  isRunning: boolean
  /** Null while it runs. */
  code: number | null
  /** Its agent died while it ran: nobody saw its end. */
  isUnseen: boolean
}

const SAYS_HOW_IT_ENDED: ReadonlySet<string> = new Set(['exited', 'timed_out', 'cancelled'])

/** Watches commands on the machines themselves, and what is said of them; it knows nothing of any journal. */
export class CommandObserver {
  readonly #lives = new Map<string, Map<string, Life>>()
  /** The end that was told first. */
  readonly #told = new Map<string, string>()
  starts = 0

  #machine(machine: string): Map<string, Life> {
    const known = this.#lives.get(machine) ?? new Map<string, Life>()
    this.#lives.set(machine, known)
    return known
  }

  started(machine: string, command: string): void {
    const lives = this.#machine(machine)
    if (lives.has(command)) throw new LawBroken('a command starts at most once', `${command} on ${machine}`)
    lives.set(command, { isRunning: true, code: null, isUnseen: false })
    this.starts += 1
  }

  ended(machine: string, command: string, code: number): void {
    const life = this.#machine(machine).get(command)
    if (life === undefined) return
    life.isRunning = false
    life.code = code
  }

  agentDied(machine: string): void {
    for (const life of this.#machine(machine).values()) if (life.isRunning) life.isUnseen = true
  }

  /** The coordinator says that it is over. */
  told(machine: string, command: string, state: string, code: number | null): void {
    const key = `${machine} ${command}`
    const before = this.#told.get(key)
    if (before === state) return
    if (before !== undefined) {
      throw new LawBroken('the end of a command stands', `${command} on ${machine}: ${before}, and then ${state}`)
    }
    this.#told.set(key, state)
    const life = this.#machine(machine).get(command)
    const isEnded = state === 'exited' || state === 'timed_out'
    if (isEnded && life === undefined) {
      throw new LawBroken('what is called a success did start', `${command} on ${machine}: ${state}`)
    }
    if ((state === 'failed' || state === 'unreachable') && life !== undefined) {
      throw new LawBroken('what started is not called unstarted', `${command} on ${machine}: ${state}`)
    }
    if (life?.isUnseen === true && SAYS_HOW_IT_ENDED.has(state)) {
      throw new LawBroken('an end that nobody saw is unknown', `${command} on ${machine}: ${state}`)
    }
    if (state === 'exited' && life?.code !== code) {
      throw new LawBroken('an exit code is the true one', `${command} on ${machine}: ${code}, was ${life?.code}`)
    }
  }

  /** The store was put back as it was: what was told since is forgotten, but what ran did run. */
  restored(): void {
    this.#told.clear()
  }
}

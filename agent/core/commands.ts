import { type CommandProgress, UNSTARTED } from '../../shared/model/command.ts'
import type { CommandId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'

/** More commands than these are not taken until older results were acknowledged. */
export const COMMANDS_MAX = 4096

/** What is known of a command: begun and not known to be over, over, or over and heard of by the coordinator. */
export type CommandEntry =
  | { readonly kind: 'intended' }
  | { readonly kind: 'over'; readonly progress: CommandProgress }
  | { readonly kind: 'acknowledged' }

export type CommandFacts<Live> = {
  readonly known: CommandEntry | null
  /** This agent runs it now. */
  readonly live: Live | null
  /** Commands that run now, and how many may. */
  readonly running: number
  readonly runningMax: number
  /** What is wrong with the order itself. */
  readonly flaw: string | null
}

/** What an order of a command comes to. */
export type CommandStep<Live> =
  /** Its intent is made durable first, and only then it is started. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'join'; readonly live: Live }
  | { readonly kind: 'answer'; readonly progress: CommandProgress }
  /** Answered once that is durable. */
  | { readonly kind: 'conclude'; readonly progress: CommandProgress }
  | { readonly kind: 'refuse'; readonly why: 'invalid_command' | 'too_many_running'; readonly sentence: string }

const INTERRUPTED = 'the agent stopped between the start of the command and its result; it is not run again'

function unknown(reason: string): CommandProgress {
  return { ...UNSTARTED, state: 'unknown', reason }
}

/** Whatever was begun before, by this agent or an earlier one, is never begun again. */
export function commandStep<Live>(facts: CommandFacts<Live>): CommandStep<Live> {
  const { known, live, running, runningMax, flaw } = facts
  if (live !== null) return { kind: 'join', live }
  if (known?.kind === 'over') return { kind: 'answer', progress: known.progress }
  if (known?.kind === 'acknowledged') {
    return { kind: 'answer', progress: unknown('it was run before, and its result acknowledged') }
  }
  if (known?.kind === 'intended') return { kind: 'conclude', progress: unknown(INTERRUPTED) }
  if (flaw !== null) return { kind: 'refuse', why: 'invalid_command', sentence: flaw }
  if (running < runningMax) return { kind: 'begin' }
  const sentence = `${runningMax} commands run on this machine already`
  return { kind: 'refuse', why: 'too_many_running', sentence }
}

/** Its intent is durable: null where it is started now, or else its end. */
export function afterIntent(isCancelled: boolean, now: Instant): CommandProgress | null {
  if (!isCancelled) return null
  return { ...UNSTARTED, state: 'cancelled', reason: 'cancelled before it began', endedAt: now }
}

/** It could not be started. */
export function failedProgress(reason: string, now: Instant): CommandProgress {
  return { ...UNSTARTED, state: 'failed', reason, endedAt: now }
}

/**
 * The journal of commands as it is in memory: at once what is about to be written, so that the same order again
 * finds it.
 */
export class CommandLedger {
  readonly #entries: Map<CommandId, CommandEntry>
  readonly #most: number

  /**
   * `entries` are those of the disk, oldest first. What an earlier agent began and did not finish, nobody will ever
   * finish: it is over, and is told as unknown.
   */
  constructor(entries: Iterable<readonly [CommandId, CommandEntry]>, most = COMMANDS_MAX) {
    this.#entries = new Map(entries)
    this.#most = most
    for (const [id, { kind }] of this.#entries) {
      if (kind === 'intended') this.#entries.set(id, { kind: 'over', progress: unknown(INTERRUPTED) })
    }
  }

  get size(): number {
    return this.#entries.size
  }

  entries(): ReadonlyMap<CommandId, CommandEntry> {
    return this.#entries
  }

  get(id: CommandId): CommandEntry | null {
    return this.#entries.get(id) ?? null
  }

  /** Running, or over and not acknowledged; oldest first. */
  unacknowledged(): readonly CommandId[] {
    return [...this.#entries].filter(([, entry]) => entry.kind !== 'acknowledged').map(([id]) => id)
  }

  /** The entry to write; null where there is no room. */
  intend(id: CommandId): CommandEntry | null {
    if (this.#entries.size >= this.#most && !this.#dropAcknowledged()) return null
    return this.#set(id, { kind: 'intended' })
  }

  /** Its intent could not be written: it was not begun. */
  takeBack(id: CommandId): void {
    this.#entries.delete(id)
  }

  conclude(id: CommandId, progress: CommandProgress): CommandEntry {
    return this.#set(id, { kind: 'over', progress })
  }

  /** The coordinator has the result. The id itself is remembered as long as there is room; null: nothing to write. */
  acknowledge(id: CommandId): CommandEntry | null {
    return this.#entries.get(id)?.kind === 'over' ? this.#set(id, { kind: 'acknowledged' }) : null
  }

  #set(id: CommandId, entry: CommandEntry): CommandEntry {
    this.#entries.set(id, entry)
    return entry
  }

  #dropAcknowledged(): boolean {
    for (const [id, entry] of this.#entries) {
      if (entry.kind !== 'acknowledged') continue
      this.#entries.delete(id)
      return true
    }
    return false
  }
}

import {
  type CommandEntry,
  CommandLedger,
  type CommandStep,
  afterIntent,
  commandStep,
  failedProgress,
} from '../../agent/core/commands.ts'
import { type CommandProgress, type CommandSpec, UNSTARTED } from '../../shared/model/command.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import { assertNever } from '../../shared/model/result.ts'
import type { World } from './world.ts'

/** What commands need of their machine. */
export type CommandHost = {
  readonly id: MachineId
  /** Later, and only if this agent lives then. */
  readonly soon: (least: number, most: number, act: () => void) => void
  /** When the agent's loop turns: at once, unless it hangs. */
  readonly turn: (act: () => void) => void
  readonly onChange: (open: readonly CommandId[]) => void
}

type Live = {
  isCancelled: boolean
  /** Ends the program, while it runs. */
  kill: ((state: 'timed_out' | 'cancelled') => void) | null
}

type Writing = { readonly id: CommandId; readonly entry: CommandEntry; readonly settle: (isWritten: boolean) => void }

const RUNNING_MAX = 2
const KILLED = 137

/** Commands on one machine: the production decisions, with a journal and programs that are made up. */
export class SimulatedCommands {
  readonly #world: World
  readonly #host: CommandHost
  /** What a start of the agent would read. */
  #disk = new Map<CommandId, CommandEntry>()
  #writing: Writing[] = []
  #written = 0
  #ledger: CommandLedger | null = null
  #live = new Map<CommandId, Live>()
  /** What was not begun in this session, and said so: no stream brings an order twice and another answer between. */
  #refused = new Set<CommandId>()
  /** Hears that one is about to be begun. */
  onBegin: () => void = () => {}
  /** Hears how a command stands while the agent runs. */
  onReport: (id: CommandId, progress: CommandProgress) => void = () => {}

  constructor(world: World, host: CommandHost) {
    this.#world = world
    this.#host = host
  }

  /** Running, or over and not acknowledged. */
  get open(): readonly CommandId[] {
    return this.#ledger?.unacknowledged() ?? []
  }

  /** As in production, the journal is written anew when it is opened, whole or not at all. */
  start(): void {
    this.#ledger = new CommandLedger(this.#disk)
    this.#disk = new Map(this.#ledger.entries())
  }

  /** The agent dies; programs run on. Of what it was writing, a first part came to the disk. */
  crash(): void {
    const reached = this.#world.random.below(this.#writing.length + 1)
    for (const { id, entry } of this.#writing.slice(0, reached)) this.#disk.set(id, entry)
    this.#writing = []
    this.#ledger = null
    this.#live = new Map()
    this.#world.observer.commands.agentDied(this.#host.id)
  }

  /** In a new session every result is told again. */
  attach(): void {
    this.#refused = new Set()
    for (const id of this.open) {
      const known = this.#ledger?.get(id)
      if (known?.kind === 'over') this.onReport(id, known.progress)
    }
  }

  order(id: CommandId, spec: CommandSpec): void {
    const ledger = this.#ledger
    if (ledger === null || this.#refused.has(id)) return
    const known = ledger.get(id)
    const live = this.#live.get(id) ?? null
    const step = commandStep({ known, live, running: this.#live.size, runningMax: RUNNING_MAX, flaw: null })
    if (step.kind === 'join') return
    if (known === null || known.kind === 'acknowledged') {
      this.onReport(id, { ...UNSTARTED, state: 'running', reason: '', startedAt: this.#world.wallClock() })
    }
    this.#take(ledger, id, spec, step)
    this.#changed()
  }

  #take(ledger: CommandLedger, id: CommandId, spec: CommandSpec, step: CommandStep<Live>): void {
    switch (step.kind) {
      case 'answer':
        return this.onReport(id, step.progress)
      case 'conclude':
        return this.#conclude(ledger, id, step.progress)
      case 'refuse':
        return this.#failed(id, step.sentence)
      case 'begin':
        return this.#begin(ledger, id, spec)
      case 'join':
        return
      default:
        return assertNever(step)
    }
  }

  cancel(id: CommandId): void {
    const live = this.#live.get(id)
    if (live === undefined) return
    live.isCancelled = true
    this.#host.soon(0, 50, () => live.kill?.('cancelled'))
  }

  acknowledge(id: CommandId): void {
    const entry = this.#ledger?.acknowledge(id) ?? null
    if (entry !== null) this.#write(id, entry, () => this.#changed())
  }

  #begin(ledger: CommandLedger, id: CommandId, spec: CommandSpec): void {
    const entry = ledger.intend(id)
    if (entry === null) return this.#failed(id, 'the journal is full')
    const live: Live = { isCancelled: false, kill: null }
    this.#live.set(id, live)
    this.onBegin()
    this.#write(id, entry, (isWritten) => {
      if (!isWritten) {
        ledger.takeBack(id)
        this.#live.delete(id)
        this.#failed(id, 'no space left')
        return this.#changed()
      }
      const now = this.#world.wallClock()
      const ended = afterIntent(live.isCancelled, now) ?? (this.#world.fault(0.05) ? failedProgress('none', now) : null)
      if (ended !== null) return this.#conclude(ledger, id, ended)
      this.#run(ledger, id, spec, live)
    })
  }

  /** The program outlives the agent; but only the agent that began it sees its end. */
  #run(ledger: CommandLedger, id: CommandId, { timeout }: CommandSpec, live: Live): void {
    const world = this.#world
    const startedAt = world.wallClock()
    world.note(`command ${id} starts on ${this.#host.id}`)
    world.observer.commands.started(this.#host.id, id)
    let isOver = false
    const end = (state: 'exited' | 'timed_out' | 'cancelled', code: number): void => {
      if (isOver) return
      isOver = true
      world.observer.commands.ended(this.#host.id, id, code)
      if (this.#live.get(id) !== live) return
      const progress = { ...UNSTARTED, state, reason: '', exitCode: code, startedAt, endedAt: world.wallClock() }
      this.#host.turn(() => this.#conclude(ledger, id, progress))
    }
    live.kill = (state) => end(state, KILLED)
    const code = world.chance(0.2) ? 1 : 0
    const most = world.chance(0.3) ? 40_000 : 3000
    world.after(0, most, () => end('exited', code))
    if (most > timeout) this.#host.soon(timeout, timeout, () => end('timed_out', KILLED))
  }

  #conclude(ledger: CommandLedger, id: CommandId, progress: CommandProgress): void {
    // A result that could not be written is true all the same.
    this.#write(id, ledger.conclude(id, progress), () => this.#over(id, progress))
  }

  #over(id: CommandId, progress: CommandProgress): void {
    this.#live.delete(id)
    this.onReport(id, progress)
    this.#changed()
  }

  #failed(id: CommandId, reason: string): void {
    this.#refused.add(id)
    this.onReport(id, failedProgress(reason, this.#world.wallClock()))
  }

  #changed(): void {
    this.#host.onChange(this.open)
  }

  /** One after the other, each with its sync. */
  #write(id: CommandId, entry: CommandEntry, settle: (isWritten: boolean) => void): void {
    const writing = { id, entry, settle }
    this.#writing.push(writing)
    const now = this.#world.now
    this.#written = Math.max(this.#written, now) + this.#world.between(0, 30)
    this.#host.soon(this.#written - now, this.#written - now, () => {
      this.#writing.shift()
      const isWritten = !this.#world.fault(entry.kind === 'intended' ? 0.15 : 0.02)
      if (isWritten) this.#disk.set(id, entry)
      this.#host.turn(() => settle(isWritten))
    })
  }
}

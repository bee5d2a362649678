import type { ChildProcess } from 'node:child_process'
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandProgress, CommandSpec } from '../../shared/model/command.ts'
import type { CommandId } from '../../shared/model/ids.ts'
import { type Result, assertNever, ok, refuse } from '../../shared/model/result.ts'
import type { Clock } from '../../shared/model/time.ts'
import { afterIntent, commandStep, failedProgress } from '../core/commands.ts'
import type { CommandJournal, JournalFailure } from './journal.ts'
import { type OutputSink, type OutputTally, newTally, pumpOutput } from './output.ts'
import { killSession, startProcess } from './process.ts'

export type CommandFailure = {
  readonly kind: 'invalid_command' | 'too_many_running' | JournalFailure['kind']
  readonly sentence: string
}

export const COMMAND_BOUNDS = { outputBytes: 1024 * 1024, outputBytesDefault: 64 * 1024, timeoutMs: 3_600_000 } as const

export type CommandRunnerOptions = {
  readonly journal: CommandJournal
  readonly clock: Clock
  /** A cgroup v2 directory to make one cgroup per command in; null: the session has to do. */
  readonly cgroupRoot: string | null
  /** Default 8. */
  readonly concurrencyMax?: number
}

export interface CommandRunner {
  /**
   * Runs a command at most once, whatever happens: the same id again joins the run or gets its recorded result.
   * What an earlier agent began and did not finish is answered as unknown.
   */
  run(id: CommandId, spec: CommandSpec, sink: OutputSink): Promise<Result<CommandProgress, CommandFailure>>
  /** Kills it; its result says cancelled. Nothing happens when it does not run. */
  cancel(id: CommandId): void
  /** The result, once it is over. */
  result(id: CommandId): CommandProgress | null
  /** Running, or over and not acknowledged. */
  open(): readonly CommandId[]
  acknowledge(id: CommandId): Promise<Result<undefined, CommandFailure>>
}

/** After the program's end, how long a pipe that something else still holds is read on. */
const DRAIN_MS = 500
/** At most this often is a slow sink waited for once more. */
const SLOW_ROUNDS = 120
const KILL_ROUNDS = 50

type Live = { readonly ended: Promise<Result<CommandProgress, CommandFailure>>; readonly cancel: AbortController }
type Ending = 'exited' | 'timed_out' | 'cancelled'

function checkCommand(spec: CommandSpec): string | null {
  if (spec.argv[0] === undefined || spec.argv[0] === '') return 'argv: expected a program and its arguments, got none'
  if (spec.shell && spec.argv.length !== 1) return `argv: expected one line for the shell, got ${spec.argv.length}`
  if (spec.argv.some((argument) => argument.includes('\0'))) return 'argv: must not hold a NUL character'
  for (const [name, value] of Object.entries(spec.env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.includes('\0'))
      return `env: ${JSON.stringify(name)} is not valid`
  }
  if (spec.cwd !== '' && !spec.cwd.startsWith('/')) return 'cwd: expected an absolute path'
  const { outputBytes, timeoutMs } = COMMAND_BOUNDS
  if (!(spec.outputBytesMax >= 0 && spec.outputBytesMax <= outputBytes)) return `outputBytesMax: at most ${outputBytes}`
  if (!(spec.timeout > 0 && spec.timeout <= timeoutMs)) return `timeout: expected 1 to ${timeoutMs} ms`
  return null
}

type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

function describe(
  ending: Ending,
  exit: Exit,
  spec: CommandSpec,
): Pick<CommandProgress, 'state' | 'reason' | 'exitCode'> {
  const exitCode = exit.signal === null ? exit.code : 128 + (constants.signals[exit.signal] ?? 0)
  if (ending === 'timed_out')
    return { state: ending, reason: `killed after its ${spec.timeout} ms were over`, exitCode }
  if (ending === 'cancelled') return { state: ending, reason: 'killed, as was asked for', exitCode }
  return { state: ending, reason: exit.signal === null ? '' : `ended by ${exit.signal}`, exitCode }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

class LocalRunner implements CommandRunner {
  readonly #options: CommandRunnerOptions
  readonly #live = new Map<CommandId, Live>()

  constructor(options: CommandRunnerOptions) {
    this.#options = options
  }

  async run(id: CommandId, spec: CommandSpec, sink: OutputSink): Promise<Result<CommandProgress, CommandFailure>> {
    const { journal, concurrencyMax: runningMax = 8 } = this.#options
    const live = this.#live.get(id) ?? null
    const running = this.#live.size
    const step = commandStep({ known: journal.get(id), live, running, runningMax, flaw: checkCommand(spec) })
    switch (step.kind) {
      case 'join':
        return step.live.ended
      case 'answer':
        return ok(step.progress)
      case 'conclude':
        return this.#conclude(id, step.progress)
      case 'refuse':
        return refuse({ kind: step.why, sentence: step.sentence })
      case 'begin':
        return this.#begin(id, spec, sink)
      default:
        return assertNever(step)
    }
  }

  async #begin(id: CommandId, spec: CommandSpec, sink: OutputSink): Promise<Result<CommandProgress, CommandFailure>> {
    const cancel = new AbortController()
    const ended = this.#runOnce(id, spec, sink, cancel.signal)
    this.#live.set(id, { ended, cancel })
    try {
      return await ended
    } finally {
      this.#live.delete(id)
    }
  }

  async #conclude(id: CommandId, progress: CommandProgress): Promise<Result<CommandProgress, CommandFailure>> {
    const written = await this.#options.journal.conclude(id, progress)
    // A result that could not be written is true all the same; after a crash it would be told as unknown.
    if (!written.ok) return ok({ ...progress, reason: `${progress.reason} (${written.error.sentence})`.trim() })
    return ok(progress)
  }

  async #runOnce(
    id: CommandId,
    spec: CommandSpec,
    sink: OutputSink,
    cancelled: AbortSignal,
  ): Promise<Result<CommandProgress, CommandFailure>> {
    const { journal, clock } = this.#options
    const intended = await journal.intend(id)
    if (!intended.ok) return intended
    const ended = afterIntent(cancelled.aborted, clock.now())
    if (ended !== null) return this.#conclude(id, ended)
    const started = await startProcess(spec)
    if (!started.ok) return this.#conclude(id, failedProgress(started.error, clock.now()))
    return this.#conclude(id, await this.#attend(id, started.value, spec, sink, cancelled))
  }

  async #attend(
    id: CommandId,
    child: ChildProcess,
    spec: CommandSpec,
    sink: OutputSink,
    cancelled: AbortSignal,
  ): Promise<CommandProgress> {
    const { clock } = this.#options
    const startedAt = clock.now()
    const session = child.pid ?? 0
    const exited = exitOf(child)
    const cgroup = this.#joinCgroup(id, session)
    // A program that does not read its input, or ends before it has, is no error.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(spec.stdin)
    const stdout = newTally()
    const stderr = newTally()
    const pumps = Promise.all([
      child.stdout === null ? null : pumpOutput(child.stdout, 'stdout', spec.outputBytesMax, sink, stdout),
      child.stderr === null ? null : pumpOutput(child.stderr, 'stderr', spec.outputBytesMax, sink, stderr),
    ])
    const ending = await this.#untilOver(exited, spec, cancelled)
    if (ending !== 'exited') await this.#killAll(session, cgroup)
    const exit = await exited
    await this.#drain(child, pumps, [stdout, stderr])
    this.#leaveCgroup(cgroup)
    return {
      ...describe(ending, exit, spec),
      stdoutDroppedBytes: stdout.droppedBytes,
      stderrDroppedBytes: stderr.droppedBytes,
      startedAt,
      endedAt: clock.now(),
    }
  }

  async #untilOver(exited: Promise<Exit>, spec: CommandSpec, cancelled: AbortSignal): Promise<Ending> {
    const settled = new AbortController()
    const timeout = sleep<Ending>(spec.timeout, 'timed_out', { signal: settled.signal }).catch((): Ending => 'exited')
    const cancel = new Promise<Ending>((resolve) => {
      if (cancelled.aborted) resolve('cancelled')
      cancelled.addEventListener('abort', () => resolve('cancelled'), { signal: settled.signal })
    })
    const ending = await Promise.race([exited.then((): Ending => 'exited'), timeout, cancel])
    settled.abort()
    return ending
  }

  async #killAll(session: number, cgroup: string | null): Promise<void> {
    for (let round = 0; round < KILL_ROUNDS; round += 1) {
      if (killSession(session, cgroup) === 0) return
      await sleep(10)
    }
  }

  /**
   * Pipes normally end with the program; one that a child of it holds open must not hold the result back, but
   * what waits only for a slow sink is not lost for that.
   */
  async #drain(child: ChildProcess, pumps: Promise<unknown>, tallies: readonly OutputTally[]): Promise<void> {
    const ended = pumps.then(() => true)
    const bytes = (): number => tallies.reduce((sum, tally) => sum + tally.keptBytes + tally.droppedBytes, 0)
    for (let slow = 0, before = -1; slow < SLOW_ROUNDS; slow += 1) {
      if (before === bytes() && !tallies.some((tally) => tally.waiting)) break
      before = bytes()
      const settled = new AbortController()
      const late = sleep(DRAIN_MS, false, { signal: settled.signal }).catch(() => false)
      const over = await Promise.race([ended, late])
      settled.abort()
      if (over) break
    }
    child.stdout?.destroy()
    child.stderr?.destroy()
  }

  #joinCgroup(id: CommandId, pid: number): string | null {
    const { cgroupRoot } = this.#options
    if (cgroupRoot === null) return null
    const path = `${cgroupRoot}/${id}`
    try {
      mkdirSync(path, { recursive: true })
      writeFileSync(`${path}/cgroup.procs`, String(pid))
    } catch {
      // It ended already, or the cgroup cannot be had: the session has to do.
    }
    return path
  }

  #leaveCgroup(cgroup: string | null): void {
    if (cgroup === null) return
    try {
      rmdirSync(cgroup)
    } catch {
      // What the command left running on purpose stays in it.
    }
  }

  cancel(id: CommandId): void {
    this.#live.get(id)?.cancel.abort()
  }

  result(id: CommandId): CommandProgress | null {
    const known = this.#options.journal.get(id)
    return known?.kind === 'over' ? known.progress : null
  }

  open(): readonly CommandId[] {
    return this.#options.journal.unacknowledged()
  }

  acknowledge(id: CommandId): Promise<Result<undefined, CommandFailure>> {
    return this.#options.journal.acknowledge(id)
  }
}

export function createCommandRunner(options: CommandRunnerOptions): CommandRunner {
  return new LocalRunner(options)
}

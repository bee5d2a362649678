import { join } from 'node:path'
import type { Logger } from '../../shared/log.ts'
import type { CommandProgress, CommandSpec } from '../../shared/model/command.ts'
import type { CommandId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock } from '../../shared/model/time.ts'
import { type CommandJournal, openCommandJournal } from '../commands/journal.ts'
import { type CommandRunner, createCommandRunner } from '../commands/runner.ts'
import type { AgentOptions } from '../options.ts'
import type { CommandOutput, Commands, Failure } from '../ports.ts'
import type { Host } from './host.ts'

/** Commands on this machine. Without a readable journal none is run, since it could be one that ran before. */
export class LocalCommands implements Commands {
  readonly #runner: CommandRunner | null
  readonly #journal: CommandJournal | null
  readonly #why: string

  private constructor(runner: CommandRunner | null, journal: CommandJournal | null, why: string) {
    this.#runner = runner
    this.#journal = journal
    this.#why = why
  }

  static async open(options: AgentOptions, host: Host, clock: Clock, log: Logger): Promise<LocalCommands> {
    const journal = await openCommandJournal(join(options.stateDir, 'commands.journal'))
    if (!journal.ok) {
      log.error({ reason: journal.error.sentence }, 'commands will be refused')
      return new LocalCommands(null, null, journal.error.sentence)
    }
    const runner = createCommandRunner({ journal: journal.value, clock, cgroupRoot: host.facts.cgroupRoot })
    return new LocalCommands(runner, journal.value, '')
  }

  async run(
    id: CommandId,
    spec: CommandSpec,
    sink: (chunk: CommandOutput) => Promise<void>,
  ): Promise<Result<CommandProgress, Failure>> {
    return this.#runner === null ? refuse({ sentence: this.#why }) : this.#runner.run(id, spec, sink)
  }

  cancel(id: CommandId): void {
    this.#runner?.cancel(id)
  }

  result(id: CommandId): CommandProgress | null {
    return this.#runner?.result(id) ?? null
  }

  open(): readonly CommandId[] {
    return this.#runner?.open() ?? []
  }

  async acknowledge(id: CommandId): Promise<Result<undefined, Failure>> {
    return this.#runner === null ? ok() : this.#runner.acknowledge(id)
  }

  async close(): Promise<void> {
    await this.#journal?.close()
  }
}

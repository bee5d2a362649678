import type { Logger } from '../../shared/log.ts'
import type { CommandProgress, CommandSpec } from '../../shared/model/command.ts'
import type { CommandId } from '../../shared/model/ids.ts'
import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import { encodeProgress } from '../../shared/wire/command.ts'
import { outputStreams } from '../../shared/wire/enums.ts'
import type { CommandOutput, Commands } from '../ports.ts'
import type { Outbox } from './outbox.ts'

const CHUNK_BYTES = 32 * 1024

export type CommandOrdersOptions = {
  readonly commands: Commands
  readonly clock: Clock
  readonly log: Logger
  /** How long output waits for a session before the rest of it is dropped. */
  readonly patience: Milliseconds
  /** Hears which commands run or have a result that was not acknowledged. */
  readonly onChange: (open: readonly CommandId[]) => void
}

const BEGUN: Omit<CommandProgress, 'state' | 'startedAt'> = {
  reason: '',
  exitCode: null,
  stdoutDroppedBytes: 0,
  stderrDroppedBytes: 0,
  endedAt: null,
}

/** Commands go on while there is no session, and every result is told again in each session until it is durable. */
export class CommandOrders {
  readonly #options: CommandOrdersOptions
  readonly #running = new Set<CommandId>()
  #outbox: Outbox | null = null
  #attached: (() => void)[] = []

  constructor(options: CommandOrdersOptions) {
    this.#options = options
  }

  attach(outbox: Outbox): void {
    this.#outbox = outbox
    for (const id of this.#options.commands.open()) {
      const result = this.#options.commands.result(id)
      if (result !== null) this.#report(id, result)
    }
    for (const wake of this.#attached.splice(0)) wake()
  }

  detach(): void {
    this.#outbox = null
  }

  /** An order that comes again, as after a reconnect, joins the run or is answered with the result. */
  order(id: CommandId, spec: CommandSpec): void {
    if (this.#running.has(id)) return
    this.#running.add(id)
    void this.#run(id, spec)
  }

  cancel(id: CommandId): void {
    this.#options.commands.cancel(id)
  }

  async acknowledge(id: CommandId): Promise<void> {
    const done = await this.#options.commands.acknowledge(id)
    if (!done.ok)
      this.#options.log.warn({ command_id: id, reason: done.error.sentence }, 'a result cannot be forgotten')
    this.#changed()
  }

  async #run(id: CommandId, spec: CommandSpec): Promise<void> {
    const { commands, clock, log } = this.#options
    try {
      const known = commands.open().includes(id)
      const startedAt = clock.now()
      const running = commands.run(id, spec, (chunk) => this.#output(id, chunk))
      if (!known) this.#report(id, { ...BEGUN, state: 'running', startedAt })
      this.#changed()
      const done = await running
      const endedAt = clock.now()
      const refused = { ...BEGUN, state: 'failed', startedAt: null, endedAt } as const
      this.#report(id, done.ok ? done.value : { ...refused, reason: done.error.sentence })
    } catch (error) {
      log.error({ error, command_id: id }, 'a command failed with a bug')
      const reason = 'the agent failed on this command; its log says more'
      this.#report(id, { ...BEGUN, state: 'unknown', reason, startedAt: null, endedAt: clock.now() })
    } finally {
      this.#running.delete(id)
      this.#changed()
    }
  }

  #changed(): void {
    this.#options.onChange(this.#options.commands.open())
  }

  #report(id: CommandId, progress: CommandProgress): void {
    const name = `commands/${id}`
    this.#outbox?.command(name, { command: { command: name, run: encodeProgress(progress) } })
  }

  async #output(id: CommandId, { stream, offset, data }: CommandOutput): Promise<void> {
    for (let at = 0; at < data.length; at += CHUNK_BYTES) {
      const piece = Buffer.from(data.subarray(at, at + CHUNK_BYTES))
      const chunk = { command: `commands/${id}`, stream: outputStreams[stream], data: piece, offset: offset + at }
      let sent = false
      while (!sent) {
        sent = (await this.#outbox?.output({ command_chunk: chunk })) ?? false
        if (!sent) await this.#untilAttached()
      }
    }
  }

  /** Throws when there is no session for too long: then the rest of the output is counted as dropped. */
  async #untilAttached(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no session to send output to')), this.#options.patience)
      this.#attached.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

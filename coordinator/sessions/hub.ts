import { commandIsOver } from '../../shared/model/command.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import type { MachineReport } from '../../shared/model/run.ts'
import { type Milliseconds, seconds } from '../../shared/model/time.ts'
import { assertNever } from '../../shared/model/result.ts'
import { duration } from '../../shared/wire/check.ts'
import { encodeCommandSpec } from '../../shared/wire/command.ts'
import type { SessionResponse } from '../../shared/wire/gen/types/billet/v1/SessionResponse.ts'
import type { Effect } from '../core/inputs.ts'
import type { CommandRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import type { AgentSession } from './session.ts'

/** How often machines sample: by default, and while somebody watches. */
export type Sampling = { readonly interval: Milliseconds; readonly watched: Milliseconds }

type Entry = { readonly session: AgentSession; readonly end: (error: BilletError) => void }

/** Every machine that is connected now, and the orders that go to it. */
export class SessionHub {
  readonly #fleet: Fleet
  readonly #sampling: Sampling
  readonly #entries = new Map<MachineId, Entry>()
  readonly #watched = new Set<MachineId>()

  constructor(fleet: Fleet, sampling: Sampling) {
    this.#fleet = fleet
    this.#sampling = sampling
    fleet.onEffects((effects) => {
      for (const effect of effects) this.#act(effect)
    })
  }

  get size(): number {
    return this.#entries.size
  }

  session(machine: MachineId): AgentSession | undefined {
    return this.#entries.get(machine)?.session
  }

  isCurrent(session: AgentSession): boolean {
    return this.#entries.get(session.machine)?.session === session
  }

  /** A session that is newer ends the older one of the same machine. */
  join(session: AgentSession, end: (error: BilletError) => void): void {
    const older = this.#entries.get(session.machine)
    this.#entries.set(session.machine, { session, end })
    older?.end(billetError('session_superseded', `Machine ${session.machine} has opened a newer session.`))
  }

  leave(session: AgentSession): void {
    if (this.isCurrent(session)) this.#entries.delete(session.machine)
  }

  endAll(error: BilletError): void {
    for (const { end } of this.#entries.values()) end(error)
  }

  samplingPlan(machine: MachineId): NonNullable<SessionResponse['sampling']> {
    const { watched, interval } = this.#sampling
    return { interval: duration(this.#watched.has(machine) ? watched : interval) }
  }

  /** Somebody watches this machine now, or nobody does any more. */
  demand(machine: MachineId, watched: boolean): void {
    if (watched) this.#watched.add(machine)
    else this.#watched.delete(machine)
    this.session(machine)?.send({ sampling: this.samplingPlan(machine) })
  }

  /**
   * After a session began: commands that the machine may not know. One that never reached it is sent (again); one
   * that it had and knows no more may or may not have run, and is never run again.
   */
  resumeCommands(session: AgentSession, report: MachineReport): void {
    const known = new Set<CommandId>(report.commands)
    const active = this.#fleet.read((view) => [...view.activeCommands()])
    for (const command of active) {
      const run = command.runs.find(({ machine }) => machine === session.machine)
      if (run === undefined || commandIsOver(run.state) || known.has(command.id)) continue
      if (run.state === 'pending') session.send(orderOf(command))
      else void this.#reportUnknown(session.machine, command)
    }
    const activeIds = new Set(active.map(({ id }) => id))
    for (const id of known) if (!activeIds.has(id)) session.acknowledgeCommand(id)
  }

  async #reportUnknown(machine: MachineId, command: CommandRecord): Promise<void> {
    const progress = {
      state: 'unknown',
      reason: 'the agent lost its record of this command; it may or may not have run to its end',
      exitCode: null,
      stdoutDroppedBytes: 0,
      stderrDroppedBytes: 0,
      startedAt: null,
      endedAt: null,
    } as const
    await this.#fleet.submit({ kind: 'command_reported', machine, command: command.id, progress })
  }

  #act(effect: Effect): void {
    switch (effect.kind) {
      case 'desired_changed': {
        const desired = this.#fleet.desired(effect.machine)
        if (desired !== undefined) this.session(effect.machine)?.desire(desired)
        return
      }
      case 'order_command': {
        const command = this.#fleet.read((view) => view.table('commands').get(effect.command)?.record)
        if (command !== undefined) this.session(effect.machine)?.send(orderOf(command))
        return
      }
      case 'cancel_command':
        this.session(effect.machine)?.cancelCommand(effect.command)
        return
      case 'acknowledge_command':
        this.session(effect.machine)?.acknowledgeCommand(effect.command)
        return
      case 'end_session':
        this.#entries.get(effect.machine)?.end(effect.error)
        return
      case 'placement_over':
        return
      default:
        assertNever(effect)
    }
  }
}

function orderOf(command: CommandRecord): SessionResponse {
  return { command: { command: `commands/${command.id}`, spec: encodeCommandSpec(command.spec) } }
}

export const defaultSampling: Sampling = { interval: seconds(10), watched: seconds(1) }

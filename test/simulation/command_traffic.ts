import type { Effect } from '../../coordinator/core/inputs.ts'
import type { CommandRecord } from '../../coordinator/core/records.ts'
import { resumptions } from '../../coordinator/sessions/plan.ts'
import { type CommandProgress, UNSTARTED } from '../../shared/model/command.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import type { MachineReport } from '../../shared/model/run.ts'
import type { SimulatedCoordinator } from './coordinator.ts'
import type { Session } from './session.ts'

/** What orders and results need of the network. */
export type Line = {
  /** The session that the coordinator takes for the machine's. */
  readonly current: (machine: MachineId) => Session | undefined
  readonly deliver: (session: Session, to: 'agent' | 'coordinator', act: () => void) => void
  readonly close: (session: Session) => void
}

/** Orders of commands on their way to the machines, and what becomes of them on their way back. */
export class CommandTraffic {
  readonly #coordinator: SimulatedCoordinator
  readonly #line: Line
  /** As in production, only the process knows what is to be cancelled. */
  #cancelled = new Set<CommandId>()

  constructor(coordinator: SimulatedCoordinator, line: Line) {
    this.#coordinator = coordinator
    this.#line = line
  }

  /** The coordinator died. */
  forget(): void {
    this.#cancelled = new Set()
  }

  act(effect: Effect): void {
    if (effect.kind === 'order_command') {
      const command = this.#coordinator.state.table('commands').get(effect.command)?.record
      const session = this.#line.current(effect.machine)
      if (command !== undefined && session !== undefined) this.#order(session, command)
    } else if (effect.kind === 'cancel_command') {
      this.#cancelled.add(effect.command)
      this.#cancel(this.#line.current(effect.machine), effect.command)
    } else if (effect.kind === 'acknowledge_command') {
      this.#acknowledge(this.#line.current(effect.machine), effect.command)
    }
  }

  /** After the welcome, which goes first. */
  resume(session: Session, report: MachineReport): void {
    const machine = session.machine.id
    for (const send of session.waiting.splice(0)) this.#line.deliver(session, 'agent', send)
    const facts = {
      machine,
      active: new Map([...this.#coordinator.state.activeCommands()].map((one) => [one.id, one])),
      known: new Set(report.commands),
      isCancelled: (command: CommandId) => this.#cancelled.has(command),
      isOrdered: (command: CommandId) => session.ordered.has(command),
    }
    for (const one of resumptions(facts)) {
      if (one.kind === 'order') this.#order(session, one.command)
      else if (one.kind === 'cancel') this.#cancel(session, one.command)
      else if (one.kind === 'acknowledge') this.#acknowledge(session, one.command)
      else {
        const progress = { ...UNSTARTED, state: one.state, reason: one.why }
        this.#coordinator.submit({ kind: 'command_reported', machine, command: one.command, progress }, () => {})
      }
    }
  }

  /** The agent says how a command stands. */
  report(session: Session, command: CommandId, progress: CommandProgress): void {
    const machine = session.machine.id
    this.#line.deliver(session, 'coordinator', () => {
      if (!this.#coordinator.isUp || this.#line.current(machine) !== session) return
      this.#coordinator.submit({ kind: 'command_reported', machine, command, progress }, (answer) => {
        if (!answer.ok) this.#line.close(session)
      })
    })
  }

  #order(session: Session, { id, spec }: CommandRecord): void {
    if (session.ordered.has(id)) return
    session.ordered.add(id)
    this.#send(session, () => session.machine.commands.order(id, spec))
  }

  #cancel(session: Session | undefined, id: CommandId): void {
    if (session !== undefined) this.#send(session, () => session.machine.commands.cancel(id))
  }

  #acknowledge(session: Session | undefined, id: CommandId): void {
    if (session === undefined) return
    session.ordered.delete(id)
    this.#send(session, () => session.machine.commands.acknowledge(id))
  }

  #send(session: Session, act: () => void): void {
    const take = (): void => session.machine.turn(act)
    if (session.isWelcomed) this.#line.deliver(session, 'agent', take)
    else session.waiting.push(take)
  }
}

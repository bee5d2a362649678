import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandState, UNSTARTED } from '../../shared/model/command.ts'
import { type BilletError, billetError, errorKinds } from '../../shared/model/errors.ts'
import type { HealthRule } from '../../shared/model/health.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import type { MachineReport } from '../../shared/model/run.ts'
import type { Milliseconds } from '../../shared/model/time.ts'
import { assertNever } from '../../shared/model/result.ts'
import { duration } from '../../shared/wire/check.ts'
import { encodeHealthPlan } from '../../shared/wire/health.ts'
import type { SessionResponse } from '../../shared/wire/gen/types/billet/v1/SessionResponse.ts'
import type { Effect } from '../core/inputs.ts'
import type { CommandRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { resumptions } from './plan.ts'
import type { AgentSession } from './session.ts'

/** How often machines sample: by default, and while somebody watches. */
export type Sampling = { readonly interval: Milliseconds; readonly watched: Milliseconds }

/** Between two tries to tell the fleet that a machine has no session any more. */
const RETRY_MS = 1000

type Entry = { readonly session: AgentSession; readonly end: (error: BilletError) => void }

/** Every machine that is connected now, and the orders that go to it. */
export class SessionHub {
  readonly #fleet: Fleet
  readonly #sampling: Sampling
  readonly #entries = new Map<MachineId, Entry>()
  readonly #watched = new Set<MachineId>()
  /** Commands that someone asked to end: a machine that has no session at that moment hears of it in its next. */
  readonly #cancelled = new Set<CommandId>()
  readonly #closing = new AbortController()

  readonly #siteRules: readonly HealthRule[]

  constructor(fleet: Fleet, sampling: Sampling, siteRules: readonly HealthRule[] = []) {
    this.#fleet = fleet
    this.#sampling = sampling
    this.#siteRules = siteRules
    fleet.onEffects((effects) => {
      // What is wanted is looked up now, after all of them: once for each machine is enough.
      const told = new Set<MachineId>()
      for (const effect of effects) {
        if (effect.kind !== 'desired_changed') this.#act(effect)
        else if (!told.has(effect.machine)) {
          told.add(effect.machine)
          this.#act(effect)
        }
      }
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

  /** A session that is newer ends the older one of the same machine; true where there was one. */
  join(session: AgentSession, end: (error: BilletError) => void): boolean {
    const older = this.#entries.get(session.machine)
    this.#entries.set(session.machine, { session, end })
    const { machine } = session
    older?.end(billetError('session_superseded', `Machine ${machine} has opened a newer session.`, { machine }))
    return older !== undefined
  }

  /**
   * A session is over. Where the machine has no newer one the fleet is told, again and again while the store
   * fails: a machine whose leaving nobody heard of would count as connected for ever.
   */
  async leave(session: AgentSession): Promise<void> {
    if (!this.isCurrent(session)) return
    const { machine } = session
    this.#entries.delete(machine)
    const { signal } = this.#closing
    do {
      const told = await this.#fleet.submit({ kind: 'agent_disconnected', machine })
      if (told.ok || !errorKinds[told.error.kind].retryable) return
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
    } while (!signal.aborted && !this.#entries.has(machine))
  }

  /** Ends every session; no more than one try is made to tell the fleet. */
  endAll(error: BilletError): void {
    this.#closing.abort()
    for (const { end } of this.#entries.values()) end(error)
  }

  samplingPlan(machine: MachineId): NonNullable<SessionResponse['sampling']> {
    const { watched, interval } = this.#sampling
    return { interval: duration(this.#watched.has(machine) ? watched : interval), changes: true }
  }

  healthPlan(machine: MachineId): NonNullable<SessionResponse['health']> {
    const record = this.#fleet.read((view) => view.table('machines').get(machine)?.record)
    return encodeHealthPlan({ siteRules: this.#siteRules, gpusExpected: record?.gpusExpected ?? null })
  }

  /** Somebody watches this machine now, or nobody does any more. */
  demand(machine: MachineId, watched: boolean): void {
    if (watched) this.#watched.add(machine)
    else this.#watched.delete(machine)
    this.session(machine)?.send({ sampling: this.samplingPlan(machine) })
  }

  /** After a session began: commands that the machine may not know, or that it has and need not keep. */
  resumeCommands(session: AgentSession, report: MachineReport): void {
    const { machine } = session
    const facts = {
      machine,
      active: this.#active(),
      known: new Set<CommandId>(report.commands),
      isCancelled: (command: CommandId) => this.#cancelled.has(command),
      isOrdered: (command: CommandId) => session.hasOrdered(command),
    }
    for (const one of resumptions(facts)) {
      if (one.kind === 'order') session.orderCommand(one.command)
      else if (one.kind === 'end') void this.#end(machine, one.command, one.state, one.why)
      else if (one.kind === 'cancel') session.cancelCommand(one.command)
      else session.acknowledgeCommand(one.command)
    }
  }

  async #end(machine: MachineId, command: CommandId, state: CommandState, reason: string): Promise<void> {
    // Where this fails, the command's own time limit ends it.
    await this.#fleet.submit({ kind: 'command_reported', machine, command, progress: { ...UNSTARTED, state, reason } })
  }

  #active(): ReadonlyMap<CommandId, CommandRecord> {
    const active = this.#fleet.read((view) => new Map([...view.activeCommands()].map((one) => [one.id, one])))
    for (const id of this.#cancelled) if (!active.has(id)) this.#cancelled.delete(id)
    return active
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
        if (command !== undefined) this.session(effect.machine)?.orderCommand(command)
        return
      }
      case 'cancel_command':
        this.#cancel(effect.machine, effect.command)
        return
      case 'acknowledge_command':
        this.session(effect.machine)?.acknowledgeCommand(effect.command)
        return
      case 'health_plan_changed':
        this.session(effect.machine)?.send({ health: this.healthPlan(effect.machine) })
        return
      case 'end_session':
        this.#entries.get(effect.machine)?.end(effect.error)
        return
      case 'certify':
      case 'placement_over':
        return
      default:
        assertNever(effect)
    }
  }

  #cancel(machine: MachineId, command: CommandId): void {
    if (!this.#cancelled.has(command)) {
      this.#active()
      this.#cancelled.add(command)
    }
    this.session(machine)?.cancelCommand(command)
  }
}

import type { Effect } from '../../coordinator/core/inputs.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import type { DesiredState, MachineReport } from '../../shared/model/run.ts'
import type { Milliseconds } from '../../shared/model/time.ts'
import { CommandTraffic } from './command_traffic.ts'
import type { SimulatedCoordinator } from './coordinator.ts'
import type { SimulatedMachine } from './machine.ts'
import { Session } from './session.ts'
import type { World } from './world.ts'

/** How long an end of a stream may not notice that the other is gone. */
const NOTICED_MS = 45_000

/** Streams between agents and the coordinator, and what becomes of them. */
export class Network {
  readonly #world: World
  readonly #coordinator: SimulatedCoordinator
  readonly #machines = new Map<MachineId, SimulatedMachine>()
  /** The session that the coordinator takes for the machine's. */
  readonly #current = new Map<MachineId, Session>()
  /** The session that the agent takes for its own. */
  readonly #own = new Map<MachineId, Session>()
  readonly #connecting = new Set<MachineId>()
  readonly #unreachable = new Set<MachineId>()
  readonly #commands: CommandTraffic

  constructor(world: World, coordinator: SimulatedCoordinator) {
    this.#world = world
    this.#coordinator = coordinator
    this.#commands = new CommandTraffic(coordinator, {
      current: (machine) => this.#current.get(machine),
      deliver: (session, to, act) => this.#deliver(session, to, act),
      close: (session) => this.#close(session, 0),
    })
    coordinator.onEffects = (effects) => {
      for (const effect of effects) this.#act(effect)
    }
  }

  add(machine: SimulatedMachine): void {
    this.#machines.set(machine.id, machine)
    machine.onReport = (report) => {
      const session = this.#own.get(machine.id)
      if (session?.isWelcomed === true) this.#report(session, report)
    }
    machine.commands.onReport = (id, progress) => {
      const session = this.#own.get(machine.id)
      if (session?.isWelcomed === true) this.#commands.report(session, id, progress)
    }
  }

  get machines(): Iterable<SimulatedMachine> {
    return this.#machines.values()
  }

  /** Nothing comes through in either direction; nobody is told. */
  partition(machine: MachineId): void {
    this.#unreachable.add(machine)
  }

  heal(machine: MachineId): void {
    this.#unreachable.delete(machine)
  }

  /** The agent tries, again and again, for as long as it lives and has no session. */
  connect(machine: SimulatedMachine): void {
    if (this.#connecting.has(machine.id)) return
    this.#connecting.add(machine.id)
    this.#world.after(10, 3000, () => {
      this.#connecting.delete(machine.id)
      if (!machine.isUp || this.#own.has(machine.id)) return
      const isCutOff = this.#unreachable.has(machine.id) || machine.isFrozen
      if (!this.#coordinator.isUp || isCutOff) return this.connect(machine)
      const session = new Session(machine)
      this.#own.set(machine.id, session)
      const report = machine.report()
      const sentAt = machine.uptime()
      this.#deliver(session, 'coordinator', () => this.#hello(session, report, sentAt))
    })
  }

  /** Cut: each end notices in its own time. */
  cut(machine: SimulatedMachine): void {
    const own = this.#own.get(machine.id)
    if (own !== undefined) this.#close(own, 0)
    const current = this.#current.get(machine.id)
    if (current !== undefined && current !== own) this.#close(current, 0)
  }

  /** The coordinator died: every agent notices. */
  cutAll(): void {
    this.#current.clear()
    this.#commands.forget()
    for (const session of this.#own.values()) {
      session.isOpen = false
      this.#world.after(0, 2000, () => this.#gone(session))
    }
  }

  #close(session: Session, noticed: number): void {
    if (!session.isOpen) return
    session.isOpen = false
    this.#world.after(0, noticed + 2000, () => this.#gone(session))
    const incarnation = this.#coordinator.isUp
    this.#world.after(0, noticed + 2000, () => {
      if (incarnation && this.#coordinator.isUp) this.#left(session)
    })
  }

  /** The agent sees that its session is over. */
  #gone(session: Session): void {
    const { machine } = session
    if (this.#own.get(machine.id) === session) this.#own.delete(machine.id)
    if (machine.isUp) this.connect(machine)
  }

  /** The coordinator sees that a session is over; where the store fails it says so again, until it is written. */
  #left(session: Session): void {
    const { id } = session.machine
    if (this.#current.get(id) !== session) return
    this.#current.delete(id)
    const tell = (): void => {
      if (!this.#coordinator.isUp || this.#current.has(id)) return
      this.#coordinator.submit({ kind: 'agent_disconnected', machine: id }, (answer) => {
        if (!answer.ok) this.#world.after(1000, 1000, tell)
      })
    }
    tell()
  }

  #deliver(session: Session, to: 'agent' | 'coordinator', act: () => void): void {
    const { id } = session.machine
    const before = to === 'agent' ? session.toAgentAt : session.toCoordinatorAt
    const delay = this.#world.chance(0.05) ? this.#world.between(0, 5000) : this.#world.between(0, 40)
    const arrive = (): void => {
      if (!session.isOpen) return
      if (this.#unreachable.has(id)) return this.#close(session, NOTICED_MS)
      act()
    }
    // No stream loses, doubles or reorders; but whatever does so is to be forgotten with the next session.
    if (session.isWelcomed && this.#world.fault(0.02)) {
      const copies = this.#world.random.below(3)
      for (let copy = 0; copy < copies; copy += 1) this.#world.after(0, 10_000, arrive)
      this.#world.after(10_000, 20_000, () => this.#close(session, 0))
      return
    }
    const at = Math.max(before, this.#world.now + delay)
    if (to === 'agent') session.toAgentAt = at
    else session.toCoordinatorAt = at
    this.#world.at(at, arrive)
  }

  #hello(session: Session, report: MachineReport, sentAt: number): void {
    const { machine } = session
    if (!this.#coordinator.isUp) return
    const older = this.#current.get(machine.id)
    this.#current.set(machine.id, session)
    if (older !== undefined) {
      older.isOpen = false
      this.#world.after(0, 1000, () => this.#gone(older))
    }
    const generation = this.#coordinator.state.table('machines').get(machine.id)?.record.generation ?? 0
    const { bootId, shape } = machine
    const about = { agentVersion: '1', bootId, address: 'a', peerAddress: 'p', inventoryDigest: shape.name }
    const hello = { machine: machine.id, generation, inventory: shape.inventory, report, ...about }
    this.#coordinator.submit({ kind: 'agent_connected', ...hello }, (answer) => {
      if (!session.isOpen) return
      const wanted = answer.ok ? this.#coordinator.desired(machine.id) : undefined
      if (wanted === undefined) {
        this.#close(session, 0)
        return
      }
      session.isWelcomed = true
      this.#deliver(session, 'agent', () => {
        if (!machine.isUp) return
        machine.commands.attach()
        this.#report(session, machine.report())
        this.#order(session, wanted)
        machine.renewed(sentAt, wanted.term)
      })
      this.#commands.resume(session, report)
    })
  }

  #report(session: Session, report: MachineReport): void {
    const { machine } = session
    this.#deliver(session, 'coordinator', () => {
      if (!this.#coordinator.isUp || this.#current.get(machine.id) !== session) return
      this.#coordinator.submit({ kind: 'agent_reported', machine: machine.id, report }, (answer) => {
        // As in production: what cannot be taken in ends the session, and the next one says it all again.
        if (!answer.ok) this.#close(session, 0)
      })
    })
  }

  #act(effect: Effect): void {
    if (effect.kind === 'end_session') {
      const session = this.#current.get(effect.machine)
      if (session !== undefined) this.#close(session, 0)
    }
    if (effect.kind !== 'desired_changed') return this.#commands.act(effect)
    const session = this.#current.get(effect.machine)
    const wanted: DesiredState | undefined = this.#coordinator.desired(effect.machine)
    if (session?.isWelcomed !== true || wanted === undefined) return
    this.#deliver(session, 'agent', () => this.#order(session, wanted))
  }

  #order(session: Session, wanted: DesiredState): void {
    session.term = wanted.term
    session.machine.order(wanted)
    const lease = wanted.assignment?.lease ?? null
    if (lease === null || session.isBeating) return
    session.isBeating = true
    session.heardAt = this.#world.now
    this.#beat(session, lease)
  }

  /** Renewals, three a lease, while the session lasts. */
  #beat(session: Session, lease: Milliseconds): void {
    const { machine } = session
    if (!session.isOpen || !machine.isUp) return
    if (this.#world.now - session.heardAt >= lease) return this.#close(session, 0)
    if (!machine.isFrozen) {
      const sentAt = machine.uptime()
      this.#deliver(session, 'coordinator', () => {
        session.heardAt = this.#world.now
        if (!this.#coordinator.isUp || this.#current.get(machine.id) !== session) return
        this.#deliver(session, 'agent', () => {
          if (session.term !== null) machine.renewed(sentAt, session.term)
        })
      })
    }
    const third = Math.floor(lease / 3)
    this.#world.after(third, third + 500, () => this.#beat(session, lease))
  }
}

import type { MachineId } from '../../shared/model/ids.ts'
import { instant } from '../../shared/model/time.ts'
import { hasEnded } from '../../shared/model/workload.ts'
import { request, user } from '../fixtures.ts'
import { SimulatedCoordinator } from './coordinator.ts'
import { LawBroken } from './law.ts'
import { SimulatedMachine } from './machine.ts'
import { Network } from './network.ts'
import { People } from './people.ts'
import { LARGE, SHAPES, type Shape } from './shapes.ts'
import { watchers } from './watchers.ts'
import { World } from './world.ts'

export type Simulated = {
  readonly seed: number
  readonly steps: number
  /** Of everything that happened: the same seed has the same one. */
  readonly digest: number
  readonly starts: number
  /** Commands that were begun. */
  readonly commands: number
  /** Null: no law was broken. */
  readonly broken: { readonly law: string; readonly evidence: string; readonly history: readonly string[] } | null
}

const TOKEN = 'a'.repeat(64)
/** After the last fault, so much virtual time must be enough for everything that can be done. */
const SETTLING_MS = 4 * 3_600_000
const SETTLING_STEPS = 100_000
/** To look at everything is slower than an event. */
const LOOKED_AT_EVERY = 8

/** One fleet's life from one seed: so many events among faults, then peace, in which all that can be must be done. */
export function simulate(seed: number, steps: number): Simulated {
  const world = new World(seed)
  const told = (broken: Simulated['broken']): Simulated => ({
    seed,
    steps: world.steps,
    digest: world.digest,
    starts: world.observer.starts,
    commands: world.observer.commands.starts,
    broken,
  })
  try {
    const fleet = new SimulatedFleet(world)
    for (let count = 0; count < steps && world.step(); count += 1) continue
    fleet.settle()
    return told(null)
  } catch (error) {
    const law = error instanceof LawBroken ? error.law : 'nothing fails with a bug'
    const evidence = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return told({ law, evidence, history: [...world.history] })
  }
}

/** Freezes, crashes, and cuts that nobody is told of. */
const DRAWN_FOR_LEASES = [2, 3, 3, 5, 8, 9] as const

/** A coordinator, some machines, people who use them, and whatever may go wrong. */
class SimulatedFleet {
  readonly #world: World
  readonly #coordinator: SimulatedCoordinator
  readonly #network: Network
  readonly #ids: MachineId[] = []
  readonly #people: People
  readonly #watchers: readonly { finish(): void }[]
  readonly #size: number
  /** All machines are made alike. */
  readonly #isUniform: boolean
  #isRestoring = false

  constructor(world: World) {
    this.#world = world
    this.#coordinator = new SimulatedCoordinator(world)
    this.#network = new Network(world, this.#coordinator)
    this.#watchers = watchers(world, this.#coordinator)
    this.#coordinator.start()
    this.#size = (world.isAboutLeases ? 3 : 1) + world.random.below(5)
    this.#isUniform = world.chance(0.3)
    this.#createToken()
    for (let number = 0; number < this.#size; number += 1) this.#enrol(number)
    this.#people = new People(world, this.#coordinator, this.#ids)
    world.after(1000, 3000, () => this.#live())
    world.after(2000, 5000, () => this.#fail())
  }

  #createToken(): void {
    const again = (): void => this.#world.after(1000, 1000, () => this.#createToken())
    if (!this.#coordinator.isUp) return again()
    const caller = { user: user('admin'), request: request('token') }
    const binding = { uuid: '', serial: '', macAddress: '' }
    const expiresAt = instant(4_000_000_000_000)
    const autoApprove = this.#world.chance(0.8)
    const token = { description: '', hash: TOKEN, uses: 1000, expiresAt, autoApprove, binding, registration: null }
    this.#coordinator.submit({ kind: 'create_token', caller, ...token }, (answer) => {
      if (!answer.ok) again()
    })
  }

  /** Asked again until it is answered: the same key is the same machine. */
  #enrol(number: number): void {
    const ask = (): void => {
      if (!this.#coordinator.isUp) return this.#world.after(1000, 1000, ask)
      const hardware = { uuid: '', serial: `s-${number}`, macAddresses: [] }
      const claim = { tokenHash: TOKEN, publicKey: `key-${number}`, hardware, hostname: `m${number}` }
      let isAnswered = false
      this.#coordinator.submit({ kind: 'enrol_machine', ...claim }, (answer) => {
        if (!answer.ok || isAnswered || this.#ids.includes(answer.value.machine)) return
        isAnswered = true
        const machine = new SimulatedMachine(this.#world, answer.value.machine, this.#shape())
        this.#ids.push(machine.id)
        this.#network.add(machine)
        machine.commands.onBegin = () => this.#interrupt(machine)
        this.#begin(machine)
        this.#people.describe(machine.id)
      })
      this.#world.after(5000, 5000, () => {
        if (!isAnswered) ask()
      })
    }
    ask()
  }

  #shape(): Shape {
    return (this.#isUniform ? undefined : SHAPES[this.#world.random.below(SHAPES.length)]) ?? LARGE
  }

  #begin(machine: SimulatedMachine): void {
    if (!machine.isPowered) machine.powerOn()
    machine.start()
    this.#network.connect(machine)
  }

  /** Most that can go wrong with a command goes wrong in its first moments. */
  #interrupt(machine: SimulatedMachine): void {
    if (!this.#world.fault(0.1)) return
    this.#world.after(0, 100, () => {
      if (!this.#isRestoring && !this.#world.isCalm) this.#failMachine(machine, 3)
    })
  }

  #live(): void {
    if (this.#world.isCalm) return
    this.#people.act()
    this.#world.after(100, this.#world.isAboutLeases ? 80_000 : 4000, () => this.#live())
  }

  #fail(): void {
    if (this.#world.isCalm) return
    this.#world.after(500, 8000, () => this.#fail())
    if (this.#isRestoring) return
    const { random } = this.#world
    const machines = [...this.#network.machines]
    const machine = machines[random.below(Math.max(1, machines.length))]
    const drawn =
      this.#world.isAboutLeases && random.below(2) === 0 ? (DRAWN_FOR_LEASES[random.below(6)] ?? 5) : random.below(10)
    if (drawn === 0) this.#crashCoordinator()
    else if (drawn === 1) this.#world.jumpClock(random.below(1_200_000) - 600_000)
    else if (machine !== undefined) this.#failMachine(machine, drawn)
    // A backup that does not know a machine has it enrol anew, as another one.
    if (this.#coordinator.isUp && machines.length === this.#size && this.#world.chance(0.1)) this.#coordinator.backUp()
  }

  #failMachine(machine: SimulatedMachine, drawn: number): void {
    this.#world.note(`fault ${drawn}`)
    if (drawn < 5) {
      if (!machine.isUp) return
      if (drawn < 4) machine.crash()
      else machine.losePower()
      if (this.#world.chance(this.#world.isAboutLeases ? 0.4 : 0.05)) machine.loseMemory()
      this.#network.cut(machine)
      this.#world.after(100, drawn === 2 ? 90_000 : 5000, () => {
        if (!machine.isUp) this.#begin(machine)
      })
    } else if (drawn === 5) {
      machine.freeze(this.#world.between(1000, this.#world.chance(0.7) ? 150_000 : 5000))
    } else if (drawn < 8) {
      this.#network.cut(machine)
    } else {
      this.#network.partition(machine.id)
      this.#world.after(1000, 150_000, () => this.#network.heal(machine.id))
    }
  }

  #crashCoordinator(): void {
    if (!this.#coordinator.isUp) return
    this.#world.note('coordinator dies')
    this.#coordinator.crash()
    this.#network.cutAll()
    if (this.#world.chance(0.2) && this.#coordinator.restore()) return this.#startRestored()
    this.#world.after(100, this.#world.chance(0.1) ? 90_000 : 5000, () => this.#coordinator.start())
  }

  /**
   * Whoever restores a backup sees to it that agents can speak for their machines: those that cannot are not learnt
   * of within the lease.
   */
  #startRestored(): void {
    this.#isRestoring = true
    for (const machine of this.#network.machines) {
      this.#network.heal(machine.id)
      if (!machine.isUp) this.#begin(machine)
      else if (machine.isFrozen) machine.freeze(0)
    }
    this.#coordinator.start()
    this.#world.after(60_000, 60_000, () => {
      this.#isRestoring = false
    })
  }

  /** Peace: whatever waits must be placed and end, and every machine must be free again. */
  settle(): void {
    const world = this.#world
    world.calm()
    const end = world.now + SETTLING_MS
    const look = (): void => {
      this.#people.tidyUp()
      world.after(5000, 5000, look)
    }
    look()
    for (let count = 0; world.now < end; count += 1) {
      if (count % LOOKED_AT_EVERY === 0 && this.#isSettled()) break
      world.step()
      if (count > SETTLING_STEPS) throw new LawBroken('peace comes', `${count} events, and no end`)
    }
    if (!this.#isSettled()) throw new LawBroken('what can be done is done in the end', this.#unsettled())
    for (const watcher of this.#watchers) watcher.finish()
    world.observer.mustHold((resource) => this.#coordinator.holds(resource))
  }

  #isSettled(): boolean {
    return this.#coordinator.isUp && this.#unsettled() === ''
  }

  #unsettled(): string {
    if (!this.#coordinator.isUp) return 'the coordinator is down'
    const { state } = this.#coordinator
    for (const { record } of state.table('machines').values()) {
      if (record.state !== 'available') return `${record.id} is ${record.state}: ${record.stateReason}`
    }
    for (const id of this.#people.workloads) {
      const record = state.table('workloads').get(id)?.record
      if (record !== undefined && !hasEnded(record.state) && this.#coordinator.fleet.canEnd(id)) {
        return `${id} is ${record.state}: ${record.stateReason}\n${this.#coordinator.fleet.describe(id)}`
      }
    }
    for (const { id } of state.activeCommands()) return `${id} is not over everywhere`
    for (const { id, commands } of this.#network.machines) {
      const [left] = commands.open
      if (left !== undefined) return `${id} still keeps ${left}`
    }
    return ''
  }
}

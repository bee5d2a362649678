import type { InputOf } from '../../coordinator/core/inputs.ts'
import { type MachineId, type ReservationName, type TenantName, parseReservationName } from '../../shared/model/ids.ts'
import { hours, instant, later, seconds } from '../../shared/model/time.ts'
import { must, user } from '../fixtures.ts'
import type { SimulatedCoordinator } from './coordinator.ts'
import type { World } from './world.ts'

const OPERATOR = { user: user('admin'), request: null }
const NAMES: readonly ReservationName[] = ['one', 'two', 'three'].map((name) => must(parseReservationName(name)))

/** Operators who reserve machines, and drain them by a time. In half of the worlds there are none. */
export class Reserving {
  readonly #world: World
  readonly #coordinator: SimulatedCoordinator
  readonly #machines: readonly MachineId[]
  readonly #tenants: readonly TenantName[]
  readonly #isAny: boolean
  #asked = 0

  constructor(
    world: World,
    coordinator: SimulatedCoordinator,
    machines: readonly MachineId[],
    tenants: readonly TenantName[],
  ) {
    this.#world = world
    this.#coordinator = coordinator
    this.#machines = machines
    this.#tenants = tenants
    this.#isAny = world.chance(0.5)
  }

  /** A reservation that a workload names, whether it is its tenant's or not. */
  named(): ReservationName | '' {
    return this.#isAny && this.#world.chance(0.05) ? (NAMES[this.#world.random.below(NAMES.length)] ?? '') : ''
  }

  act(): void {
    if (!this.#isAny || !this.#world.chance(0.12) || !this.#coordinator.isUp) return
    const { random } = this.#world
    const drawn = random.below(10)
    if (drawn < 5) return this.#coordinator.submit(this.#drawn(), () => {})
    if (drawn < 7) return this.#drain()
    const all = [...this.#coordinator.state.table('reservations').values()].map(({ record }) => record)
    const one = all[random.below(Math.max(1, all.length))]
    if (one === undefined) return
    const kind = drawn < 9 ? 'end_window' : 'delete_reservation'
    this.#coordinator.submit({ kind, caller: OPERATOR, reservation: one.id }, () => {})
  }

  /** Most are short and begin soon, so that others are over before, are caught by them, and come after. */
  #drawn(): InputOf<'create_reservation'> {
    const { random } = this.#world
    this.#asked += 1
    const start = later(this.#world.wallClock(), seconds(random.below(5) * 40))
    const isDaily = this.#world.chance(0.2)
    const evicts = this.#world.chance(0.5)
    const machines = this.#machines.filter(() => this.#world.chance(0.4))
    const isFound = machines.length === 0 || this.#world.chance(0.3)
    return {
      kind: 'create_reservation',
      caller: OPERATOR,
      digest: `rsv-${this.#asked}`,
      name: NAMES[random.below(NAMES.length)] ?? must(parseReservationName('other')),
      timing: {
        start,
        duration: seconds(5 + random.below(60)),
        recurrence: isDaily ? 'daily' : null,
        lastStart: isDaily ? instant(start + 3 * hours(24)) : null,
      },
      tenants: this.#tenants.filter(() => this.#world.chance(0.4)),
      machines: isFound ? [] : machines,
      wanted: isFound ? { count: 1 + random.below(2), require: null } : null,
      evicts,
      admitsUnlimited: evicts && this.#world.chance(0.5),
      comment: '',
    }
  }

  #drain(): void {
    const machine = this.#machines[this.#world.random.below(this.#machines.length)]
    if (machine === undefined) return
    const by = later(this.#world.wallClock(), seconds(this.#world.random.below(60)))
    const about = { kind: 'cordon_machine', caller: OPERATOR, machine, reason: 'r', drain: true, by } as const
    this.#coordinator.submit(about, () => {})
  }

  /** Nothing is reserved any more. */
  tidyUp(): void {
    for (const { record } of this.#coordinator.state.table('reservations').values()) {
      if (record.overAt !== null) continue
      this.#coordinator.submit({ kind: 'delete_reservation', caller: OPERATOR, reservation: record.id }, () => {})
    }
  }
}

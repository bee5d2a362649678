import type { PlannedPlacement } from '../../coordinator/core/commit.ts'
import type { FleetView, StateWrite } from '../../coordinator/core/state.ts'
import type { OnDurable } from './disk.ts'
import { DrainObserver } from './drain_observer.ts'
import { Feasible } from './feasible.ts'
import { isNeglected } from './known_faults.ts'
import { LawBroken } from './law.ts'
import { Ledger, wantedBy } from './ledger.ts'
import { PlacementObserver } from './placement_observer.ts'
import { ReservationObserver } from './reservation_observer.ts'
import { TurnObserver } from './turn_observer.ts'

/** Watches who gets which machines, and when, on a record of its own of what became durable. */
export class FleetObserver {
  readonly #ledger = new Ledger()
  readonly #reservations = new ReservationObserver(this.#ledger)
  readonly #turns = new TurnObserver(this.#ledger, this.#reservations)
  readonly #placements = new PlacementObserver(this.#ledger, this.#turns, this.#reservations)
  readonly #drains = new DrainObserver(this.#ledger)
  readonly #feasible = new Feasible(this.#ledger)

  readonly onDurable: OnDurable = {
    decided: (now) => this.#placements.decided(now),
    written: (write) => {
      this.#drains.written(write)
      this.#placements.written(write)
    },
    committed: () => {
      this.#placements.committed()
      this.#drains.committed()
    },
    started: () => this.#interrupted(),
    restored: (_, writes) => this.#restored(writes),
  }

  #interrupted(): void {
    this.#turns.interrupted()
    this.#reservations.interrupted()
  }

  #restored(writes: Iterable<readonly [StateWrite, number]>): void {
    this.#interrupted()
    this.#ledger.forget()
    for (const [write] of writes) this.#ledger.written(write)
    this.#placements.restored()
    this.#drains.forget()
  }

  /** Nothing could be written. */
  refused(): void {
    this.#interrupted()
  }

  /** A batch is over, and whatever could be placed is: `at` is virtual time. */
  looked(at: number, now: number): void {
    this.#turns.looked(at, now)
    this.#reservations.looked(at, now)
  }

  /** What is planned on the newest state is not refused there: who plans and who checks mean the same. */
  *planned(plans: Iterable<PlannedPlacement>, view: FleetView): Generator<PlannedPlacement, void> {
    for (const plan of plans) {
      const before = view.find('workloads', plan.workload)?.generation
      yield plan
      const after = view.find('workloads', plan.workload)
      if (after === undefined || after.generation === before || wantedBy(after) > 0) {
        throw new LawBroken('what is planned can be done', `${plan.workload} on ${plan.machines.join(', ')}`)
      }
    }
  }

  /** Whether a workload can end, as the fleet is now, once everything else has. */
  canEnd(workload: string): boolean {
    return this.#feasible.canEnd(workload)
  }

  /** Whether it asks for what is known to be done badly. */
  isNeglected(id: string): boolean {
    const workload = this.#ledger.workloads.get(id)
    return workload !== undefined && isNeglected(workload, this.#ledger.isBounded(workload))
  }

  /** What a workload asks for, and of whom: for whoever has to find out why it waits. */
  describe(workload: string): string {
    const others = [...this.#ledger.wanting].filter((id) => id !== workload)
    const all = others.map((id) => `${this.canEnd(id) ? 'beside' : 'impossible'}: ${this.#ledger.describe(id)}`)
    return [this.#ledger.describe(workload), ...all, this.#ledger.describeMachines()].join('\n')
  }

  /** Workloads that were placed, and ranks that were placed anew. */
  get placed(): number {
    return this.#placements.placed
  }
}

import type { TenantName } from '../../shared/model/ids.ts'
import { type Asker, freeFrom, isEverFree, isKeptFrom, isOpen, windowAt } from '../../shared/model/reservation.ts'
import type { Instant } from '../../shared/model/time.ts'
import { askerOf } from '../core/placeable.ts'
import type { ReservationRecord, WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Kind } from './kind.ts'

/** What reservations let one workload have. All machines of a kind have the same. */
export type Gate = {
  /** Whether it may have machines of a kind now. */
  readonly admits: (kind: Kind) => boolean
  /** From when on, at this time or later, it may have one that is free; null: nobody knows. */
  readonly admitsFrom: (kind: Kind, at: Instant) => Instant | null
  /** Whether it could ever have one. */
  readonly isEver: (kind: Kind) => boolean
}

/** Nothing is reserved. */
export const OPEN: Gate = { admits: () => true, admitsFrom: (_, at) => at, isEver: () => true }

/** Who may have machines of which kinds at one time, as far as reservations go. */
export class Admission {
  readonly #view: FleetView
  readonly #now: Instant
  /** Whether anything is reserved, now or later. */
  readonly isAny: boolean
  /** Whom some reservation is for: what others cannot have says nothing of what they can. */
  readonly #tenants = new Set<TenantName>()
  /** Whether some reservation lets in what has no time limit, and not what has one. */
  readonly admitsUnlimited: boolean
  readonly #ofKind = new Map<Kind, readonly ReservationRecord[]>()

  constructor(view: FleetView, now: Instant) {
    this.#view = view
    this.#now = now
    const open = [...view.table('reservations').values()].flatMap(({ record }) =>
      record.overAt === null ? record : [],
    )
    this.isAny = open.length > 0
    this.admitsUnlimited = open.some((one) => one.admitsUnlimited)
    for (const { tenants } of open) for (const tenant of tenants) this.#tenants.add(tenant)
  }

  /** Whether some reservation is for this tenant. */
  isNamed(tenant: TenantName): boolean {
    return this.#tenants.has(tenant)
  }

  of(workload: WorkloadRecord): Gate {
    return this.isAny || workload.spec.reservation !== '' ? this.for(askerOf(workload, this.#now)) : OPEN
  }

  for(asker: Asker): Gate {
    const admitted = new Map<Kind, boolean>()
    const isPlain = (kind: Kind): boolean => kind.reservations.length === 0 && asker.reservation === ''
    return {
      admits: (kind) => {
        if (isPlain(kind)) return true
        const known = admitted.get(kind) ?? !isKeptFrom(this.reservationsOf(kind), asker, this.#now)
        admitted.set(kind, known)
        return known
      },
      // What is over time ends from now on.
      admitsFrom: (kind, at) =>
        isPlain(kind) ? at : freeFrom(this.reservationsOf(kind), asker, at > this.#now ? at : this.#now),
      isEver: (kind) => isPlain(kind) || isEverFree(this.reservationsOf(kind), asker),
    }
  }

  /** Whether anybody at all may have machines of this kind now. */
  isOpenToAny(kind: Kind): boolean {
    return this.reservationsOf(kind).every(
      (one) => one.tenants.length > 0 || !isOpen(windowAt(one, this.#now), this.#now),
    )
  }

  /** Whether something is free of these kinds that what ends soon may have, and others may not. */
  isAnyForTheBrief(kinds: readonly Kind[]): boolean {
    const isUnopened = (one: ReservationRecord): boolean => !isOpen(windowAt(one, this.#now), this.#now)
    return kinds.some((kind) => kind.free > 0 && this.reservationsOf(kind).some(isUnopened))
  }

  reservationsOf(kind: Kind): readonly ReservationRecord[] {
    if (kind.reservations.length === 0) return NOT_RESERVED
    const known = this.#ofKind.get(kind)
    if (known !== undefined) return known
    const found = kind.reservations.flatMap((id) => this.#view.find('reservations', id) ?? [])
    this.#ofKind.set(kind, found)
    return found
  }
}

const NOT_RESERVED: readonly ReservationRecord[] = []

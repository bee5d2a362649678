import type { MachineRecord, ReservationRecord, WorkloadRecord } from '../../coordinator/core/records.ts'
import { LawBroken } from './law.ts'
import { type Ledger, isRankOver } from './ledger.ts'

const DAY_MS = 86_400_000
/** What a machine needs after a run before a window begins. */
const CLEANING_MS = 120_000
/** How long others may be there without having been asked to end, in virtual time. */
const GRACE_MS = 2500

type Span = { readonly start: number; readonly end: number }

/** Every window that there is, was or will be. */
function spansOf({ start, duration, recurrence, lastStart, endedUntil, overAt }: ReservationRecord): readonly Span[] {
  if (overAt !== null) return []
  const all: Span[] = [{ start, end: duration === null ? Infinity : start + duration }]
  if (recurrence !== null) {
    const every = recurrence === 'daily' ? DAY_MS : 7 * DAY_MS
    for (let at = start + every; at <= (lastStart ?? Infinity); at += every) {
      if (all.length > 100) throw new Error('windows in these worlds have an end')
      all.push({ start: at, end: at + (duration ?? 0) })
    }
  }
  return all.filter((span) => endedUntil === null || span.start > endedUntil)
}

/** Whether somebody else's window is open, or opens while it may still run; the run ends so much later. */
function isBarredBy(reservation: ReservationRecord, workload: WorkloadRecord, now: number, more: number): boolean {
  if (reservation.tenants.some((name) => name === workload.tenant)) return false
  const { timeLimit } = workload.spec
  const run = timeLimit === null ? Infinity : timeLimit.limit
  const left = workload.startedAt === null ? run : Math.max(1000, run - Math.max(0, now - workload.startedAt))
  return spansOf(reservation).some(({ start, end }) => {
    if (end <= now) return false
    if (timeLimit === null && reservation.admitsUnlimited && now < start) return false
    return now + left + more > start
  })
}

/** Watches who is on machines that are reserved, by a record of its own of when windows are. */
export class ReservationObserver {
  readonly #ledger: Ledger
  /** Since when each workload could have been asked to end. */
  #since = new Map<string, number>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  #on(machine: MachineRecord): readonly ReservationRecord[] {
    return [...this.#ledger.reservations.values()].filter(
      ({ machines, overAt }) => overAt === null && machines.includes(machine.id),
    )
  }

  #isWithin(machine: MachineRecord, { spec, tenant }: WorkloadRecord, now: number): boolean {
    if (spec.reservation === '') return true
    return this.#on(machine).some(
      (one) =>
        one.name === spec.reservation &&
        one.tenants.includes(tenant) &&
        spansOf(one).some(({ start, end }) => start <= now && now < end),
    )
  }

  /** A workload was placed on these machines. */
  placed(workload: WorkloadRecord, machines: readonly MachineRecord[], now: number): void {
    for (const machine of machines) {
      const against = this.#on(machine).find((one) => isBarredBy(one, workload, now, 0))
      if (against !== undefined) {
        const law = 'nobody is within a window that is not theirs, or runs into one'
        throw new LawBroken(law, `${workload.id} on ${machine.id}: ${JSON.stringify(against)}`)
      }
      if (!this.#isWithin(machine, workload, now)) {
        const law = 'what names a reservation is placed within it'
        throw new LawBroken(law, `${workload.id} on ${machine.id}: ${workload.spec.reservation}`)
      }
    }
  }

  /** Whether reservations surely let a workload have a machine now. */
  mayHave(machine: MachineRecord, workload: WorkloadRecord, now: number): boolean {
    const isBarred = this.#on(machine).some((one) => isBarredBy(one, workload, now, CLEANING_MS))
    return !isBarred && this.#isWithin(machine, workload, now)
  }

  get isAny(): boolean {
    return [...this.#ledger.reservations.values()].some(({ overAt }) => overAt === null)
  }

  /** Whether a window that asks others to end has begun on one of its machines. */
  isEvicted(workload: WorkloadRecord, now: number): boolean {
    const machines = workload.placements.flatMap((id) => {
      const placement = this.#ledger.placements.get(id)
      return placement === undefined ? [] : (this.#ledger.machines.get(placement.machine) ?? [])
    })
    // What has no end is over in the very batch in which it begins.
    const isDrained = ({ id }: MachineRecord): boolean =>
      [...this.#ledger.reservations.values()].some(
        (one) => one.duration === null && one.overAt !== null && one.overAt >= now && one.machines.includes(id),
      )
    return machines.some((machine) => isDrained(machine) || this.#evicting(machine, workload, now) !== undefined)
  }

  #evicting(machine: MachineRecord, { tenant }: WorkloadRecord, now: number): ReservationRecord | undefined {
    return this.#on(machine).find((one) => {
      const isOpen = spansOf(one).some(({ start, end }) => start <= now && now < end)
      return isOpen && one.evicts && !one.tenants.includes(tenant)
    })
  }

  interrupted(): void {
    this.#since = new Map()
  }

  /** A batch is done; `at` is virtual time, `now` what the coordinator's clock says. */
  looked(at: number, now: number): void {
    const since = new Map<string, number>()
    for (const machine of this.isAny ? this.#ledger.machines.values() : []) {
      const placement = this.#ledger.placements.get(machine.placement ?? '')
      const workload = this.#ledger.workloads.get(placement?.workload ?? '')
      if (placement === undefined || workload === undefined || isRankOver(placement) || workload.stop !== null) continue
      const evicting = this.#evicting(machine, workload, now)
      if (evicting === undefined) continue
      const key = `${evicting.id} ${placement.id}`
      const first = this.#since.get(key) ?? at
      since.set(key, first)
      if (at - first > GRACE_MS) throw new LawBroken('a window that evicts asks others to end', `${key} since ${first}`)
    }
    this.#since = since
  }
}

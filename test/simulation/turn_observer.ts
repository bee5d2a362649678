import type { MachineRecord, WorkloadRecord } from '../../coordinator/core/records.ts'
import { LawBroken } from './law.ts'
import { type Ledger, wantedBy } from './ledger.ts'
import type { ReservationObserver } from './reservation_observer.ts'
import { lacks, strays } from './suitable.ts'

/** How long what could be placed may wait, in virtual time: it is looked for at least once a second. */
const GRACE_MS = 2500

/** What runs and lacks a rank goes before all that was not placed at all. */
const LACKS_A_RANK = 1000

const urgency = ({ state, spec }: WorkloadRecord): number => spec.priority + (state === 'queued' ? 0 : LACKS_A_RANK)

/** Whether it takes any machine, wherever that is. */
const isPlain = ({ spec }: WorkloadRecord): boolean => {
  const { labels, machines, excluded, require, hardwareClass, gpusMin, memoryBytesMin } = spec.constraints
  const { pack, spread, sameClass } = spec.arrangement
  const isAny = machines.length + excluded.length + Object.keys(labels).length + gpusMin + memoryBytesMin === 0
  const isAnywhere = pack === null && spread === null && !sameClass
  return isAny && isAnywhere && require === null && hardwareClass === undefined && spec.groups.length === 0
}

/** Watches whose turn it is. It knows no pass: only who waits, what is free, and what became of that. */
export class TurnObserver {
  readonly #ledger: Ledger
  readonly #reservations: ReservationObserver
  /** Since when each workload could have been placed. */
  #since = new Map<string, number>()

  constructor(ledger: Ledger, reservations: ReservationObserver) {
    this.#ledger = ledger
    this.#reservations = reservations
  }

  /** A workload was placed on these machines: did another that goes before it need them? */
  placed(workload: WorkloadRecord, taken: readonly MachineRecord[], now: number): void {
    const { machines, workloads, wanting } = this.#ledger
    // What is its tenant's own goes before what is more urgent.
    if (this.#ledger.isGuaranteed(workload.tenant)) return
    const own = urgency(workload)
    for (const id of wanting) {
      const other = workloads.get(id)
      if (other === undefined || urgency(other) <= own || !isPlain(other)) continue
      const wanted = wantedBy(other)
      const members = [...machines.values()].filter(({ state }) => state !== 'pending' && state !== 'retired')
      if (members.length < wanted) continue
      if (this.#ledger.isBounded(other) || !this.#ledger.isSurelyWaiting(other, now)) continue
      // Machines are kept for the first alone of those that could use the same ones.
      if (this.#isAnyAhead(other, now)) continue
      const mayHave = (machine: MachineRecord): boolean => this.#reservations.mayHave(machine, other, now)
      const contested = taken.filter(mayHave).length
      if (contested === 0) continue
      const placeable = this.#ledger.placeable()
      const free = placeable.filter(mayHave).length + contested
      // What is reserved for others may be had later, also where they take it now.
      const reserved = [...placeable, ...taken].filter((machine) => !mayHave(machine)).length
      const coming = this.#coming(taken) + reserved
      const isTold = coming > 0 || this.#reservations.isAny
      // What will be too much then is anybody's; what is kept until a time that is known, what is over before.
      const mayBackfill = free + coming >= wanted + contested || (workload.spec.timeLimit !== null && isTold)
      if (mayBackfill && free < wanted) continue
      const both = `${this.#ledger.describe(id)}\n${this.#ledger.describe(workload.id)}`
      const evidence = `the first wants ${wanted} of ${free} free, and the second was placed\n${both}`
      throw new LawBroken('nobody is passed over by what is less urgent', evidence)
    }
  }

  /** A workload was given more machines than it must have: is there nobody who could use any of them? */
  grown(workload: WorkloadRecord, taken: readonly MachineRecord[], now: number): void {
    const { machines, workloads, wanting } = this.#ledger
    const members = [...machines.values()].filter(({ state }) => state !== 'pending' && state !== 'retired')
    for (const id of wanting) {
      const other = workloads.get(id)
      if (other === undefined || !isPlain(other) || members.length < wantedBy(other)) continue
      if (this.#ledger.isBounded(other) || !this.#ledger.isSurelyWaiting(other, now)) continue
      if (!taken.some((machine) => this.#reservations.mayHave(machine, other, now))) continue
      const both = `${this.#ledger.describe(id)}\n${this.#ledger.describe(workload.id)}`
      throw new LawBroken('growth takes only what nobody who waits could use', both)
    }
  }

  #isAnyAhead(workload: WorkloadRecord, now: number): boolean {
    return this.#othersAhead(workload, urgency(workload), now).next().done !== true
  }

  /** Machines beside these of which it is known when they come free. */
  #coming(taken: readonly MachineRecord[]): number {
    const { machines, placements } = this.#ledger
    const others = [...machines.values()].filter(({ id }) => taken.every((machine) => machine.id !== id))
    return others.filter(({ state, placement: id }) => {
      if (state === 'sanitising' || state === 'validating') return true
      const placement = state === 'allocated' && id !== null ? placements.get(id) : undefined
      return placement !== undefined && placement.timeLimit !== null
    }).length
  }

  /** A workload that runs was asked to begin anew, though none of its ranks has ended: for another one. */
  mayBePreempted(before: WorkloadRecord, after: WorkloadRecord, now: number): void {
    if (before.stop !== null || after.stop?.outcome !== 'restart' || !this.#areAllAlive(before)) return
    if (before.state !== 'starting' && before.state !== 'running') return
    const { workloads, wanting } = this.#ledger
    const isForOne = [...wanting].some((id) => {
      const other = workloads.get(id)
      const isAbove = other !== undefined && other.spec.priority > before.spec.priority
      return isAbove && other.spec.preemption.preempts && this.#ledger.unmet(other).length === 0
    })
    const isForWindow = this.#reservations.isEvicted(before, now)
    if ((isForOne || isForWindow) && before.spec.preemption.preemptible) return
    if (this.#isTakenBack(before)) return
    throw new LawBroken('only those who allow it are stopped for others', `${before.id}: ${after.stop.reason}`)
  }

  /** Whether its tenant has borrowed, beside what it gives back already, and somebody may want its own. */
  #isTakenBack({ id, tenant, spec }: WorkloadRecord): boolean {
    const { workloads, machines, wanting } = this.#ledger
    const leaving = [...workloads.values()].filter((one) => one.state === 'stopping' && one.id !== id)
    const ending = new Set<string>(leaving.flatMap((one) => one.placements))
    // A machine that one of its ranks has left already may be somebody else's by now.
    const given = [...machines.values()].filter(({ placement }) => placement !== null && ending.has(placement))
    const { borrowed } = this.#ledger.owned(tenant, new Set(given.map((machine) => machine.id)))
    return (
      !spec.noBorrow &&
      borrowed > 0 &&
      [...wanting].some((key) => {
        const other = workloads.get(key)
        return other !== undefined && other.tenant !== tenant && this.#ledger.mayBeOwn(other)
      })
    )
  }

  #areAllAlive({ placements }: WorkloadRecord): boolean {
    return placements.every((id) => {
      const phase = this.#ledger.placements.get(id)?.phase
      return phase === 'preparing' || phase === 'prepared' || phase === 'starting' || phase === 'running'
    })
  }

  /** Nothing could be written, or nobody decides: who waits, waits for that. */
  interrupted(): void {
    this.#since = new Map()
  }

  /** A batch is done; `at` is virtual time, `now` what the coordinator's clock says. */
  looked(at: number, now: number): void {
    const free = this.#ledger.isLearning ? [] : this.#ledger.placeable()
    const since = new Map<string, number>()
    for (const id of free.length === 0 ? [] : this.#ledger.wanting) {
      const workload = this.#ledger.workloads.get(id)
      if (workload === undefined || !this.#couldStart(workload, free, now)) continue
      const first = this.#since.get(id) ?? at
      since.set(id, first)
      if (at - first > GRACE_MS) throw new LawBroken('what is free is given out', `${id} waits since ${first}`)
    }
    this.#since = since
  }

  /** Who may claim machines before something of this urgency is looked at, beside one. */
  *#othersAhead({ id: self }: WorkloadRecord, least: number, now: number): Generator<WorkloadRecord> {
    for (const id of this.#ledger.wanting) {
      const other = this.#ledger.workloads.get(id)
      if (other === undefined || id === self || this.#ledger.isPutOff(other, now)) continue
      if (urgency(other) >= least || this.#ledger.isGuaranteed(other.tenant)) yield other
    }
  }

  /** One that wants one machine, and there are more that will do than all can want that may go before it. */
  #couldStart(workload: WorkloadRecord, free: readonly MachineRecord[], now: number): boolean {
    const { groups, constraints, arrangement } = workload.spec
    if (workload.state !== 'queued' || wantedBy(workload) > 1 || groups.length > 0) return false
    if (this.#ledger.isBounded(workload) || !this.#ledger.isSurelyWaiting(workload, now)) return false
    const suitable = free.filter(
      (machine) =>
        this.#reservations.mayHave(machine, workload, now) &&
        lacks(machine, constraints) === '' &&
        strays([machine], arrangement) === '',
    )
    return suitable.length > 0 && suitable.length > this.#wantedBefore(workload, suitable, now)
  }

  #wantedBefore(workload: WorkloadRecord, suitable: readonly MachineRecord[], now: number): number {
    let wanted = 0
    for (const other of this.#othersAhead(workload, urgency(workload), now)) {
      // What a reservation is for is not kept from it for whoever may not have it.
      if (!suitable.some((machine) => this.#reservations.mayHave(machine, other, now))) continue
      // For one whose machines must lie in some way, or for which others are stopped, all that suits it is kept.
      const { arrangement, groups, preemption } = other.spec
      const isArranged = arrangement.pack?.required === true || arrangement.spread !== null || arrangement.sameClass
      const isTakingBack = this.#ledger.isGuaranteed(other.tenant)
      if (isArranged || groups.length > 0 || preemption.preempts || isTakingBack) return Infinity
      wanted += wantedBy(other)
    }
    return wanted
  }
}

import type { MachineRecord, PlacementRecord, WorkloadRecord } from '../../coordinator/core/records.ts'
import type { StateWrite } from '../../coordinator/core/state.ts'
import { FailureObserver } from './failure_observer.ts'
import { LawBroken } from './law.ts'
import { type Ledger, isEnded, isFree, isOfClass, membersOf, rankedGroups, wantedRanks } from './ledger.ts'
import type { ReservationObserver } from './reservation_observer.ts'
import { URGENT } from './priority_class.ts'
import { lacks, strays } from './suitable.ts'
import type { TurnObserver } from './turn_observer.ts'

/** A rank that was just placed, and its machine as it was before. */
type Fresh = { readonly placement: PlacementRecord; readonly machine: MachineRecord | undefined }

/** A workload of which these ranks have left. */
type Shrunk = { readonly after: WorkloadRecord; readonly gone: readonly number[] }

/** Looks at every placement at the moment at which it becomes durable, on a record of its own. */
export class PlacementObserver {
  readonly #ledger: Ledger
  readonly #turns: TurnObserver
  readonly #failures: FailureObserver
  readonly #reservations: ReservationObserver
  /** Ranks of which the workload's own record is to follow. */
  #fresh: Fresh[] = []
  /** What becomes of the ranks themselves is written after. */
  #shrunk: Shrunk[] = []
  /** Workloads that wait for others to end. */
  readonly #waiting = new Map<string, Set<string>>()
  #hopeless: string[] = []
  #now = 0
  /** The highest priority of each tenant that had one before this batch; none is ever raised. */
  #caps: ReadonlyMap<string, number> = new Map()
  placed = 0

  constructor(ledger: Ledger, turns: TurnObserver, reservations: ReservationObserver) {
    this.#ledger = ledger
    this.#turns = turns
    this.#failures = new FailureObserver(ledger)
    this.#reservations = reservations
  }

  /** The time by which a batch was decided, before its writes. */
  decided(now: number): void {
    this.#now = now
    this.#caps = new Map(
      [...this.#ledger.tenants.values()].flatMap(({ name, maxPriority }) =>
        maxPriority === null ? [] : [[name, maxPriority.priority] as const],
      ),
    )
  }

  written(write: StateWrite): void {
    if (write.table === 'placements' && write.record !== null && !this.#ledger.placements.has(write.key)) {
      this.#fresh.push({ placement: write.record, machine: this.#ledger.machines.get(write.record.machine) })
    }
    this.#failures.written(write, this.#now)
    const before = write.table === 'workloads' ? this.#ledger.workloads.get(write.key) : undefined
    this.#ledger.written(write)
    if (write.table !== 'workloads' || write.record === null) return
    const isPlaced = this.#fresh.length > 0 && this.#fresh[0]?.placement.workload === write.key
    if (isPlaced) this.#placed(before, write.record)
    if (before === undefined) {
      this.#mayAsk(write.record)
      this.#submitted(write.record)
    } else if (!isPlaced) {
      this.#turns.mayBePreempted(before, write.record, this.#now)
      const gone = write.record.vacancies.filter((rank) => !before.vacancies.includes(rank))
      if (gone.length > 0) this.#shrunk.push({ after: write.record, gone })
    }
    if (isEnded(write.record.state)) this.#hopeless.push(...(this.#waiting.get(write.key) ?? []))
  }

  /** The batch is whole. */
  committed(): void {
    const [rank] = this.#fresh
    if (rank !== undefined) throw new LawBroken('all ranks are placed at once', `${rank.placement.id} alone`)
    for (const one of this.#shrunk) this.#mayShrink(one)
    this.#shrunk = []
    for (const id of this.#hopeless) {
      const workload = this.#ledger.workloads.get(id)
      if (workload === undefined || !this.#ledger.isHopeless(workload)) continue
      if (workload.state !== 'failed' && workload.state !== 'cancelled') {
        throw new LawBroken('what can never start has failed', `${id} is ${workload.state}`)
      }
    }
    this.#hopeless = []
  }

  restored(): void {
    this.#fresh = []
    this.#shrunk = []
    this.#hopeless = []
    this.#failures.forget()
    this.#waiting.clear()
    for (const workload of this.#ledger.workloads.values()) this.#submitted(workload)
  }

  #mayAsk({ id, tenant, spec: { priority, priorityClass } }: WorkloadRecord): void {
    if (priority > (this.#caps.get(tenant) ?? Infinity)) {
      throw new LawBroken("nobody runs above its tenant's highest priority", `${id} of ${tenant}: ${priority}`)
    }
    if (priorityClass !== '' && priority !== URGENT.priority) {
      throw new LawBroken('a class is the number that it says', `${id}: ${priority}, ${priorityClass}`)
    }
  }

  #submitted(workload: WorkloadRecord): void {
    for (const dependency of workload.spec.dependencies) {
      const known = this.#waiting.get(dependency.workload) ?? new Set()
      this.#waiting.set(dependency.workload, known.add(workload.id))
    }
    if (workload.spec.dependencies.length > 0) this.#hopeless.push(workload.id)
  }

  #placed(before: WorkloadRecord | undefined, workload: WorkloadRecord): void {
    const fresh = this.#fresh
    this.#fresh = []
    this.placed += 1
    if (before === undefined) throw new LawBroken('what is placed was asked for', workload.id)
    if (this.#ledger.isLearning) throw new LawBroken('nothing is placed while the fleet is learnt', workload.id)
    this.#areWhole(before, workload, fresh)
    this.#areSuitable(workload, fresh)
    this.#isAllowed(workload, fresh)
    this.#isDue(before)
    const machines = fresh.flatMap(({ machine }) => machine ?? [])
    this.#reservations.placed(before, machines, this.#now)
    if (wantedRanks(before).length === 0) this.#turns.grown(before, machines, this.#now)
    else this.#turns.placed(before, machines, this.#now)
  }

  #areWhole(before: WorkloadRecord, after: WorkloadRecord, fresh: readonly Fresh[]): void {
    const wanted = wantedRanks(before)
    const ranks = fresh.map(({ placement }) => placement.rank)
    const machines = new Set(fresh.map(({ placement }) => placement.machine))
    const isWhole = wanted.length === 0 ? isGrowth(before, after, ranks) : sorted(wanted) === sorted(ranks)
    if (!isWhole || machines.size < fresh.length) {
      throw new LawBroken('all ranks are placed at once', `${before.id}: ${sorted(ranks)} of ${sorted(wanted)}`)
    }
  }

  #areSuitable(workload: WorkloadRecord, fresh: readonly Fresh[]): void {
    const { machines, placements } = this.#ledger
    const byRank = new Map(fresh.map(({ placement, machine }) => [placement.rank, machine]))
    for (const group of rankedGroups(workload)) {
      const { name, constraints, arrangement } = group
      const ranks = membersOf(group, workload)
      for (const rank of ranks) {
        const machine = byRank.get(rank)
        if (machine === undefined) continue
        const about = `rank ${rank} of ${workload.id} on ${machine.id}`
        if (!isFree(machine)) throw new LawBroken('what is given out is free', `${about}: it is ${machine.state}`)
        this.#failures.placed(machine.id, this.#now)
        const lack = lacks(machine, constraints)
        if (lack !== '') throw new LawBroken('a machine is what was asked for', `${about}: ${lack}`)
      }
      const together = ranks.flatMap((rank) => {
        const placement = placements.get(workload.placements[rank] ?? '')
        return byRank.get(rank) ?? (placement === undefined ? [] : (machines.get(placement.machine) ?? []))
      })
      const isTouched = ranks.some((rank) => byRank.has(rank))
      const stray = isTouched ? strays(together, arrangement) : ''
      if (stray !== '') throw new LawBroken('machines lie as was asked for', `${workload.id} "${name}": ${stray}`)
    }
  }

  #isAllowed({ id, tenant, spec }: WorkloadRecord, fresh: readonly Fresh[]): void {
    const machines = new Set(fresh.map(({ placement }) => placement.machine))
    const more = spec.noBorrow ? this.#ledger.owned(tenant).own - this.#ledger.owned(tenant, machines).own : 0
    if (spec.noBorrow && more < machines.size) {
      throw new LawBroken(
        'nobody borrows who asks not to',
        `${tenant} by ${id}: ${more} of ${machines.size} are its own`,
      )
    }
    for (const { hardwareClass, limit } of this.#ledger.tenants.get(tenant)?.quotas ?? []) {
      const isAsked = fresh.some(({ machine }) => machine !== undefined && isOfClass(machine, hardwareClass))
      const held = isAsked ? this.#ledger.held(tenant, hardwareClass) : 0
      if (limit === null || held <= limit) continue
      const of = hardwareClass === '' ? 'all' : hardwareClass
      throw new LawBroken('no tenant has more than its quota', `${tenant} by ${id}: ${held} of ${limit}, ${of}`)
    }
  }

  /** Ranks given back, and not lost, are beyond those that it must have; others may be lost just after. */
  #mayShrink({ after, gone }: Shrunk): void {
    const isAsked = (rank: number): boolean =>
      this.#ledger.placements.get(after.placements[rank] ?? '')?.phase === 'stopping'
    const given = gone.filter(isAsked)
    for (const group of rankedGroups(after)) {
      const isHit = given.some((rank) => group.ranks.includes(rank))
      const lost = gone.filter((rank) => group.ranks.includes(rank) && !given.includes(rank))
      const left = membersOf(group, after).length + lost.length
      if (!isHit || (left >= group.least && !given.includes(0))) continue
      const evidence = `${after.id} "${group.name}" gives back ${sorted(given)}: ${left} of ${group.least} are left`
      throw new LawBroken('only what is beyond the least is given back', evidence)
    }
  }

  #isDue(before: WorkloadRecord): void {
    const unmet = this.#ledger.unmet(before)
    if (unmet.length > 0) throw new LawBroken('nothing starts before what it waits for', `${before.id}: ${unmet[0]}`)
    const from = Math.max(before.spec.startAfter ?? 0, before.notBefore ?? 0)
    if (from > this.#now) throw new LawBroken('nothing starts before its time', `${before.id}: ${from - this.#now} ms`)
  }
}

/** Whether these are ranks that had no machine, or new ones at the end, of groups that may have so many. */
function isGrowth(before: WorkloadRecord, after: WorkloadRecord, ranks: readonly number[]): boolean {
  const known = before.placements.length
  const fresh = ranks.filter((rank) => rank >= known)
  const isNext = sorted(fresh) === sorted(fresh.map((_, index) => known + index))
  const isVacant = ranks.every((rank) => rank >= known || before.vacancies.includes(rank))
  return isNext && isVacant && rankedGroups(after).every((group) => membersOf(group, after).length <= group.most)
}

const sorted = (ranks: readonly number[]): string => ranks.toSorted((left, right) => left - right).join(' ')

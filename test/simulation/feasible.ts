import type { MachineRecord, WorkloadRecord } from '../../coordinator/core/records.ts'
import { type Ledger, isEnded, isOfClass, membersOf, ownAmong, rankedGroups, wantedRanks } from './ledger.ts'
import { lacks, strays } from './suitable.ts'

/** Whether workloads could be placed if all machines were free, by trying out everything. */
export class Feasible {
  readonly #ledger: Ledger
  #described = -1
  #ends = new Map<string, boolean>()
  #starts = new Map<WorkloadRecord, boolean>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** Also whether all that it waits for can end. What was found holds for as long as machines stay what they are. */
  canEnd(id: string): boolean {
    this.#refresh()
    const known = this.#ends.get(id)
    if (known !== undefined) return known
    const workload = this.#ledger.workloads.get(id)
    const canEnd = workload === undefined || isEnded(workload.state) || this.#areMet(workload)
    this.#ends.set(id, canEnd)
    return canEnd
  }

  #refresh(): void {
    if (this.#described === this.#ledger.described) return
    this.#ends = new Map()
    this.#starts = new Map()
    this.#described = this.#ledger.described
  }

  #areMet(workload: WorkloadRecord): boolean {
    return workload.spec.dependencies.every((one) => this.canEnd(one.workload)) && this.canStart(workload)
  }

  /** Whether there are machines for all of its ranks, whoever has them now. */
  canStart(workload: WorkloadRecord): boolean {
    this.#refresh()
    const known = this.#starts.get(workload) ?? this.#areEnough(workload)
    this.#starts.set(workload, known)
    return known
  }

  #areEnough(workload: WorkloadRecord): boolean {
    // In the end nothing is reserved any more.
    if (workload.spec.reservation !== '') return false
    const held = new Map<number, MachineRecord>()
    const vacant = wantedRanks(workload)
    for (const group of rankedGroups(workload)) {
      for (const rank of membersOf(group, workload)) {
        const placement = this.#ledger.placements.get(workload.placements[rank] ?? '')
        const machine = this.#ledger.machines.get(placement?.machine ?? '')
        if (machine !== undefined) held.set(rank, machine)
      }
    }
    return vacant.length === 0 || this.#fill(workload, held, vacant, new Set())
  }

  /** Gives the first rank each machine in turn, and so on. */
  #fill(
    workload: WorkloadRecord,
    placed: Map<number, MachineRecord>,
    [rank, ...others]: readonly number[],
    used: Set<MachineRecord>,
  ): boolean {
    if (rank === undefined) return this.#isWell(workload, placed, used)
    const group = rankedGroups(workload).find(({ ranks }) => ranks.includes(rank))
    for (const machine of this.#ledger.machines.values()) {
      if (used.has(machine) || group === undefined || lacks(machine, group.constraints) !== '') continue
      used.add(machine)
      placed.set(rank, machine)
      if (this.#fill(workload, placed, others, used)) return true
      placed.delete(rank)
      used.delete(machine)
    }
    return false
  }

  #isWell(workload: WorkloadRecord, placed: ReadonlyMap<number, MachineRecord>, used: ReadonlySet<MachineRecord>) {
    const quotas = this.#ledger.tenants.get(workload.tenant)?.quotas ?? []
    for (const { hardwareClass, limit } of quotas) {
      if (limit === null) continue
      if ([...used].filter((machine) => isOfClass(machine, hardwareClass)).length > limit) return false
    }
    if (workload.spec.noBorrow && ownAmong(quotas, placed.values()) < placed.size) return false
    return rankedGroups(workload).every(
      ({ ranks, arrangement }) =>
        strays(
          ranks.flatMap((rank) => placed.get(rank) ?? []),
          arrangement,
        ) === '',
    )
  }
}

import type { WorkloadRecord } from '../../coordinator/core/records.ts'
import type { StateWrite } from '../../coordinator/core/state.ts'
import { LawBroken } from './law.ts'
import { type Ledger, membersOf, rankedGroups } from './ledger.ts'

/** A machine that was drained in this batch, with what ran there before. */
type Drained = { readonly machine: string; readonly workload: WorkloadRecord; readonly rank: number }

/** Watches drains: they cost a workload that can spare a machine that machine alone. */
export class DrainObserver {
  readonly #ledger: Ledger
  /** Workloads that this batch has written, as they were before it; undefined: there was none. */
  readonly #before = new Map<string, WorkloadRecord | undefined>()
  #drained: Drained[] = []

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** Before the ledger has it. */
  written(write: StateWrite): void {
    const { machines, workloads, placements } = this.#ledger
    if (write.table === 'workloads' && !this.#before.has(write.key)) {
      this.#before.set(write.key, workloads.get(write.key))
    }
    if (write.table !== 'machines' || write.record === null) return
    const { cordon } = write.record
    const machine = machines.get(write.key)
    const placement = placements.get(machine?.placement ?? '')
    if (cordon?.drain !== true || machine?.state !== 'allocated' || placement === undefined) return
    const isKnown = this.#before.has(placement.workload)
    const workload = isKnown ? this.#before.get(placement.workload) : workloads.get(placement.workload)
    if (cordon.at === machine.cordon?.at || workload?.placements[placement.rank] !== placement.id) return
    this.#drained.push({ machine: machine.id, workload, rank: placement.rank })
  }

  committed(): void {
    for (const one of this.#drained) this.#isSpared(one)
    this.forget()
  }

  forget(): void {
    this.#before.clear()
    this.#drained = []
  }

  #isSpared({ machine, workload, rank }: Drained): void {
    const { workloads, placements } = this.#ledger
    const after = workloads.get(workload.id)
    const isStopped = after?.stop?.reason.includes(`(${machine}) is drained`) === true
    // What somebody resized, or asked to end, in the same batch is another matter.
    if (!isStopped || workload.stop !== null || after.sizes !== workload.sizes) return
    for (const group of rankedGroups(workload)) {
      const members = membersOf(group, workload)
      if (!members.includes(rank) || rank === 0) continue
      const others = members.filter((other) => {
        const { phase = '' } = placements.get(workload.placements[other] ?? '') ?? {}
        const isDrained = this.#drained.some((one) => one.workload.id === workload.id && one.rank === other)
        return !isDrained && phase !== 'lost' && phase !== 'failed'
      })
      if (others.length < group.least) continue
      const evidence = `${workload.id} for rank ${rank} on ${machine}: ${others.length} of ${group.least} would be left`
      throw new LawBroken('a drain ends no more than it must', evidence)
    }
  }
}

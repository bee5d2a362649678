import { isElastic, isUnderWay, ranksByGroup } from '../core/ranks.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { Demand } from './demand.ts'
import type { Waiting } from './waiting.ts'

/** Machines that a group of a running workload may have beyond those that it has. */
export type GrowthWant = {
  readonly demand: Demand
  /** Which of the groups it is. */
  readonly group: number
  /** Ranks of it that have a machine. */
  readonly members: readonly number[]
  /** How many more it may have. */
  readonly room: number
}

export type Grower = { readonly workload: WorkloadRecord; readonly wants: readonly GrowthWant[] }

/** Workloads that hold machines and may be given more. */
export class Growing {
  readonly #growers = new Map<string, Grower>()
  /** Grows with every workload that comes or goes. */
  changes = 0

  get size(): number {
    return this.#growers.size
  }

  values(): Iterable<Grower> {
    return this.#growers.values()
  }

  update(id: string, workload: WorkloadRecord | undefined, waiting: Waiting): void {
    const known = this.#growers.get(id)
    if (known?.workload === workload) return
    if (known !== undefined) {
      this.#growers.delete(id)
      waiting.forget(known.wants.map(({ demand }) => demand))
      this.changes += 1
    }
    const grower = workload === undefined ? null : growerOf(workload, waiting)
    if (grower === null) return
    this.#growers.set(id, grower)
    this.changes += 1
  }
}

/** What it may have beyond what it has; null: nothing. What somebody else places, somebody else lets grow. */
export function growerOf(workload: WorkloadRecord, waiting: Waiting): Grower | null {
  if (!isUnderWay(workload) || workload.spec.scheduler !== '' || !isElastic(workload)) return null
  const wants = ranksByGroup(workload).flatMap(({ group, index, members, room }): readonly GrowthWant[] =>
    room === 0 ? [] : [{ demand: waiting.demandFor(group), group: index, members, room }],
  )
  return wants.length === 0 ? null : { workload, wants }
}

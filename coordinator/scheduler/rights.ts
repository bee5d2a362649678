import type { TenantName, WorkloadId } from '../../shared/model/ids.ts'
import type { WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Allowance } from './claims.ts'
import { allowanceFor, lessened, mayHold, ownAllowance } from './quotas.ts'
import { type Wanted, lacksRank } from './waiting.ts'

/** Who goes first, whatever the priority. */
const RANK = { lacksRank: 4, preemptsForOwn: 3, preempts: 2, own: 1, other: 0 }

/** Of a workload, whatever its tenant is guaranteed. */
export const plainRank = (wanted: Wanted): number => (lacksRank(wanted) ? RANK.lacksRank : RANK.other)

/** What tenants may have, and what of it is their own, in one pass. */
export class Rights {
  readonly #view: FleetView
  /** Machines for which others are stopped, by whose they will be: nothing else of that tenant takes their place. */
  readonly #promised = new Map<TenantName, Map<WorkloadId, number>>()

  /** For whose own others are stopped. */
  readonly #reclaiming = new Set<TenantName>()

  constructor(view: FleetView) {
    this.#view = view
  }

  promise(wanted: Wanted): void {
    const { workload, wants } = wanted
    const { id, tenant } = workload
    if (this.isOwn(wanted)) this.#reclaiming.add(tenant)
    const asked = wants.reduce((sum, { ranks }) => sum + ranks.length, 0)
    const known = this.#promised.get(tenant)
    if (known === undefined) this.#promised.set(tenant, new Map([[id, asked]]))
    else known.set(id, asked)
  }

  /** Whether others are stopped for it. */
  isPromised({ workload }: Wanted): boolean {
    return this.#promised.get(workload.tenant)?.has(workload.id) === true
  }

  #promisedBeside({ id, tenant }: WorkloadRecord): number {
    let sum = 0
    for (const [other, asked] of this.#promised.get(tenant) ?? []) if (other !== id) sum += asked
    return sum
  }

  /** How many more machines of a class it may be given. Who takes back its own borrows nothing meanwhile. */
  allowanceOf(workload: WorkloadRecord): Allowance {
    const beside = this.#promisedBeside(workload)
    if (beside > 0 && this.#reclaiming.has(workload.tenant)) return this.ownOf(workload)
    return lessened(allowanceFor(this.#view, workload), beside)
  }

  /** How many more of a class would be its tenant's own. */
  ownOf(workload: WorkloadRecord): Allowance {
    return lessened(ownAllowance(this.#view, workload.tenant), this.#promisedBeside(workload))
  }

  /** Whether what it asks for would be its tenant's own. */
  isOwn(wanted: Wanted | null): boolean {
    if (wanted === null || !this.#view.guaranteed().has(wanted.workload.tenant)) return false
    return mayHold(wanted, this.ownOf(wanted.workload))
  }

  /**
   * The higher goes first, whatever the priority: what runs and lacks a rank, for it holds machines meanwhile; what
   * others are stopped for in a tenant that is guaranteed machines, or they were stopped in vain, since what is given
   * back may make others ask for their own; what is its tenant's own.
   */
  rank(wanted: Wanted): number {
    const plain = plainRank(wanted)
    if (plain !== RANK.other || !this.#view.guaranteed().has(wanted.workload.tenant)) return plain
    const isOwn = this.isOwn(wanted)
    if (wanted.workload.preempting) return isOwn ? RANK.preemptsForOwn : RANK.preempts
    return isOwn ? RANK.own : RANK.other
  }
}

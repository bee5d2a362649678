import type { WorkloadId } from '../../shared/model/ids.ts'
import type { StoppedFor } from '../../shared/model/workload.ts'
import type { PlannedPreemption } from '../core/commit.ts'
import type { Admission } from './admission.ts'
import type { Kept } from './claims.ts'
import type { Entry } from './kind.ts'
import type { PassOptions } from './pass_options.ts'
import { victimsFor } from './preempt.ts'
import { mayHold } from './quotas.ts'
import { couldHold } from './reserve.ts'
import type { Rights } from './rights.ts'
import type { Shape, Want, Wanted } from './waiting.ts'

/** Workloads for which others are stopped in one pass. */
const PREEMPTIONS = 8
/** Workloads for which it is looked in one pass whom to stop. */
const PREEMPTIONS_TRIED = 64

/** Who is to be stopped for whom, as it is found in one pass. */
export class Stops {
  readonly planned: (PlannedPreemption & { readonly stops: readonly StoppedFor[] })[] = []
  readonly #with: PassOptions
  readonly #rights: Rights
  readonly #admission: Admission
  /** Who is to be stopped already, and machines that others wait for which go before. */
  readonly #spoken = { victims: new Set<WorkloadId>(), machines: new Set<Entry>() }
  /** What those want for whom others are stopped. */
  readonly #wants: Want[] = []
  #tried = 0

  constructor(options: PassOptions, rights: Rights, admission: Admission) {
    this.#with = options
    this.#rights = rights
    this.#admission = admission
  }

  /** Has others stopped for one that is blocked, where it would be the next to get their machines; true while so. */
  plan(shape: Shape, wanted: Wanted, kept: Kept): boolean {
    const { workload } = wanted
    const isOwn = this.#rights.isOwn(wanted)
    if (!isOwn && !workload.spec.preemption.preempts) return false
    const { state, preempting } = workload
    if (state !== 'queued' || this.planned.length >= PREEMPTIONS || this.#tried >= PREEMPTIONS_TRIED) return preempting
    if (!couldHold(shape, this.#with.index, kept.gate) || this.#isBehind(wanted) || this.#collides(wanted))
      return preempting
    if ((isOwn || workload.spec.noBorrow) && this.#isLeftNothing(shape, wanted)) return preempting
    this.#tried += 1
    const allowance = isOwn ? this.#rights.ownOf(workload) : this.#rights.allowanceOf(workload)
    const isSparing = this.#with.view.guaranteed().has(workload.tenant) && this.#isBehindOwn(wanted)
    const sacrifice = victimsFor(wanted, { ...this.#with, kept, spoken: this.#spoken, isOwn, isSparing, allowance })
    // What is ending is not for it any more.
    if (sacrifice === undefined) return false
    const { victims: stops, spares, machines } = sacrifice
    const isAny = stops.length + spares.length > 0
    if (!isAny && !preempting) return false
    for (const entry of machines) this.#spoken.machines.add(entry)
    this.#wants.push(...wanted.wants)
    if (!isAny) return true
    const given = [...Map.groupBy(spares, (spare) => spare.workload)]
    const shrinks = given.map(([id, some]) => ({ workload: id, ranks: some.map(({ rank }) => rank) }))
    const victims = stops.map((victim) => victim.workload)
    for (const victim of victims) this.#spoken.victims.add(victim)
    this.planned.push({ workload: workload.id, victims, stops, shrinks })
    return true
  }

  /** Whether something that goes before waits for such machines too: it would get them, and this one nothing. */
  #isBehind(wanted: Wanted): boolean {
    const rank = this.#rights.rank(wanted)
    return this.#isAny(wanted, (first) => {
      const more = this.#rights.rank(first) - rank
      return more > 0 || (more === 0 && first.urgency > wanted.urgency)
    })
  }

  /**
   * Whether something more urgent of its own tenant waits for such machines. Where that asks for more than is the
   * tenant's own, it goes behind; but not any more once one of that tenant is stopped.
   */
  #isBehindOwn(wanted: Wanted): boolean {
    const { tenant } = wanted.workload
    return this.#isAny(wanted, (first) => first.workload.tenant === tenant && first.urgency > wanted.urgency)
  }

  /**
   * Whether the more urgent of its tenant use up what is the tenant's own, whichever machines they wait for: they would
   * start first, and this one not any more.
   */
  #isLeftNothing(shape: Shape, wanted: Wanted): boolean {
    const { workload, urgency } = wanted
    const own = this.#rights.ownOf(workload)
    const wants = [...wanted.wants]
    for (const line of shape.lines.get(workload.tenant)?.tenancy.lines ?? []) {
      const { first } = line
      if (first === null || first.urgency <= urgency) break
      // What others are stopped for is taken off already.
      if (this.#rights.isPromised(first) || !this.#rights.isOwn(first)) continue
      if (!couldHold(line.shape, this.#with.index, this.#admission.of(first.workload))) continue
      wants.push(...first.wants)
      if (!mayHold({ wants }, own)) return true
    }
    return false
  }

  /** Whether this holds of the first of a line that waits for such machines and could have them. */
  #isAny({ wants, workload }: Wanted, holds: (first: Wanted) => boolean): boolean {
    const kinds = new Set(wants.flatMap(({ demand }) => demand.kinds))
    for (const shape of this.#with.waiting.shapes()) {
      if (!shape.wants.some(({ demand }) => demand.kinds.some((kind) => kinds.has(kind)))) continue
      const isAny = [...shape.lines.values()].some(
        ({ first }) =>
          first !== null &&
          first.workload.id !== workload.id &&
          holds(first) &&
          couldHold(shape, this.#with.index, this.#admission.of(first.workload)),
      )
      if (isAny) return true
    }
    return false
  }

  /**
   * Whether others are stopped already for one that wants such machines in another way: whichever starts first might
   * take those that the other cannot do without.
   */
  #collides({ wants }: Wanted): boolean {
    return wants.some(({ demand }) => {
      const { pack, spread, sameClass } = demand.arrangement
      const isAny = pack?.required !== true && spread === null && !sameClass
      const kinds = new Set(demand.kinds)
      return this.#wants.some(
        (other) => (other.demand !== demand || !isAny) && other.demand.kinds.some((kind) => kinds.has(kind)),
      )
    })
  }
}

import { mismatch } from '../core/placeable.ts'
import type { Demand } from './demand.ts'
import type { Entry, Kind } from './kind.ts'

/** Which machines something that waits could use, wherever they are and however they must lie to each other. */
export class Wishes {
  readonly #kinds: ReadonlySet<Kind>
  /** What looks at places or at single machines. */
  readonly #others: readonly Demand[]

  constructor(demands: readonly Demand[]) {
    this.#kinds = new Set(demands.flatMap((demand) => (demand.reach === 'kind' ? demand.kinds : [])))
    this.#others = demands.filter(({ reach }) => reach !== 'kind')
  }

  /** Whether one machine of a kind is as good as another for all of them. */
  get areAllPlain(): boolean {
    return this.#others.length === 0
  }

  hasKind(kind: Kind): boolean {
    return this.#kinds.has(kind)
  }

  has({ record, stretch }: Entry): boolean {
    if (this.#kinds.has(stretch.kind)) return true
    return this.#others.some(({ constraints }) => mismatch(record, constraints) === undefined)
  }
}

import type { FleetView } from '../core/state.ts'
import { Contest, type Head } from './contest.ts'
import { Heap } from './heap.ts'
import { type Rights, plainRank } from './rights.ts'
import type { Line, Tenancy, Wanted } from './waiting.ts'

/** The first of a tenant's workloads, and how the tenant stood when that was found. */
export type Turn = Head & { readonly contest: Contest; readonly standing: number; readonly rank: number }

/** By rank; by urgency, whoever's it is; then whose tenant had less; then as submitted. */
const inOrder = (left: Turn, right: Turn): number =>
  right.rank - left.rank ||
  right.wanted.urgency - left.wanted.urgency ||
  left.standing - right.standing ||
  left.wanted.sequence - right.wanted.sequence

type TurnsOptions = {
  readonly view: FleetView
  readonly tenancies: Iterable<Tenancy>
  readonly rights: Rights
  /** The first of a line that may be tried now. */
  readonly openIn: (line: Line) => Wanted | undefined
  readonly isTried: (wanted: Wanted) => boolean
}

/** Whose turn it is in one pass: of each tenant, the one that goes before its others. */
export class Turns {
  readonly #with: TurnsOptions
  readonly #heap = new Heap<Turn>(inOrder)
  /** Turns of those that ask for their tenant's own. */
  #ofOwn = 0

  constructor(options: TurnsOptions) {
    this.#with = options
    const { openIn, tenancies, view } = options
    for (const tenancy of tenancies) {
      this.push(new Contest(tenancy, openIn))
      if (!view.guaranteed().has(tenancy.name)) continue
      // Apart from what is merely more urgent, which would go before it in one contest.
      this.push(
        new Contest(tenancy, (line) => (line.first?.workload.preempting === true ? openIn(line) : undefined), true),
      )
      this.push(new Contest(tenancy, (line) => (this.#goesFirst(line.first) ? openIn(line) : undefined), true))
    }
  }

  /** Whether some ask for what is their tenant's own. */
  get isAnyOfOwn(): boolean {
    return this.#ofOwn > 0
  }

  /** The next of a contest stands in line. */
  push(contest: Contest): void {
    const head = contest.next()
    if (head === undefined) return
    if (contest.isOfOwn) this.#ofOwn += 1
    const rank = contest.isOfOwn ? this.#with.rights.rank(head.wanted) : plainRank(head.wanted)
    this.#heap.push({ ...head, contest, rank, standing: contest.tenancy.standing })
  }

  /** Whose turn it is. One that is guaranteed machines has several: what was said of one may not hold any more. */
  pop(): Turn | undefined {
    for (let turn = this.#heap.pop(); turn !== undefined; turn = this.#heap.pop()) {
      const { contest, wanted, standing } = turn
      if (contest.isOfOwn) this.#ofOwn -= 1
      const isStale = standing !== contest.tenancy.standing || (contest.isOfOwn && !this.#goesFirst(wanted))
      if (!isStale && !this.#with.isTried(wanted)) return turn
      this.push(contest)
    }
    return undefined
  }

  #goesFirst(wanted: Wanted | null): boolean {
    return wanted !== null && this.#with.rights.rank(wanted) > 0
  }
}

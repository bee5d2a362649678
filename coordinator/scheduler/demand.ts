import type { MachineFacts } from '../../shared/model/expression/attributes.ts'
import { isIdentity } from '../../shared/model/expression/attributes.ts'
import { subjectsOf } from '../../shared/model/expression/expression.ts'
import { holds } from '../../shared/model/expression/holds.ts'
import type { Arrangement, Constraints } from '../../shared/model/workload.ts'
import { mismatch, unlike } from '../core/placeable.ts'
import type { FleetIndex } from './fleet_index.ts'
import { type Entry, type Kind, type Stretch, bySize, couldBeFree } from './kind.ts'

/** What one group of a workload asks of machines, tried on kinds and places and kept until those change. */
export class Demand {
  readonly constraints: Constraints
  readonly arrangement: Arrangement
  readonly #index: FleetIndex
  /** Labels that it looks at: the index is to be asked for them before it is tried. */
  readonly labels: ReadonlySet<string>
  /** Of what it must be tried: one machine of a kind, one of each place, or every single one. */
  readonly reach: 'kind' | 'place' | 'machine'
  #version = -1
  #kinds: readonly Kind[] = []
  #leaves: readonly Stretch[] | null = null

  constructor(index: FleetIndex, constraints: Constraints, arrangement: Arrangement) {
    this.#index = index
    this.constraints = constraints
    this.arrangement = arrangement
    const expressions = [constraints.require, ...constraints.prefer.map((one) => one.expression)]
    const subjects = expressions.flatMap((one) => (one === null ? [] : subjectsOf(one.test)))
    const labels = new Set([
      ...Object.keys(constraints.labels),
      ...subjects.flatMap((subject) => ('label' in subject ? [subject.label] : [])),
    ])
    this.labels = labels
    const isNamed = constraints.machines.length > 0 || constraints.excluded.length > 0 || subjects.some(isIdentity)
    this.reach = isNamed ? 'machine' : index.levels.some((level) => labels.has(level)) ? 'place' : 'kind'
  }

  /** Whether one machine that suits it suits it, whatever other machines there are. */
  get isPlain(): boolean {
    const { pack, spread } = this.arrangement
    return this.reach === 'kind' && pack?.required !== true && spread === null
  }

  /** Kinds of which at least some machines will do, the most fitting first. */
  get kinds(): readonly Kind[] {
    this.#refresh()
    return this.#kinds
  }

  /** Innermost places of these kinds whose machines will do, as far as they are alike in it. */
  get leaves(): readonly Stretch[] {
    this.#refresh()
    this.#leaves ??= this.#kinds.flatMap((kind) => this.#leavesOf(kind))
    return this.#leaves
  }

  /** Free machines that will do, where only a look at each can tell. */
  candidates(): readonly Entry[] {
    const { machines } = this.constraints
    const looked = machines.length > 0 ? machines.flatMap((id) => this.#index.entry(id) ?? []) : [...this.#fleet()]
    return looked.filter(({ record, refusal }) => refusal === null && mismatch(record, this.constraints) === undefined)
  }

  /** Every machine that would do if it were free, whoever has it now; as slow as there are many. */
  *every(): Iterable<Entry> {
    const { machines } = this.constraints
    const named = machines.flatMap((id) => this.#index.entry(id) ?? [])
    const looked = machines.length > 0 ? [named] : this.kinds.map((kind) => kind.entries.values())
    for (const entries of looked) {
      for (const entry of entries) {
        if (!couldBeFree(entry.record)) continue
        if (this.reach === 'kind' || mismatch(entry.record, this.constraints) === undefined) yield entry
      }
    }
  }

  /** How many machines of each of its kinds would do if they were free. */
  totals(): ReadonlyMap<Kind, number> {
    if (this.reach === 'kind') return new Map(this.kinds.map((kind) => [kind, kind.root.total]))
    const totals = new Map<Kind, number>()
    const add = (kind: Kind, count: number): void => void totals.set(kind, (totals.get(kind) ?? 0) + count)
    if (this.reach === 'place') for (const { kind, total } of this.leaves) add(kind, total)
    else for (const { stretch } of this.every()) add(stretch.kind, 1)
    return totals
  }

  /** Machines of the kinds that count that would do if they were free. */
  couldHold(counts: (kind: Kind) => boolean = () => true): number {
    let sum = 0
    for (const [kind, total] of this.totals()) if (counts(kind)) sum += total
    return sum
  }

  /** How much better than others such machines are. */
  score(facts: MachineFacts): number {
    let score = 0
    for (const { expression, weight } of this.constraints.prefer) if (holds(expression.test, facts)) score += weight
    return score
  }

  /** Free machines that will do, in no stated order; as slow as there are many. */
  *everyFree(): Iterable<Entry> {
    if (this.reach === 'machine') yield* this.candidates()
    else for (const leaf of this.leaves) yield* leaf.machines
  }

  *#fleet(): Iterable<Entry> {
    for (const kind of this.#index.kinds.values()) for (const leaf of kind.leaves()) yield* leaf.machines
  }

  #refresh(): void {
    const { version } = this.#index
    if (this.#version === version) return
    this.#version = version
    const kinds = [...this.#index.kinds.values()].filter((kind) =>
      this.reach === 'kind' ? unlike(kind.facts, this.constraints) === undefined : this.#leavesOf(kind).length > 0,
    )
    const scores = new Map(kinds.map((kind) => [kind, this.score(kind.facts)]))
    const order = (left: Kind, right: Kind): number =>
      (scores.get(right) ?? 0) - (scores.get(left) ?? 0) || bySize(left, right)
    this.#kinds = kinds.toSorted(order)
    this.#leaves = null
  }

  #leavesOf(kind: Kind): readonly Stretch[] {
    if (this.reach !== 'place') return [...kind.leaves()]
    return [...kind.leaves()].filter((leaf) => unlike(this.factsAt(leaf), this.constraints) === undefined)
  }

  /** Of a machine of this kind in this place. */
  factsAt({ kind, domain }: Stretch): MachineFacts {
    const here = domain.path.flatMap((value, depth) => {
      const level = this.#index.levels[depth]
      return level === undefined || value === '' ? [] : [[level, value] as const]
    })
    return { ...kind.facts, labels: { ...kind.facts.labels, ...Object.fromEntries(here) } }
  }
}

import {
  KIND_ATTRIBUTES,
  type MachineFacts,
  attributes,
  wholeMemory,
} from '../../shared/model/expression/attributes.ts'
import type { ReservationId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { MachineRefusalReason } from '../../shared/model/workload.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import type { MachineRecord } from '../core/records.ts'
import type { Domain } from './domain.ts'
import { SortedList } from './sorted_list.ts'

/** A machine as the scheduler keeps it. */
export type Entry = {
  record: MachineRecord
  readonly stretch: Stretch
  /** Sorts machines as they stand: by place, then by name. */
  readonly key: string
  /** Why it can take nothing now, whatever is asked for; null: it is free. */
  refusal: MachineRefusalReason | null
  /** When it will be free again, as far as the time limit of what runs there tells; null: nobody knows. */
  freeAt: Instant | null
}

/** Free machines of one place, of one kind or of several. */
export type Place = {
  readonly domain: Domain
  readonly free: number
  /** Places of the next level within it, in no stated order. */
  readonly children: Iterable<Place>
  /** Its free machines as they stand, where it is an innermost place. */
  readonly machines: Iterable<Entry>
}

/** The machines of one kind in one place. */
export class Stretch implements Place {
  readonly kind: Kind
  readonly domain: Domain
  readonly parent: Stretch | null
  readonly children: Stretch[] = []
  readonly machines = new SortedList<Entry>((left, right) => compareTexts(left.key, right.key))
  free = 0
  /** Machines that could be free one day. */
  total = 0

  constructor(kind: Kind, domain: Domain, parent: Stretch | null) {
    this.kind = kind
    this.domain = domain
    this.parent = parent
  }
}

type KindOptions = Pick<Kind, 'key' | 'facts' | 'reservations'> & {
  readonly root: Domain
  /** How many levels places have, the whole fleet among them. */
  readonly depths: number
}

/**
 * Machines alike in all that placement looks at, save where they are and which they are. Constraints are tried on a
 * kind once, never on each of its machines.
 */
export class Kind {
  readonly key: string
  /** Of any one of its machines; its labels are those that were ever asked for. */
  readonly facts: MachineFacts
  /** Of every one of its machines. */
  readonly reservations: readonly ReservationId[]
  readonly root: Stretch
  readonly entries = new Map<string, Entry>()
  /** How many of its machines are refused for which reason. */
  readonly refused = new Map<MachineRefusalReason, number>()
  /** Machines whose end is known, the earliest first. */
  readonly ends = new SortedList<Entry>(byEnd)
  /** Stretches with free machines, per depth: fewest first, so that large ones stay whole. */
  readonly #byFree: readonly SortedList<Stretch>[]
  readonly #stretches = new Map<Domain, Stretch>()

  constructor({ key, facts, reservations, root, depths }: KindOptions) {
    this.key = key
    this.facts = facts
    this.reservations = reservations
    this.#byFree = Array.from({ length: depths }, () => new SortedList<Stretch>(byFree))
    this.root = new Stretch(this, root, null)
    this.#stretches.set(root, this.root)
  }

  get free(): number {
    return this.root.free
  }

  /** Depth of its innermost places. */
  get depth(): number {
    return this.#byFree.length - 1
  }

  /** Innermost stretches. */
  *leaves(): Iterable<Stretch> {
    for (const stretch of this.#stretches.values()) if (stretch.domain.depth === this.depth) yield stretch
  }

  /** Free machines of it in a place. */
  freeIn(domain: Domain): number {
    return this.#stretches.get(domain)?.free ?? 0
  }

  has(domain: Domain): boolean {
    return this.#stretches.has(domain)
  }

  at(domain: Domain): Stretch {
    const known = this.#stretches.get(domain)
    if (known !== undefined) return known
    const parent = domain.parent === null ? null : this.at(domain.parent)
    const stretch = new Stretch(this, domain, parent)
    parent?.children.push(stretch)
    this.#stretches.set(domain, stretch)
    return stretch
  }

  /** Stretches of this depth with at least so many free machines, the fewest first. */
  fits(depth: number, count: number): Iterable<Stretch> {
    return this.#byFree[depth]?.from((stretch) => stretch.free < count) ?? []
  }

  /** A free machine of the innermost place that has the fewest. */
  one(): Entry | undefined {
    return this.#byFree[this.depth]?.first()?.machines.first()
  }

  add(entry: Entry): void {
    this.entries.set(entry.record.id, entry)
    this.#count(entry, 1)
    this.#move(entry.stretch, entry.refusal === null ? 1 : 0, couldBeFree(entry.record) ? 1 : 0)
  }

  remove(entry: Entry): void {
    this.entries.delete(entry.record.id)
    this.#count(entry, -1)
    this.#move(entry.stretch, entry.refusal === null ? -1 : 0, couldBeFree(entry.record) ? -1 : 0)
  }

  /** Changes what is known of a machine; false where placement sees no difference. */
  change(entry: Entry, record: MachineRecord, refusal: MachineRefusalReason | null, freeAt: Instant | null): boolean {
    const total = Number(couldBeFree(record)) - Number(couldBeFree(entry.record))
    if (entry.refusal === refusal && entry.freeAt === freeAt && total === 0) {
      entry.record = record
      return false
    }
    const free = Number(refusal === null) - Number(entry.refusal === null)
    this.#count(entry, -1)
    entry.record = record
    entry.refusal = refusal
    entry.freeAt = freeAt
    this.#count(entry, 1)
    this.#move(entry.stretch, free, total)
    return true
  }

  #count(entry: Entry, by: 1 | -1): void {
    const { refusal, freeAt } = entry
    if (freeAt !== null) change(this.ends, entry, by)
    if (refusal === null) change(entry.stretch.machines, entry, by)
    else this.refused.set(refusal, (this.refused.get(refusal) ?? 0) + by)
  }

  /** So many more, or fewer, are free there, and could be. */
  #move(leaf: Stretch, free: number, total: number): void {
    if (free === 0 && total === 0) return
    for (let stretch: Stretch | null = leaf; stretch !== null; stretch = stretch.parent) {
      stretch.total += total
      if (free === 0) continue
      const sorted = this.#byFree[stretch.domain.depth]
      if (stretch.free > 0) sorted?.remove(stretch)
      stretch.free += free
      if (stretch.free > 0) sorted?.add(stretch)
    }
  }
}

function change<Value>(list: SortedList<Value>, value: Value, by: 1 | -1): void {
  if (by === 1) list.add(value)
  else list.remove(value)
}

/** Whether it could be free one day. */
export const couldBeFree = ({ state }: MachineRecord): boolean => state !== 'pending'

const byFree = (left: Stretch, right: Stretch): number =>
  left.free - right.free || compareTexts(left.domain.key, right.domain.key)

const byEnd = (left: Entry, right: Entry): number =>
  (left.freeAt ?? 0) - (right.freeAt ?? 0) || compareTexts(left.key, right.key)

/** What tells kinds apart: hardware as expressions see it, labels that someone asks for, and reservations. */
export function kindKey(
  facts: MachineFacts,
  labels: Iterable<string>,
  reservations: readonly ReservationId[] = [],
): string {
  const asked: [string, string][] = []
  for (const key of labels) {
    const value = facts.labels[key]
    if (value !== undefined) asked.push([key, value])
  }
  const hardware = KIND_ATTRIBUTES.map((name) => attributes[name].of(facts) ?? null)
  return JSON.stringify([hardware, asked.toSorted(byKey), ...reservations])
}

const byKey = ([left]: [string, string], [right]: [string, string]): number => compareTexts(left, right)

/**
 * The smaller first: large machines stay free for those that need them. Of those alike, reserved ones: who may have
 * them leaves the others to who may not.
 */
export function bySize(left: Kind, right: Kind): number {
  const [one, other] = [left.facts.inventory, right.facts.inventory]
  return (
    (one?.gpus.length ?? 0) - (other?.gpus.length ?? 0) ||
    wholeMemory(one?.memoryBytes ?? 0) - wholeMemory(other?.memoryBytes ?? 0) ||
    (one?.cpu.threads ?? 0) - (other?.cpu.threads ?? 0) ||
    Math.sign(right.reservations.length) - Math.sign(left.reservations.length) ||
    compareTexts(left.key, right.key)
  )
}

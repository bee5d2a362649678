import type { TenantName } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { PlannedPlacement } from '../core/commit.ts'
import { misarranged, postponed } from '../core/placeable.ts'
import { machinesOf, mayGrow } from '../core/ranks.ts'
import type { MachineRecord, WorkloadRecord } from '../core/records.ts'
import { hasAnyEnded } from '../core/restarts.ts'
import type { FleetView } from '../core/state.ts'
import { Admission, type Gate } from './admission.ts'
import type { Domain } from './domain.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Grower, GrowthWant } from './growing.ts'
import { Heap } from './heap.ts'
import { type Entry, type Kind, bySize } from './kind.ts'
import { allowanceFor, hasQuota, isOver } from './quotas.ts'
import { standingOf } from './standing.ts'
import { byPlace } from './suits.ts'
import type { Wishes } from './wishes.ts'

/** Machines given out by growth in one pass; the next goes on. */
const GIVEN_MOST = 4096
/** Machines looked at one by one in a pass, where kinds do not tell. */
const LOOKED_AT_MOST = 200_000

type GrowthOptions = {
  readonly view: FleetView
  readonly now: Instant
  readonly index: FleetIndex
  /** What those could use that wait. */
  readonly wishes: Wishes
}

/** Machines of a tenant, and how many there are of each hardware class. */
type Given = { readonly entries: Entry[]; readonly counts: Map<string, number> }

/** One group that grows, with what it was given so far. */
type Part = {
  readonly want: GrowthWant
  /** What reservations let its workload have. */
  readonly gate: Gate
  readonly given: Entry[]
  /** Machines that it has. */
  readonly held: readonly MachineRecord[]
  /** Where these are, on every level. */
  readonly places: Set<Domain>
  /** Where single machines are looked at: those that may do yet, the best first. */
  rest: Iterator<Entry> | null
}

type Turn = { readonly workload: WorkloadRecord; readonly parts: readonly Part[]; standing: number }

const inOrder = (left: Turn, right: Turn): number =>
  right.workload.spec.priority - left.workload.spec.priority ||
  left.standing - right.standing ||
  left.workload.sequence - right.workload.sequence

/**
 * Gives workloads that may have more machines what nobody who waits could use. One machine at a time, to the highest
 * priority first, and of one priority to the tenant that has had least.
 */
export class Growth {
  readonly #with: GrowthOptions
  readonly #admission: Admission
  /** Given out so far, by tenant. */
  readonly #given = new Map<TenantName, Given>()
  /** Machines that were looked at one by one. */
  #looked = 0

  constructor(options: GrowthOptions) {
    this.#with = options
    this.#admission = new Admission(options.view, options.now)
  }

  plan(growers: Iterable<Grower>): readonly PlannedPlacement[] {
    const turns = new Heap<Turn>(inOrder)
    const all: Turn[] = []
    for (const grower of growers) {
      if (!this.#mayGrow(grower)) continue
      const turn = this.#turnOf(grower)
      all.push(turn)
      turns.push(turn)
    }
    let given = 0
    for (let turn = turns.pop(); turn !== undefined && given < GIVEN_MOST; turn = turns.pop()) {
      const standing = this.#standingOf(turn.workload.tenant)
      if (standing === turn.standing) {
        if (!this.#giveOne(turn)) continue
        given += 1
      }
      turns.push({ ...turn, standing: this.#standingOf(turn.workload.tenant) })
    }
    return all.toSorted((left, right) => left.workload.sequence - right.workload.sequence).flatMap(planOf)
  }

  #mayGrow({ workload, wants }: Grower): boolean {
    const { view, now, wishes } = this.#with
    const isLeft = (kind: Kind): boolean => kind.free > 0 && !wishes.hasKind(kind)
    const isAny = wants.some(({ demand }) => demand.reach !== 'kind' || demand.kinds.some(isLeft))
    if (!isAny || !mayGrow(workload, now)) return false
    return postponed(view, workload, now) === null && !hasAnyEnded(view, workload)
  }

  #turnOf({ workload, wants }: Grower): Turn {
    const gate = this.#admission.of(workload)
    const parts = wants.map((want): Part => {
      const held = machinesOf(this.#with.view, workload, want.members)
      const places = new Set<Domain>()
      for (const { id } of held) this.#mark(places, this.#with.index.entry(id))
      return { want, gate, given: [], held, places, rest: null }
    })
    return { workload, parts, standing: this.#standingOf(workload.tenant) }
  }

  #mark(places: Set<Domain>, entry: Entry | undefined): void {
    for (let domain = entry?.stretch.domain ?? null; domain !== null; domain = domain.parent) places.add(domain)
  }

  /** As if it held already what it is given. */
  #standingOf(tenant: TenantName): number {
    return standingOf(this.#with.view, tenant, this.#with.now, this.#givenTo(tenant).counts)
  }

  #givenTo(tenant: TenantName): Given {
    const known = this.#given.get(tenant)
    if (known !== undefined) return known
    const fresh = { entries: [], counts: new Map<string, number>() }
    this.#given.set(tenant, fresh)
    return fresh
  }

  #giveOne({ workload, parts }: Turn): boolean {
    for (const part of parts) {
      if (part.given.length === part.want.room) continue
      const entry = this.#oneFor(workload, part)
      if (entry === undefined) continue
      this.#with.index.take(entry)
      part.given.push(entry)
      this.#mark(part.places, entry)
      const { entries, counts } = this.#givenTo(workload.tenant)
      const { hardwareClass } = entry.record
      entries.push(entry)
      counts.set(hardwareClass, (counts.get(hardwareClass) ?? 0) + 1)
      return true
    }
    return false
  }

  #oneFor(workload: WorkloadRecord, part: Part): Entry | undefined {
    const { demand } = part.want
    const { pack, spread, sameClass } = demand.arrangement
    const isTied = pack?.required === true || spread !== null || sameClass
    if (demand.reach === 'kind' && !isTied && this.#with.wishes.areAllPlain) {
      return this.#nearest(workload, part)
    }
    part.rest ??= this.#candidates(part)[Symbol.iterator]()
    // What does not do now does not later: what was given only stands in the way of more.
    for (let next = part.rest.next(); next.done !== true; next = part.rest.next()) {
      const entry = next.value
      if (entry.refusal !== null || !part.gate.admits(entry.stretch.kind)) continue
      if (!this.#isAllowed(workload, entry)) continue
      const together = [...part.held, ...part.given.map(({ record }) => record), entry.record]
      if (misarranged(together, demand.arrangement, this.#with.index.levels) === undefined) return entry
    }
    return undefined
  }

  /** Of the first kind that has one: as near as can be to those that it has, and there where the fewest are free. */
  #nearest(workload: WorkloadRecord, { want, gate, places }: Part): Entry | undefined {
    for (const kind of want.demand.kinds) {
      if (kind.free === 0 || this.#with.wishes.hasKind(kind)) continue
      if (!gate.admits(kind)) continue
      const first = kind.one()
      if (first === undefined || !this.#isAllowed(workload, first)) continue
      let best = first
      let nearness = -1
      for (const { domain, machines } of kind.fits(kind.depth, 1)) {
        const near = nearnessOf(domain, places)
        if (near <= nearness) continue
        const [entry = best] = machines
        best = entry
        nearness = near
        if (near === kind.depth) break
      }
      return best
    }
    return undefined
  }

  #candidates({ want: { demand } }: Part): readonly Entry[] {
    // As slow as there are many: whoever comes after so many has a turn in the next pass.
    if (this.#looked >= LOOKED_AT_MOST) return []
    const all = [...demand.everyFree()]
    this.#looked += all.length
    const free = all.filter((entry) => !this.#with.wishes.has(entry))
    const scores = new Map(free.map((entry) => [entry, demand.score(entry.record)]))
    return free.toSorted(
      (left, right) =>
        (scores.get(right) ?? 0) - (scores.get(left) ?? 0) ||
        bySize(left.stretch.kind, right.stretch.kind) ||
        byPlace(left, right),
    )
  }

  /** Whether no quota of its tenant forbids it. */
  #isAllowed(workload: WorkloadRecord, entry: Entry): boolean {
    const { view } = this.#with
    if (!hasQuota(view, workload.tenant) && !workload.spec.noBorrow) return true
    return !isOver(allowanceFor(view, workload), [...this.#givenTo(workload.tenant).entries, entry])
  }
}

/** The innermost level on which a place is one of these. */
function nearnessOf(domain: Domain, places: ReadonlySet<Domain>): number {
  for (let one: Domain | null = domain; one !== null; one = one.parent) if (places.has(one)) return one.depth
  return 0
}

function planOf({ workload, parts }: Turn): readonly PlannedPlacement[] {
  const machines = parts.flatMap(({ given }) => given.map(({ record }) => record.id))
  const growth = parts.flatMap(({ given, want }) => given.map(() => want.group))
  return machines.length === 0 ? [] : [{ workload: workload.id, machines, growth }]
}

import { askerOf, mismatch, notFree, postponed } from '../../../coordinator/core/placeable.ts'
import type { MachineRecord, WorkloadRecord } from '../../../coordinator/core/records.ts'
import type { FleetState } from '../../../coordinator/core/state.ts'
import { type Asker, freeFrom, isEverFree, isKeptFrom } from '../../../shared/model/reservation.ts'
import { type Instant, instant } from '../../../shared/model/time.ts'
import type { MachineId } from '../../../shared/model/ids.ts'
import { type Group, groupsOf, leastOf } from '../../../shared/model/workload.ts'
import { tenant as tenantOf } from '../../fixtures.ts'
import { placeOf } from './lie.ts'
import { Profile, type Supply } from './profile.ts'

/**
 * Who of a queue can be placed, said again as plainly as can be, by looking at every machine each time.
 *
 * The queue is walked in its order: what runs and lacks a rank, then by priority, then as submitted. Each is placed if
 * machines that suit it are free and not kept. One that cannot be placed is blocked, and keeps some of the free
 * machines from those behind it, unless the fleet could never hold it, or one before it that asks for exactly the same
 * was blocked already. What it keeps:
 *
 * - `counted`: it looks at hardware alone. It is promised as many machines as it asks for, whichever of those that suit
 *   it, for as soon as so many are free: now, or once what holds them has used up its time limit and they are clean.
 *   Until then nobody may take one that would be lacking at that time. Where it is not known when that is, nobody may
 *   take one unless more are free now than it asks for.
 * - `single`: it looks at where machines are or which they are. It keeps every machine that it could have; nobody knows
 *   when it starts.
 * - `packed`: it must be within one place. It keeps all suitable machines of the place that has enough of them first,
 *   by time limits; where none ever has, of the one that has the most free. It starts when that has enough.
 *
 * Whose time limits end before that time (cleaning included) may have what is kept. `counted` and `packed` keep nothing
 * where a machine that suits them suits one before them for which something is kept so: that is EASY backfill. In
 * conservative backfill each is promised machines of certain kinds of hardware for as long as it takes, for the first
 * time at which those before it leave enough; see `Profile`.
 *
 * A tenant may have a quota of all classes together. What takes it over its limit is not placed and keeps nothing; nor
 * is what takes it over its guarantee, where that asks not to borrow. Behind what runs and lacks a rank goes what
 * stays within its tenant's guarantee, whatever its priority; that is asked anew before each decision. Of a tenant with
 * a quota, what asks for exactly the same as one that is blocked is not looked at.
 *
 * Then those grow that may have more than they must: the highest priority first, then as submitted. Each takes machines
 * that suit it and could not be used by anything that is blocked, the smallest hardware first, as many as it may have.
 *
 * Machines with other reservations are of other kinds: of those alike in hardware the reserved come first. What is
 * reserved so that the blocked one may not have it now is not its to keep, but is counted on from when its windows let
 * it in: so many fewer of the others are kept. What is so for ever is not of its fleet. Where a reservation is for a
 * tenant, nothing said of others that ask for exactly the same says anything of it.
 *
 * Claims of several of these ways at once are too subtle to be said plainly, so a queue is of one way alone.
 */
export type Way = 'counted' | 'single' | 'packed'

type Claim = { readonly at: number; readonly keeps: (machine: MachineRecord) => boolean }
type Counted = { readonly at: number; readonly suiting: ReadonlySet<MachineId>; readonly count: number }
type Coming = { readonly machine: MachineRecord; readonly at: number }
type Asked = { readonly group: Group; readonly count: number }

const CLEANING = 120_000
const NEVER = Infinity

/** Machines alike in hardware; the smaller sorts first. */
export const kindOf = ({ inventory }: MachineRecord): string =>
  [inventory?.gpus.length ?? 0, inventory?.memoryBytes ?? 0, inventory?.cpu.threads ?? 0]
    .map((number) => String(number).padStart(16, '0'))
    .join()

export class Reference {
  readonly #state: FleetState
  readonly #now: Instant
  readonly #way: Way
  readonly #claims: Claim[] = []
  readonly #counted: Counted[] = []
  readonly #profile: Profile
  /** Machines that suit one for which something is kept until a time. */
  readonly #spokenFor = new Set<MachineId>()
  readonly #blocked = new Set<string>()
  /** What those ask for that are blocked and that the fleet could hold. */
  readonly #wished: Asked[] = []
  readonly #decided = new Set<string>()

  /** Who is decided on. */
  #asker: Asker = { tenant: tenantOf('nobody'), reservation: '', length: 0 }

  constructor(state: FleetState, now: Instant, way: Way) {
    this.#state = state
    this.#now = now
    this.#way = way
    this.#profile = new Profile(now)
  }

  get #isConservative(): boolean {
    return this.#state.cluster().sharing.backfill === 'conservative'
  }

  /** Who is decided on next; once. */
  next(): WorkloadRecord | undefined {
    const isLacking = ({ state }: WorkloadRecord): number => (state === 'queued' ? 0 : 1)
    const isOwn = (one: WorkloadRecord): number => (this.#over(one) <= 0 ? 1 : 0)
    const [first] = [...this.#state.table('workloads').values()]
      .map(({ record }) => record)
      .filter((one) => one.state === 'queued' || (one.state === 'running' && one.vacancies.length > 0))
      .filter(({ id }) => !this.#decided.has(id))
      .toSorted(
        (left, right) =>
          isLacking(right) - isLacking(left) ||
          isOwn(right) - isOwn(left) ||
          right.spec.priority - left.spec.priority ||
          left.sequence - right.sequence,
      )
    if (first !== undefined) this.#decided.add(first.id)
    return first
  }

  #quota({ tenant }: WorkloadRecord) {
    return this.#state.find('tenants', tenant)?.quotas.find(({ hardwareClass }) => hardwareClass === '')
  }

  /** What its tenant would hold beyond its guarantee, it included. */
  #over(workload: WorkloadRecord): number {
    return this.#holding(workload) - (this.#quota(workload)?.guaranteed ?? 0)
  }

  #holding(workload: WorkloadRecord): number {
    const held = [...this.#state.table('machines').values()].filter(
      ({ record }) => record.state === 'allocated' && record.tenant === workload.tenant,
    )
    return askedBy(workload).reduce((sum, { count }) => sum + count, held.length)
  }

  /** Whether it can be placed now; where it cannot, it keeps what it keeps. */
  decide(workload: WorkloadRecord, now: Instant): boolean {
    if (postponed(this.#state, workload, now) !== null) return false
    const { spec } = workload
    const quota = this.#quota(workload)
    if (this.#holding(workload) > (quota?.limit ?? NEVER) || (spec.noBorrow && this.#over(workload) > 0)) return false
    const asked = askedBy(workload)
    this.#asker = askerOf(workload, now)
    const end = this.#endOf(workload)
    const own = workload.state === 'queued' ? '' : workload.id
    const whose = quota === undefined && !this.#isNamed(workload) ? '' : workload.tenant
    const shape = JSON.stringify([whose, own, spec.noBorrow, spec.reservation, groupsOf(spec)])
    const isFirst = !this.#blocked.has(shape)
    if (!isFirst && quota !== undefined) return false
    if (this.#fits(asked, end)) return true
    this.#blocked.add(shape)
    if (!this.#couldHold(asked)) return false
    this.#wished.push(...asked)
    if (isFirst || this.#isConservative) this.#keep(asked, end)
    return false
  }

  /** Kinds of the machines that each workload is given beyond what it must have, by its sequence. */
  growth(now: Instant): ReadonlyMap<number, readonly string[]> {
    const isWished = (machine: MachineRecord): boolean => this.#wished.some(({ group }) => suits(group)(machine))
    const left = this.#machines()
      .filter((machine) => notFree(machine) === undefined && !isWished(machine))
      .toSorted((one, other) => (this.#kindOf(one) < this.#kindOf(other) ? -1 : 1))
    const growers = [...this.#state.table('workloads').values()]
      .map(({ record }) => record)
      .filter((one) => one.state === 'starting' || one.state === 'running')
      .filter((one) => postponed(this.#state, one, now) === null && askedBy(one).length === 0)
      .toSorted((one, other) => other.spec.priority - one.spec.priority || one.sequence - other.sequence)
    const given = new Map<number, readonly string[]>()
    for (const grower of growers) {
      const kinds = groupsOf(grower.spec).flatMap((group, index) => {
        const has = memberGroups(grower).filter((of) => of === index).length
        const asker = askerOf(grower, now)
        const admitted = left.filter(({ id }) => !isKeptFrom(this.#state.reservationsOn(id), asker, now))
        const suiting = admitted.filter(suits(group)).slice(0, group.machineCount - has)
        for (const machine of suiting) left.splice(left.indexOf(machine), 1)
        return suiting.map(kindOf)
      })
      if (kinds.length > 0) given.set(grower.sequence, kinds.toSorted())
    }
    return given
  }

  #endOf({ spec }: WorkloadRecord): number {
    return spec.timeLimit === null ? NEVER : this.#now + spec.timeLimit.limit + CLEANING
  }

  #machines(): readonly MachineRecord[] {
    return [...this.#state.table('machines').values()]
      .map(({ record }) => record)
      .filter(({ state }) => state !== 'retired' && state !== 'pending')
  }

  #isNamed({ tenant: name }: WorkloadRecord): boolean {
    return [...this.#state.table('reservations').values()].some(({ record }) => record.tenants.includes(name))
  }

  #kindOf(machine: MachineRecord): string {
    const reservations = this.#state.reservationsOn(machine.id).map(({ id }) => id)
    return `${kindOf(machine)} ${reservations.length === 0 ? 2 : 1} ${JSON.stringify(reservations)}`
  }

  /** Whether it is free and not reserved for others, or soon to be. */
  #isFree(machine: MachineRecord): boolean {
    return notFree(machine) === undefined && this.#mayHaveNow(machine)
  }

  #mayHaveNow({ id }: MachineRecord): boolean {
    return !isKeptFrom(this.#state.reservationsOn(id), this.#asker, this.#now)
  }

  #isEver(machine: MachineRecord): boolean {
    return isEverFree(this.#state.reservationsOn(machine.id), this.#asker)
  }

  #suiting({ constraints }: Group): readonly MachineRecord[] {
    return this.#machines().filter((machine) => mismatch(machine, constraints) === undefined)
  }

  #isKept(machine: MachineRecord, end: number): boolean {
    return this.#claims.some(({ at, keeps }) => at < end && keeps(machine))
  }

  #fits(asked: readonly Asked[], end: number): boolean {
    const free = this.#machines().filter((machine) => this.#isFree(machine) && !this.#isKept(machine, end))
    if (this.#way === 'packed') {
      return asked.every(({ group, count }) => isTogether(free.filter(suits(group)), group, count))
    }
    if (this.#way === 'single') return canShare(free, asked)
    return asked.every(({ group, count }) => this.#usable(free.filter(suits(group)), end) >= count)
  }

  /** How many of these free machines may be taken. */
  #usable(some: readonly MachineRecord[], end: number): number {
    if (this.#isConservative) return this.#profile.usable(this.#kinds(some), end)
    let usable = some.length
    for (const { at, suiting, count } of this.#counted) {
      if (at >= end) continue
      const could = this.#machines().filter(({ id }) => suiting.has(id))
      const free = could.filter((one) => notFree(one) === undefined).length
      const coming = this.#ends(could).filter((one) => one.at <= at).length
      const shared = some.filter(({ id }) => suiting.has(id)).length
      usable -= Math.max(0, shared - Math.max(0, free + coming - count))
    }
    return usable
  }

  /** By kind of hardware, the smallest first: how many machines are free, and when others are. */
  #kinds(some: readonly MachineRecord[]): readonly Supply[] {
    const of = Map.groupBy(some, (machine) => this.#kindOf(machine))
    return [...of]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([kind, [first]]) => {
        const from = (at: number): number | null =>
          first === undefined ? null : this.#admittedFrom(first, instant(at))
        const alike = this.#machines().filter((machine) => this.#kindOf(machine) === kind)
        const free = alike.filter((machine) => notFree(machine) === undefined).length
        return { kind, free, ends: this.#ends(alike).map(({ at }) => at), from }
      })
  }

  #couldHold(asked: readonly Asked[]): boolean {
    const ever = this.#machines().filter((machine) => this.#isEver(machine))
    if (this.#way !== 'packed') return canShare(ever, asked)
    return asked.every(({ group, count }) => isTogether(ever.filter(suits(group)), group, count))
  }

  #keep(asked: readonly Asked[], end: number): void {
    for (const { group, count } of asked) {
      const could = this.#suiting(group)
      if (this.#way === 'single') {
        const some = could.filter((machine) => this.#isFree(machine) && !this.#isKept(machine, end))
        const ids = new Set<MachineId>(some.map(({ id }) => id))
        if (some.length > 0) this.#claims.push({ at: -1, keeps: ({ id }) => ids.has(id) })
        continue
      }
      if (this.#isConservative && this.#way === 'counted') {
        this.#profile.promise(this.#kinds(could), count, end - this.#now)
        continue
      }
      const own = could.filter((machine) => this.#mayHaveNow(machine))
      const isFirst = own.every(({ id }) => !this.#spokenFor.has(id))
      const isAnyFree = own.some((machine) => notFree(machine) === undefined)
      if (!this.#isConservative && (!isFirst || !isAnyFree)) continue
      if (this.#way === 'counted') this.#promiseTogether(could, count, end - this.#now)
      else {
        const place = this.#placeFor(could, group, count)
        const isVain = place.at === -1 && !could.some((one) => notFree(one) === undefined && place.keeps(one))
        if (isVain) continue
        for (const id of place.ids) this.#spokenFor.add(id)
        this.#claims.push(place)
      }
    }
  }

  #promiseTogether(could: readonly MachineRecord[], count: number, length: number): void {
    const promise = this.#profile.promiseTogether(this.#kinds(could), count, length)
    if (promise === null) return
    const some = could.filter((machine) => promise.kinds.includes(this.#kindOf(machine)))
    for (const { id } of some) this.#spokenFor.add(id)
    this.#counted.push({ at: promise.from, suiting: new Set(some.map(({ id }) => id)), count: promise.count })
  }

  /** When what holds these machines gives them back, the earliest first; of several at once as the machines stand. */
  #ends(machines: readonly MachineRecord[]): readonly Coming[] {
    return machines
      .flatMap((machine) => {
        if (machine.connection === 'lost' || machine.cordon !== null) return []
        if (machine.conditions.some(({ forbidsPlacement }) => forbidsPlacement)) return []
        if (machine.state === 'sanitising' || machine.state === 'validating') {
          return [{ machine, at: machine.stateAt + CLEANING }]
        }
        const placement = this.#state.find('placements', machine.placement ?? '')
        if (machine.state !== 'allocated' || placement === undefined || placement.timeLimit === null) return []
        return [{ machine, at: (placement.startedAt ?? placement.createdAt) + placement.timeLimit + CLEANING }]
      })
      .toSorted((left, right) => left.at - right.at || (standing(left.machine) < standing(right.machine) ? -1 : 1))
  }

  /** When each of these machines can be had, as far as is known: what holds it ends, or what is reserved opens. */
  #coming(machines: readonly MachineRecord[]): readonly Coming[] {
    const closed = machines.filter((machine) => notFree(machine) === undefined && !this.#mayHaveNow(machine))
    return [...this.#ends(machines), ...closed.map((machine) => ({ machine, at: Number(this.#now) }))]
      .flatMap(({ machine, at: end }) => {
        const at = this.#admittedFrom(machine, instant(end))
        return at === null ? [] : [{ machine, at }]
      })
      .toSorted((left, right) => left.at - right.at || (standing(left.machine) < standing(right.machine) ? -1 : 1))
  }

  #admittedFrom({ id }: MachineRecord, end: Instant): Instant | null {
    const reservations = this.#state.reservationsOn(id)
    if (reservations.length === 0 && this.#asker.reservation === '') return end
    return freeFrom(reservations, this.#asker, end > this.#now ? end : this.#now)
  }

  /** Whether reservations let the one who asks have it from that time on. */
  #isOpen(machine: MachineRecord, at: number): boolean {
    if (at <= this.#now) return this.#mayHaveNow(machine)
    return this.#admittedFrom(machine, instant(at)) === at
  }

  #placeFor(could: readonly MachineRecord[], { arrangement }: Group, count: number) {
    const level = arrangement.pack?.level ?? ''
    const here = (place: string | null): readonly MachineRecord[] =>
      could.filter((machine) => placeOf(machine, level) === place)
    const keepsAt = (place: string | null, at: number) => {
      const own = could.filter((machine) => this.#mayHaveNow(machine) && this.#isOpen(machine, at))
      const ids = new Set<MachineId>(own.map(({ id }) => id))
      return { at, ids, keeps: (machine: MachineRecord) => placeOf(machine, level) === place && ids.has(machine.id) }
    }
    const isFree = (machine: MachineRecord): boolean => this.#isFree(machine)
    const places = [...new Set(could.map((machine) => placeOf(machine, level)))].filter(
      (place) => place !== null && here(place).filter((machine) => this.#isEver(machine)).length >= count,
    )
    const coming = this.#coming(could.filter((machine) => places.includes(placeOf(machine, level))))
    const openings = coming.flatMap(({ at }) => could.map((machine) => this.#admittedFrom(machine, instant(at)) ?? at))
    const there = new Set(could.filter(isFree))
    let before = -1
    for (const at of [...new Set([...coming.map((one) => one.at), ...openings])].toSorted(
      (one, other) => one - other,
    )) {
      const come = coming.filter((one) => one.at === at).map(({ machine }) => machine)
      const opened = [...there].filter((machine) => this.#isOpen(machine, at) && !this.#isOpen(machine, before))
      for (const machine of come) there.add(machine)
      before = at
      const changed = [...come, ...opened].toSorted((one, other) => (standing(one) < standing(other) ? -1 : 1))
      const place = changed
        .map((machine) => placeOf(machine, level))
        .find((one) => here(one).filter((machine) => there.has(machine) && this.#isOpen(machine, at)).length >= count)
      if (place !== undefined) return keepsAt(place, at)
    }
    const now = places.map((place) => ({ place, free: here(place).filter(isFree).length }))
    const [fullest] = now.toSorted(
      (left, right) => right.free - left.free || ((left.place ?? '') < (right.place ?? '') ? -1 : 1),
    )
    return keepsAt(fullest?.place ?? null, -1)
  }
}

const suits =
  ({ constraints }: Group) =>
  (machine: MachineRecord): boolean =>
    mismatch(machine, constraints) === undefined

const standing = ({ labels, hostname, id }: MachineRecord): string =>
  `${labels['site'] ?? ''} ${labels['row'] ?? ''} ${labels['rack'] ?? ''} ${hostname.slice(1).padStart(3, '0')} ${id}`

/** How many machines each group lacks of those that it must have. */
function askedBy(workload: WorkloadRecord): readonly Asked[] {
  const members = memberGroups(workload)
  return groupsOf(workload.spec).flatMap((group, index) => {
    const count = leastOf(group) - members.filter((of) => of === index).length
    return count <= 0 ? [] : [{ group, count }]
  })
}

/** The groups of its ranks that have a machine. */
function memberGroups({ state, spec, placements, layout, vacancies }: WorkloadRecord): readonly number[] {
  if (state === 'queued') return []
  const all = groupsOf(spec).flatMap((group, index) => Array.from({ length: group.machineCount }, () => index))
  const ranks = layout.length > 0 ? layout : all.slice(0, placements.length)
  return ranks.filter((_, rank) => !vacancies.includes(rank))
}

function isTogether(machines: readonly MachineRecord[], { arrangement }: Group, count: number): boolean {
  const places = machines.map((machine) => placeOf(machine, arrangement.pack?.level ?? ''))
  return places.some((place) => place !== null && places.filter((other) => other === place).length >= count)
}

/** Whether all groups can have machines of their own: no choice of groups suits too few machines for all of it. */
function canShare(machines: readonly MachineRecord[], asked: readonly Asked[]): boolean {
  for (let choice = 1; choice < 1 << asked.length; choice += 1) {
    const some = asked.filter((_, index) => (choice >> index) % 2 === 1)
    const wanted = some.reduce((sum, { count }) => sum + count, 0)
    if (machines.filter((machine) => some.some(({ group }) => suits(group)(machine))).length < wanted) return false
  }
  return true
}

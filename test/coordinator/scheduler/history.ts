import * as fc from 'fast-check'
import type { MachineRecord, WorkloadRecord } from '../../../coordinator/core/records.ts'
import type { FleetState, StateWrite } from '../../../coordinator/core/state.ts'
import { Scheduler } from '../../../coordinator/scheduler/scheduler.ts'
import { revision } from '../../../shared/model/ids.ts'
import { type Instant, instant } from '../../../shared/model/time.ts'
import {
  type FleetDraw,
  type MachineDraw,
  type ReservationDraw,
  type WorkloadDraw,
  fleets,
  reservationDraw,
  reservedFleets,
  machineDraw,
  pick,
  workloadDraw,
} from './draws.ts'
import { NOW, freshIds, machineId, machineRecord, queuedWorkload, reservationRecord, workloadId } from './fleet.ts'
import { copyOf, pass, shuffled } from './passes.ts'

/** What may happen to a fleet between two passes. */
export type Step =
  | { readonly kind: 'machine'; readonly which: number; readonly draw: MachineDraw }
  | { readonly kind: 'relabel'; readonly which: number; readonly draw: MachineDraw }
  | { readonly kind: 'remove' | 'release' | 'cancel' | 'vacate' | 'explain'; readonly which: number }
  | { readonly kind: 'submit' | 'forecast'; readonly draw: WorkloadDraw }
  | { readonly kind: 'reserve'; readonly which: number; readonly draw: ReservationDraw }
  | { readonly kind: 'unreserve'; readonly which: number }
  | { readonly kind: 'delay'; readonly which: number; readonly by: number }
  | { readonly kind: 'undo' | 'keep' }
  /** A batch takes its writes back until they are durable, and makes them again then. */
  | { readonly kind: 'pass'; readonly after: number; readonly isBatch: boolean }

const which = fc.integer({ min: 0, max: 59 })
const waits = pick(0, 0, 300, 1000, 2000, 30_000, 400_000)

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { arbitrary: fc.record({ kind: fc.constant('machine'), which, draw: machineDraw }), weight: 4 },
    { arbitrary: fc.record({ kind: fc.constant('relabel'), which, draw: machineDraw }), weight: 2 },
    {
      arbitrary: fc.record({ kind: pick('remove', 'release', 'release', 'cancel', 'vacate', 'explain'), which }),
      weight: 4,
    },
    { arbitrary: fc.record({ kind: pick('submit', 'submit', 'submit', 'forecast'), draw: workloadDraw }), weight: 5 },
    { arbitrary: fc.record({ kind: fc.constant('reserve'), which, draw: reservationDraw }), weight: 2 },
    { arbitrary: fc.record({ kind: fc.constant('unreserve'), which }), weight: 1 },
    { arbitrary: fc.record({ kind: fc.constant('delay'), which, by: waits }), weight: 1 },
    { arbitrary: fc.record({ kind: pick('undo', 'keep', 'keep') }), weight: 2 },
    { arbitrary: fc.record({ kind: fc.constant('pass'), after: waits, isBatch: fc.boolean() }), weight: 6 },
  ),
  { minLength: 4, maxLength: 30, size: 'max' },
)

export const histories = fc.record({
  fleet: fc.oneof(fleets({ machines: 24, queue: 8 }), reservedFleets({ machines: 24, queue: 8 })),
  steps,
  order: fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 9 }),
})

/** A fleet that changes, and one scheduler that lives through all of it. */
export class History {
  readonly #fleet: FleetDraw
  readonly #state: FleetState
  readonly #scheduler: Scheduler
  readonly #ids = freshIds(3)
  /** Of the schedulers that are made anew. */
  readonly #order: readonly number[]
  #now: Instant = NOW
  #sequence = 50
  placed = 0
  preempted = 0

  constructor(fleet: FleetDraw, state: FleetState, order: readonly number[]) {
    this.#fleet = fleet
    this.#state = state
    this.#order = order
    this.#scheduler = new Scheduler(state)
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'machine':
        return this.#machine(step.which, step.draw)
      case 'relabel':
        return this.#relabel(step.which, step.draw)
      case 'remove':
        return this.#remove(step.which)
      case 'release':
        return this.#release(step.which)
      case 'cancel':
        return this.#cancel(step.which)
      case 'vacate':
        return this.#vacate(step.which)
      case 'explain':
        return this.#explain(step.which)
      case 'forecast':
        return this.#forecast(step.draw)
      case 'submit':
        return this.#submit(step.draw)
      case 'reserve':
        return this.#reserve(step.which, step.draw)
      case 'unreserve':
        return this.#unreserve(step.which)
      case 'delay':
        return this.#delay(step.which, step.by)
      case 'undo':
        return this.#state.undo()
      case 'keep':
        return this.#state.keep(revision(this.#state.revision + this.#state.writes.length))
      case 'pass':
        return this.#pass(step.after, step.isBatch)
      default:
        return step satisfies never
    }
  }

  /** Both plan on the same state; what the old one plans is written. */
  #pass(after: number, isBatch: boolean): void {
    this.#now = instant(this.#now + after)
    const copy = copyOf(this.#state, (writes) => shuffled(writes, this.#order))
    const fresh = pass(copy, { now: this.#now })
    const old = pass(this.#state, { now: this.#now, scheduler: this.#scheduler, ids: this.#ids })
    this.placed += old.plans.length
    this.preempted += old.preemptions.length
    const [along, without] = [old, fresh].map(({ plans, preemptions }) => JSON.stringify({ plans, preemptions }))
    if (along !== without) throw new Error(`planned ${along}, and ${without} without a past`)
    if (!isBatch) return
    const writes = [...this.#state.writes]
    this.#state.undo()
    for (const write of writes) this.#put(write)
  }

  /** Asked in between, of anybody. */
  #explain(index: number): void {
    const workload = this.#pick(index, () => true)
    if (workload !== undefined) this.#scheduler.explain(this.#state, workload.id, this.#now)
  }

  /** What would become of one that is not submitted. */
  #forecast(draw: WorkloadDraw): void {
    const workload = { ...queuedWorkload(this.#fleet, draw, 198), sequence: 950 }
    this.#scheduler.forecast(this.#state, workload, this.#now)
  }

  #machine(index: number, draw: MachineDraw): void {
    const before = this.#machineAt(index)
    if (before?.state === 'allocated') return
    const record = machineRecord(this.#fleet, draw.state === 'held' ? { ...draw, state: 'free' } : draw, index)
    const epoch = before?.epoch ?? record.epoch
    this.#put({ table: 'machines', key: record.id, record: { ...record, epoch, cleanEpoch: epoch } })
  }

  /** Also of one that is held. */
  #relabel(index: number, draw: MachineDraw): void {
    const before = this.#machineAt(index)
    if (before === undefined) return
    const { labels, inventory, hardwareClass } = machineRecord(this.#fleet, draw, index)
    this.#put({ table: 'machines', key: before.id, record: { ...before, labels, inventory, hardwareClass } })
  }

  #remove(index: number): void {
    const before = this.#machineAt(index)
    if (before === undefined || before.state === 'allocated') return
    this.#put({ table: 'machines', key: before.id, record: null })
  }

  /** What runs there ends, and the machine is clean at once. */
  #release(index: number): void {
    const before = this.#machineAt(index)
    if (before?.state !== 'allocated') return
    const placement = this.#state.find('placements', before.placement ?? '')
    if (placement === undefined) return
    const { epoch } = before
    const free = { ...before, state: 'available', cleanEpoch: epoch, placement: null, tenant: null } as const
    this.#put({ table: 'machines', key: before.id, record: free })
    this.#put({ table: 'placements', key: placement.id, record: { ...placement, phase: 'exited', exitCode: 0 } })
  }

  #cancel(index: number): void {
    const workload = this.#pick(index, ({ state }) => state === 'queued')
    if (workload !== undefined) this.#putWorkload({ ...workload, state: 'cancelled' })
  }

  /** One of its ranks is lost with its machine, and is to be run on another. */
  #vacate(index: number): void {
    const workload = this.#pick(index, (one) => one.placements.length > 0 && one.vacancies.length === 0)
    if (workload === undefined) return
    const rank = index % workload.placements.length
    const placement = this.#state.find('placements', workload.placements[rank] ?? '')
    const machineOf = this.#state.find('machines', placement?.machine ?? '')
    if (placement === undefined || machineOf === undefined || machineOf.placement !== placement.id) return
    const lost = { ...machineOf, state: 'quarantined', placement: null, tenant: null } as const
    this.#put({ table: 'machines', key: machineOf.id, record: lost })
    this.#put({ table: 'placements', key: placement.id, record: { ...placement, phase: 'lost', presumedOver: true } })
    this.#putWorkload({ ...workload, state: 'running', vacancies: [rank] })
  }

  #submit(draw: WorkloadDraw): void {
    this.#sequence += 1
    this.#putWorkload(queuedWorkload(this.#fleet, draw, this.#sequence))
  }

  /** A new one, or another in its place. */
  #reserve(index: number, draw: ReservationDraw): void {
    const record = reservationRecord(this.#fleet, draw, index % 6)
    this.#put({ table: 'reservations', key: record.id, record })
  }

  /** It is over, or gone. */
  #unreserve(index: number): void {
    const all = [...this.#state.table('reservations').values()].map(({ record }) => record)
    const record = all.toSorted((left, right) => (left.id < right.id ? -1 : 1))[index % Math.max(1, all.length)]
    if (record === undefined) return
    const over = index % 2 === 0 ? null : { ...record, overAt: this.#now }
    this.#put({ table: 'reservations', key: record.id, record: over })
  }

  #delay(index: number, by: number): void {
    const workload = this.#pick(index, ({ state }) => state === 'queued')
    if (workload !== undefined) this.#putWorkload({ ...workload, notBefore: instant(this.#now + by) })
  }

  #machineAt(index: number): MachineRecord | undefined {
    return this.#state.find('machines', machineId(index))
  }

  #pick(index: number, isOne: (workload: WorkloadRecord) => boolean): WorkloadRecord | undefined {
    const all = [...this.#state.table('workloads').values()].map(({ record }) => record)
    const some = all.filter((one) => one.id !== ASKER && isOne(one))
    return some.toSorted((left, right) => left.sequence - right.sequence || (left.id < right.id ? -1 : 1))[
      index % Math.max(1, some.length)
    ]
  }

  #putWorkload(record: WorkloadRecord): void {
    this.#put({ table: 'workloads', key: record.id, record })
  }

  #put(write: StateWrite): void {
    this.#state.put(write)
  }
}

/** Asks for every label that tests use, and is never placed: without it, what was asked for once divides kinds. */
const ASKER = workloadId(199)

export function askerWrite(fleet: FleetDraw): StateWrite {
  const constraints = { shape: null, labels: [['tier', 'gold']], machines: [], excluded: [], prefer: [] } as const
  const group = {
    count: 1,
    constraints: { ...constraints, gpusMin: 1000, memoryGibMin: 0, require: null },
    arrangement: { pack: null, spread: null, sameClass: false },
  }
  const draw = {
    tenant: 0,
    priority: -100,
    groups: [group],
    limit: null,
    vacant: 0,
    preempts: false,
    isPreemptible: false,
  }
  const record = { ...queuedWorkload(fleet, draw, 199), sequence: 900 }
  return { table: 'workloads', key: ASKER, record }
}

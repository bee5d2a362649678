import type { ReservationId } from '../../shared/model/ids.ts'
import { CLEANING } from '../../shared/model/reservation.ts'
import { type Instant, later, minutes } from '../../shared/model/time.ts'
import { freeAfter, isOffered, notFree, placeOf } from '../core/placeable.ts'
import type { MachineRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import { Domains } from './domain.ts'
import { type Entry, Kind, kindKey } from './kind.ts'
import { naturalKey } from './order.ts'

/** Sorting the machines anew takes a while in a large fleet: what comes and goes all the time is sorted once. */
const FORGOTTEN_AFTER = minutes(10)

/** The fleet by kinds and places, brought up one changed machine at a time. */
export class FleetIndex {
  readonly levels: readonly string[]
  readonly domains = new Domains()
  readonly kinds = new Map<string, Kind>()
  readonly #entries = new Map<string, Entry>()
  /** Labels that tell kinds apart, and how many demands ask for each. */
  readonly #asked = new Map<string, number>()
  /** Of these, those that nobody asks for any more, and since when that is known. */
  readonly #unasked = new Map<string, Instant | null>()
  readonly #taken = new Set<string>()
  #version = 0
  /** Grows when there are other machines than before, free or not. */
  totals = 0
  /** Grows with every change that placement can see. */
  changes = 0

  constructor(levels: readonly string[]) {
    this.levels = levels
  }

  /** Another one: there are other kinds than before, or they are in other places. */
  get version(): number {
    return this.#version
  }

  get size(): number {
    return this.#entries.size
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  /** From now on machines that differ in these labels are of different kinds. */
  ask(labels: ReadonlySet<string>): void {
    const fresh: string[] = []
    for (const label of labels) {
      if (this.levels.includes(label)) continue
      const users = this.#asked.get(label)
      if (users === undefined) fresh.push(label)
      this.#asked.set(label, (users ?? 0) + 1)
      this.#unasked.delete(label)
    }
    this.#sortAnew(fresh)
  }

  /** One that asked for them is gone. */
  unask(labels: ReadonlySet<string>): void {
    for (const label of labels) {
      const users = this.#asked.get(label)
      if (users === undefined) continue
      this.#asked.set(label, users - 1)
      if (users === 1) this.#unasked.set(label, null)
    }
  }

  /** Labels that nobody has asked for in a while tell no kinds apart any more. */
  forget(now: Instant): void {
    const forgotten: string[] = []
    for (const [label, since] of this.#unasked) {
      if (since === null || since > now) this.#unasked.set(label, now)
      else if (now - since >= FORGOTTEN_AFTER) forgotten.push(label)
    }
    for (const label of forgotten) {
      this.#unasked.delete(label)
      this.#asked.delete(label)
    }
    this.#sortAnew(forgotten)
  }

  /** Machines with one of these labels go to the kinds that they are of now. */
  #sortAnew(labels: readonly string[]): void {
    if (labels.length === 0) return
    const touched = [...this.#entries.values()].filter(({ record }) => labels.some((key) => key in record.labels))
    for (const entry of touched) {
      this.#drop(entry)
      this.#insert(entry.record, entry.freeAt, entry.stretch.kind.reservations)
    }
  }

  /** Brings one machine up to its newest record. */
  update(view: FleetView, id: string): void {
    const found = view.find('machines', id)
    const record = found?.state === 'retired' ? undefined : found
    const entry = this.#entries.get(id)
    if (record === undefined) {
      if (entry !== undefined) this.#drop(entry)
      return
    }
    const reservations = view.reservationsOn(record.id).map((one) => one.id)
    if (entry === undefined) return this.#insert(record, freeAt(view, record), reservations)
    const before = entry.record
    const isAlike =
      before.inventory === record.inventory &&
      before.labels === record.labels &&
      before.hardwareClass === record.hardwareClass &&
      before.hostname === record.hostname &&
      areSame(entry.stretch.kind.reservations, reservations)
    if (isAlike) {
      if ((before.state === 'pending') !== (record.state === 'pending')) this.totals += 1
      if (entry.stretch.kind.change(entry, record, notFree(record) ?? null, freeAt(view, record))) this.changes += 1
      return
    }
    this.#drop(entry)
    this.#insert(record, freeAt(view, record), reservations)
  }

  /** As if it were given to someone, until everything is brought up to its records again. */
  take({ stretch, record }: Entry): void {
    const entry = this.#entries.get(record.id)
    if (entry === undefined) return
    stretch.kind.change(entry, record, 'HELD_BY_TENANT', null)
    this.#taken.add(record.id)
  }

  /** Undoes `take`. */
  putBack({ stretch, record }: Entry): void {
    const entry = this.#entries.get(record.id)
    if (entry !== undefined) stretch.kind.change(entry, record, notFree(record) ?? null, null)
    this.#taken.delete(record.id)
  }

  /** What is found if nobody held these machines. */
  whileFree<Found>(entries: Iterable<Entry>, look: () => Found): Found {
    const before = [...new Set(entries)].map((entry) => ({ entry, refusal: entry.refusal, end: entry.freeAt }))
    for (const { entry } of before) entry.stretch.kind.change(entry, entry.record, null, null)
    const found = look()
    for (const { entry, refusal, end } of before) entry.stretch.kind.change(entry, entry.record, refusal, end)
    return found
  }

  /** Brings up to their records what was taken, whatever became of it. */
  settle(view: FleetView): void {
    for (const id of this.#taken) this.update(view, id)
    this.#taken.clear()
  }

  #insert(record: MachineRecord, end: Instant | null, reservations: readonly ReservationId[]): void {
    const key = kindKey(record, this.#asked.keys(), reservations)
    let kind = this.kinds.get(key)
    if (kind === undefined) {
      const asked = Object.entries(record.labels).filter(([label]) => this.#asked.has(label))
      const facts = { ...record, labels: Object.fromEntries(asked) }
      kind = new Kind({ key, facts, reservations, root: this.domains.root, depths: this.levels.length + 1 })
      this.kinds.set(key, kind)
      this.#version += 1
    }
    const domain = this.domains.at(placeOf(record, this.levels))
    if (!kind.has(domain)) this.#version += 1
    const stretch = kind.at(domain)
    const place = `${domain.key}\u0000${naturalKey(record.hostname)}\u0000${record.id}`
    const entry = { record, stretch, key: place, refusal: notFree(record) ?? null, freeAt: end }
    this.#entries.set(record.id, entry)
    kind.add(entry)
    this.changes += 1
    this.totals += 1
  }

  #drop(entry: Entry): void {
    const { kind } = entry.stretch
    kind.remove(entry)
    this.changes += 1
    this.totals += 1
    this.#entries.delete(entry.record.id)
    if (kind.entries.size > 0) return
    this.kinds.delete(kind.key)
    this.#version += 1
  }
}

const areSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index])

/** When it is free again: once what runs there has ended by its time limit, and the machine is clean. */
function freeAt(view: FleetView, machine: MachineRecord): Instant | null {
  if (!isOffered(machine)) return null
  if (machine.state === 'sanitising' || machine.state === 'validating') {
    const clean = later(machine.stateAt, CLEANING)
    const heldBack = machine.trouble?.heldBack?.until ?? clean
    return heldBack > clean ? heldBack : clean
  }
  if (machine.state !== 'allocated' || machine.placement === null) return null
  const placement = view.find('placements', machine.placement)
  return placement === undefined ? null : freeAfter(placement)
}

import type { MachineId } from '../../shared/model/ids.ts'
import { RESERVATION_BOUNDS, isOpen, windowAt } from '../../shared/model/reservation.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import { type Instant, later, minutes } from '../../shared/model/time.ts'
import { utc } from '../../shared/model/utc.ts'
import type { Draft } from './draft.ts'
import { letGo } from './let_go.ts'
import { label } from './machine_state.ts'
import { reservationsNow } from './open_reservations.ts'
import type { MachineRecord, ReservationRecord } from './records.ts'
import { findMachines } from './reserved_machines.ts'
import { stopWorkload } from './workloads.ts'

/** Where nothing would do in place of a lost machine, it is looked for again so often. */
const LOOKED_EVERY = minutes(1)

/** Begins and ends the windows whose time has come, and replaces machines that were lost before. */
export function advanceReservations(draft: Draft): void {
  for (const { record } of draft.before.table('reservations').values()) {
    if (record.overAt === null) advanceReservation(draft, record)
  }
}

export function advanceReservation(draft: Draft, before: ReservationRecord): void {
  const window = windowAt(before, draft.now)
  let reservation = before
  if (before.begunAt !== null && before.begunAt !== window?.start) {
    reservation = { ...before, begunAt: null }
    draft.putReservation(reservation)
    draft.event('RESERVATION_WINDOW_ENDED', `A window of reservation ${nameOf(before)} is over.`, {})
  }
  if (window === null) return endReservation(draft, reservation, 'has had its last window')
  if (!isOpen(window, draft.now)) return replaceLost(draft, reservation)
  if (reservation.begunAt !== window.start) begin(draft, reservation, window.start, window.end)
}

const nameOf = ({ name, id }: ReservationRecord): string => `${name} (${id})`

function begin(draft: Draft, reservation: ReservationRecord, start: Instant, end: Instant | null): void {
  const begun = { ...reservation, begunAt: start }
  draft.putReservation(begun)
  const until = end === null ? 'its machines are cordoned' : `up to ${utc(end)}`
  draft.event('RESERVATION_WINDOW_BEGAN', `A window of reservation ${nameOf(begun)} began: ${until}.`, {})
  for (const id of begun.machines) {
    const machine = draft.find('machines', id)
    if (machine === undefined) continue
    if (end === null) cordon(draft, begun, machine)
    if (begun.evicts) evict(draft, begun, machine)
  }
  if (end === null) endReservation(draft, begun, 'has cordoned its machines')
}

const reasonOf = ({ comment, name }: ReservationRecord): string => (comment === '' ? name : comment)

function cordon(draft: Draft, reservation: ReservationRecord, machine: MachineRecord): void {
  if (machine.state === 'retired') return
  const { user } = reservation
  const reason = reasonOf(reservation)
  draft.putMachine({ ...machine, cordon: { reason, user, at: draft.now, drain: true } })
  draft.event('MACHINE_DRAINED', `${label(machine)} was drained: ${reason}`, { machine: machine.id, user })
}

/** Asks to end what is there of somebody for whom the window is not. */
function evict(draft: Draft, reservation: ReservationRecord, machine: MachineRecord): void {
  if (machine.state !== 'allocated' || machine.placement === null) return
  const placement = draft.placement(machine.placement)
  const { workload: id, tenant } = placement
  const workload = draft.find('workloads', id)
  if (workload === undefined || workload.stop !== null || reservation.tenants.includes(tenant)) return
  const reason =
    reservation.duration === null
      ? `${label(machine)} is drained: ${reasonOf(reservation)}`
      : `a window of reservation ${nameOf(reservation)} began on ${label(machine)}`
  if (letGo(draft, placement, reason)) return
  const outcome = workload.spec.preemption.preemptible ? 'restart' : 'failed'
  const about = { machine: machine.id, workload: id }
  draft.event('WORKLOAD_EVICTED', `Workload ${id} is asked to end: ${reason}.`, about)
  stopWorkload(draft, id, { outcome, reason, exitCode: null })
}

/** Machines that were found, and not named, are replaced by others that would do. */
function replaceLost(draft: Draft, reservation: ReservationRecord): void {
  const { wanted, machines, lookedAt } = reservation
  if (wanted === null || (lookedAt !== null && later(lookedAt, LOOKED_EVERY) > draft.now)) return
  const lost = machines.filter((id) => isLost(draft.find('machines', id)))
  if (lost.length === 0) return
  const found = findMachines(draft, reservation, wanted, lost.length, new Set(machines))
  const gone: ReadonlySet<MachineId> = new Set(lost.slice(0, found.length))
  const kept = [...machines.filter((id) => !gone.has(id)), ...found]
  draft.putReservation({ ...reservation, machines: kept, lookedAt: found.length < lost.length ? draft.now : null })
  for (const [index, id] of found.entries()) {
    const sentence = `Reservation ${nameOf(reservation)} has machine ${id} in place of ${lost[index] ?? ''}.`
    draft.event('RESERVATION_CHANGED', sentence, { machine: id })
  }
}

function isLost(machine: MachineRecord | undefined): boolean {
  if (machine === undefined) return true
  return machine.state === 'retired' || machine.state === 'quarantined' || machine.connection === 'lost'
}

/** It binds nobody any more; the newest that are over stay on record. */
export function endReservation(draft: Draft, reservation: ReservationRecord, how: string): void {
  draft.putReservation({ ...reservation, begunAt: null, overAt: draft.now })
  draft.event('RESERVATION_OVER', `Reservation ${nameOf(reservation)} ${how}.`, {})
  const others = reservationsNow(draft)
    .flatMap(({ id, overAt }) => (overAt === null || id === reservation.id ? [] : [{ id, overAt }]))
    .toSorted((left, right) => right.overAt - left.overAt || compareTexts(left.id, right.id))
  for (const { id } of others.slice(RESERVATION_BOUNDS.kept - 1)) {
    draft.put({ table: 'reservations', key: id, record: null })
  }
}

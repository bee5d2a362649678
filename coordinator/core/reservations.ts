import { type BilletError, billetError, invalidField } from '../../shared/model/errors.ts'
import type { MachineId, ReservationId } from '../../shared/model/ids.ts'
import { PERIODS, RESERVATION_BOUNDS, type Timing, isOpen, windowAt } from '../../shared/model/reservation.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type Instant, later } from '../../shared/model/time.ts'
import { lengthText } from '../../shared/model/utc.ts'
import type { Draft } from './draft.ts'
import { type Handler, remember, repeated } from './handler.ts'
import type { Caller, InputOf } from './inputs.ts'
import { openReservations, tooMany } from './open_reservations.ts'
import type { ReservationRecord } from './records.ts'
import { type Booking, conflictOn, findMachines } from './reserved_machines.ts'
import { advanceReservation, endReservation } from './reservation_windows.ts'

export const createReservation: Handler<'create_reservation'> = (draft, input) => {
  const { caller, digest, name } = input
  const before = repeated(draft, caller, digest)
  if (!before.ok) return before
  if (before.value !== undefined) return answered(draft, before.value.resource)
  const open = openReservations(draft)
  const namesake = open.find((one) => one.name === name)
  if (namesake !== undefined) {
    const sentence = `Reservation ${namesake.id} is called ${name} already; choose another name, or delete it.`
    return refuse(billetError('reservation_conflict', sentence, { reservation: namesake.id, name }))
  }
  const full = tooMany(open)
  if (full !== null) return refuse(full)
  const timing = { ...input.timing, start: input.timing.start ?? draft.now, endedUntil: null }
  const fault = faultOf(timing, input.tenants.length === 0, draft.now)
  if (fault !== null) return refuse(fault)
  const machines = machinesFor(draft, { ...timing, name }, input)
  if (!machines.ok) return machines
  const { tenants, wanted, evicts, admitsUnlimited, comment } = input
  const asked = { name, tenants, wanted, evicts: evicts || timing.duration === null, admitsUnlimited, comment }
  const made = { id: draft.ids.reservation(), machines: machines.value, user: caller.user, createdAt: draft.now }
  const record = { ...timing, ...asked, ...made, begunAt: null, overAt: null, lookedAt: null }
  draft.putReservation(record)
  remember(draft, caller, digest, record.id)
  const whom = tenants.length === 0 ? 'upkeep' : `tenant ${tenants.join(', ')}`
  const many = record.machines.length === 1 ? '1 machine' : `${record.machines.length} machines`
  const sentence = `${caller.user} reserved ${many} for ${whom}: ${name} (${record.id}).`
  draft.event('RESERVATION_CREATED', sentence, { user: caller.user })
  advanceReservation(draft, record)
  return ok(() => draft.written('reservations', record.id))
}

/** What is wrong with these times, or null. */
function faultOf(timing: Timing, isUpkeep: boolean, now: Instant): BilletError | null {
  const { start, duration, recurrence, lastStart } = timing
  const { aheadMost } = RESERVATION_BOUNDS
  if (start > later(now, aheadMost))
    return invalidField('timing.start_time', `expected a time within ${lengthText(aheadMost)}`)
  if (duration === null) {
    return isUpkeep && recurrence === null ? null : invalidField('timing.duration', 'expected how long a window lasts')
  }
  if (recurrence === null && lastStart !== null)
    return invalidField('timing.last_start_time', 'expected a recurrence beside it')
  if (recurrence !== null && duration >= PERIODS[recurrence]) {
    return invalidField(
      'timing.duration',
      `expected less than the ${lengthText(PERIODS[recurrence])} from one window to the next`,
    )
  }
  if (windowAt(timing, now) !== null) return null
  return invalidField('timing', 'expected a window that is not over yet')
}

type Choice = Pick<InputOf<'create_reservation'>, 'machines' | 'wanted'>

/** The machines that are named, or enough that will do, none of them reserved at such a time. */
function machinesFor(
  draft: Draft,
  booking: Booking,
  { machines, wanted }: Choice,
): Result<readonly MachineId[], BilletError> {
  if (wanted !== null) {
    const found = findMachines(draft, booking, wanted, wanted.count, new Set())
    if (found.length === wanted.count) return ok(found)
    const sentence = `${wanted.count} machines are asked for, and ${found.length} would do that are not reserved then.`
    return refuse(billetError('reservation_conflict', sentence, { found: `${found.length}` }))
  }
  const named = [...new Set(machines)]
  for (const id of named) {
    const machine = draft.machine(id)
    if (!machine.ok) return machine
    const conflict = conflictOn(draft, booking, machine.value)
    if (conflict !== null) return refuse(conflict)
  }
  return ok(named)
}

/** A reservation that is not over, or a refusal that says what is so. */
function live(draft: Draft, id: ReservationId): Result<ReservationRecord, BilletError> {
  const reservation = draft.find('reservations', id)
  if (reservation === undefined) return refuse(unknown(id))
  if (reservation.overAt === null) return ok(reservation)
  const sentence = `Reservation ${reservation.name} (${id}) is over; create another.`
  return refuse(billetError('state_conflict', sentence, { reservation: id, state: 'over' }))
}

const unknown = (id: string): BilletError =>
  billetError('reservation_not_found', `There is no reservation ${id}.`, { reservation: id })

function answered(draft: Draft, id: string) {
  if (draft.find('reservations', id) === undefined) return refuse(unknown(id))
  return ok(() => draft.written('reservations', id))
}

type Verb = 'update_reservation' | 'end_window' | 'delete_reservation'

/** A change of one reservation, carried out once for each request. */
const changing =
  <Kind extends Verb>(
    change: (draft: Draft, input: InputOf<Kind>, caller: Caller) => Result<undefined, BilletError>,
  ): Handler<Kind> =>
  (draft, input) => {
    const { caller, ...asked } = input
    const digest = JSON.stringify(asked)
    const before = repeated(draft, caller, digest)
    if (!before.ok) return before
    if (before.value !== undefined) return answered(draft, before.value.resource)
    const done = change(draft, input, caller)
    if (!done.ok) return done
    remember(draft, caller, digest, input.reservation)
    return ok(() => draft.written('reservations', input.reservation))
  }

export const updateReservation = changing<'update_reservation'>((draft, input) => {
  const found = live(draft, input.reservation)
  if (!found.ok) return found
  const before = found.value
  const timing = input.timing === null ? before : { ...input.timing, start: input.timing.start ?? before.start }
  const hasBegun = before.start <= draft.now
  if (hasBegun && (timing.start !== before.start || timing.recurrence !== before.recurrence)) {
    const sentence = 'Its first window has begun: only how long windows last, and when the last begins, can be changed.'
    return refuse(billetError('state_conflict', sentence, { reservation: before.id, field: 'timing' }))
  }
  const { start, duration, recurrence, lastStart } = timing
  const changed: ReservationRecord = {
    ...before,
    start,
    duration,
    recurrence,
    lastStart,
    tenants: input.tenants ?? before.tenants,
    comment: input.comment ?? before.comment,
  }
  const fault = faultOf(changed, changed.tenants.length === 0, draft.now)
  if (fault !== null) return refuse(fault)
  for (const id of changed.machines) {
    const machine = draft.find('machines', id)
    const conflict = machine === undefined ? null : conflictOn(draft, changed, machine)
    if (conflict !== null) return refuse(conflict)
  }
  draft.putReservation(changed)
  advanceReservation(draft, changed)
  return ok()
})

export const endWindow = changing<'end_window'>((draft, { reservation: id }, { user }) => {
  const found = live(draft, id)
  if (!found.ok) return found
  const window = windowAt(found.value, draft.now)
  if (!isOpen(window, draft.now)) {
    const sentence = `Reservation ${found.value.name} (${id}) has no window open now.`
    return refuse(billetError('state_conflict', sentence, { reservation: id, state: 'waiting' }))
  }
  const ended = { ...found.value, endedUntil: window.start }
  draft.putReservation(ended)
  draft.event('RESERVATION_CHANGED', `${user} ended the open window of ${ended.name} (${id}).`, { user })
  advanceReservation(draft, ended)
  return ok()
})

export const deleteReservation = changing<'delete_reservation'>((draft, { reservation: id }, { user }) => {
  const found = draft.find('reservations', id)
  if (found === undefined) return refuse(unknown(id))
  if (found.overAt === null) endReservation(draft, found, `was ended by ${user}`)
  return ok()
})

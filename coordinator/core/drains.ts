import { type BilletError, invalidField } from '../../shared/model/errors.ts'
import { type MachineId, type ReservationName, type UserName, parseReservationName } from '../../shared/model/ids.ts'
import { RESERVATION_BOUNDS } from '../../shared/model/reservation.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type Instant, later } from '../../shared/model/time.ts'
import { lengthText, utc } from '../../shared/model/utc.ts'
import type { Draft } from './draft.ts'
import { label } from './machine_state.ts'
import { openReservations, tooMany } from './open_reservations.ts'
import type { MachineRecord, ReservationRecord } from './records.ts'
import { endReservation } from './reservation_windows.ts'

type Drain = { readonly by: Instant; readonly reason: string; readonly user: UserName }

/**
 * Has a machine drained by a time: a window of upkeep without an end, at whose start it is cordoned. Machines that are
 * drained by one time for one reason share one.
 */
export function drainBy(draft: Draft, machine: MachineRecord, drain: Drain): Result<undefined, BilletError> {
  const { by, reason, user } = drain
  if (by > later(draft.now, RESERVATION_BOUNDS.aheadMost)) {
    return refuse(invalidField('by_time', `expected a time within ${lengthText(RESERVATION_BOUNDS.aheadMost)}`))
  }
  cancelDrains(draft, machine.id, (one) => one.comment !== reason)
  const open = openReservations(draft)
  const known = open.find((one) => one.duration === null && one.start === by && one.comment === reason)
  const full = known === undefined ? tooMany(open) : null
  if (full !== null) return refuse(full)
  const reservation = known ?? newDrain(draft, nameFor(open, by), drain)
  if (!reservation.machines.includes(machine.id)) {
    draft.putReservation({ ...reservation, machines: [...reservation.machines, machine.id] })
  }
  const sentence = `${label(machine)} is to be drained by ${utc(by)}: ${reason}`
  draft.event('MACHINE_DRAIN_PLANNED', sentence, { machine: machine.id, user })
  return ok()
}

/** Takes back what is planned and has not happened. */
export function cancelDrains(
  draft: Draft,
  machine: MachineId,
  isMeant: (one: ReservationRecord) => boolean = () => true,
): void {
  for (const { id } of draft.before.reservationsOn(machine)) {
    const one = draft.find('reservations', id)
    if (one === undefined || one.overAt !== null || one.duration !== null || !isMeant(one)) continue
    const machines = one.machines.filter((other) => other !== machine)
    if (machines.length > 0) draft.putReservation({ ...one, machines })
    else endReservation(draft, one, 'has no machine to drain any more')
  }
}

function newDrain(draft: Draft, name: ReservationName, { by, reason, user }: Drain): ReservationRecord {
  return {
    id: draft.ids.reservation(),
    name,
    start: by,
    duration: null,
    recurrence: null,
    lastStart: null,
    endedUntil: null,
    tenants: [],
    machines: [],
    wanted: null,
    evicts: true,
    admitsUnlimited: false,
    comment: reason,
    user,
    createdAt: draft.now,
    begunAt: null,
    overAt: null,
    lookedAt: null,
  }
}

/** "drain-20261224t1800z", with a number where that is taken. */
function nameFor(open: readonly ReservationRecord[], by: Instant): ReservationName {
  const time = utc(by).replaceAll(/[-:]/g, '').toLowerCase()
  for (let turn = 1; ; turn += 1) {
    const name = parseReservationName(turn === 1 ? `drain-${time}` : `drain-${time}-${turn}`)
    if (!name.ok) throw new Error(name.error)
    if (!open.some((one) => one.name === name.value)) return name.value
  }
}

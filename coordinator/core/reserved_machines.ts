import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { MachineId, ReservationId, ReservationName } from '../../shared/model/ids.ts'
import { type Timing, type Wanted, overlap } from '../../shared/model/reservation.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import { utc } from '../../shared/model/utc.ts'
import { ANY_MACHINE } from '../../shared/model/workload.ts'
import type { Draft } from './draft.ts'
import { label } from './machine_state.ts'
import { openReservations } from './open_reservations.ts'
import { freeAfter, isOffered, mismatch, placeOf } from './placeable.ts'
import type { MachineRecord, ReservationRecord } from './records.ts'

/** Windows that machines are wanted for; one that is there already has an identifier. */
export type Booking = Timing & { readonly name: ReservationName; readonly id?: ReservationId }

/** The reservation of this machine that has a window at the same time, as a refusal, or null. */
export function conflictOn(draft: Draft, booking: Booking, machine: MachineRecord): BilletError | null {
  const other = draft.before.reservationsOn(machine.id).find((one) => isInTheWay(draft, booking, one))
  if (other === undefined) return null
  const window = overlap(booking, other, draft.now)
  const end = window === null || window.end === null ? '' : ` to ${utc(window.end)}`
  const when = window === null ? '' : ` from ${utc(window.start)}${end}`
  const sentence =
    `Reservations ${booking.name} and ${other.name} (${other.id}) would both have ${label(machine)}${when}. ` +
    'Choose another time or other machines, or delete the other.'
  return billetError('reservation_conflict', sentence, { machine: machine.id, reservation: other.id })
}

/** Windows without an end are the way to a cordon, which stands beside reservations: they are in nobody's way. */
function isInTheWay(draft: Draft, booking: Booking, other: ReservationRecord): boolean {
  if (other.id === booking.id || other.duration === null || booking.duration === null) return false
  return overlap(booking, other, draft.now) !== null
}

/** Machines that will do and are not reserved then: first those that nobody is known to hold still when it begins. */
export function findMachines(
  draft: Draft,
  booking: Booking,
  { require: required }: Wanted,
  count: number,
  without: ReadonlySet<MachineId>,
): readonly MachineId[] {
  const { topologyLevels } = draft.cluster()
  // As this decision leaves them: it may have found machines for another already.
  const others = openReservations(draft).filter((one) => isInTheWay(draft, booking, one))
  const reserved = new Set(others.flatMap(({ machines }) => machines))
  const suiting = [...draft.before.table('machines').values()].flatMap(({ record }) => {
    if (without.has(record.id) || reserved.has(record.id) || !isSound(record)) return []
    if (mismatch(record, { ...ANY_MACHINE, require: required }) !== undefined) return []
    const place = [...placeOf(record, topologyLevels), record.hostname, record.id].join('\u0000')
    return [{ id: record.id, isHeld: isHeldAt(draft, record, booking.start), place }]
  })
  const sorted = suiting.toSorted(
    (left, right) => Number(left.isHeld) - Number(right.isHeld) || compareTexts(left.place, right.place),
  )
  return sorted.slice(0, count).map(({ id }) => id)
}

const SOUND: ReadonlySet<MachineRecord['state']> = new Set(['available', 'allocated', 'sanitising', 'validating'])

const isSound = (machine: MachineRecord): boolean =>
  SOUND.has(machine.state) && machine.connection === 'connected' && isOffered(machine)

function isHeldAt(draft: Draft, machine: MachineRecord, at: number): boolean {
  const placement = machine.placement === null ? undefined : draft.find('placements', machine.placement)
  if (machine.state !== 'allocated' || placement === undefined) return false
  const free = freeAfter(placement)
  return free === null || free > at
}

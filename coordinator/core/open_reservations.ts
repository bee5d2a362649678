import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { RESERVATION_BOUNDS } from '../../shared/model/reservation.ts'
import type { Draft } from './draft.ts'
import type { ReservationRecord } from './records.ts'

/** Reservations as this decision leaves them; one that it makes is none of these. */
export const reservationsNow = (draft: Draft): readonly ReservationRecord[] =>
  [...draft.before.table('reservations').values()].flatMap(({ record }) => draft.find('reservations', record.id) ?? [])

/** Of these, those that are not over. */
export const openReservations = (draft: Draft): readonly ReservationRecord[] =>
  reservationsNow(draft).filter(({ overAt }) => overAt === null)

/** Why there can be no other beside these, or null. */
export function tooMany(open: readonly ReservationRecord[]): BilletError | null {
  if (open.length < RESERVATION_BOUNDS.most) return null
  const sentence = `There are ${open.length} reservations that are not over, the most that there may be.`
  return billetError('reservation_conflict', `${sentence} Delete one first.`, { limit: `${open.length}` })
}

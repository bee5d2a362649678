// Original file: proto/billet/v1/reservation.proto

export const ReservationRecurrence = {
  RESERVATION_RECURRENCE_UNSPECIFIED: 0,
  RESERVATION_RECURRENCE_DAILY: 1,
  RESERVATION_RECURRENCE_WEEKLY: 2,
} as const;

export type ReservationRecurrence =
  | 'RESERVATION_RECURRENCE_UNSPECIFIED'
  | 0
  | 'RESERVATION_RECURRENCE_DAILY'
  | 1
  | 'RESERVATION_RECURRENCE_WEEKLY'
  | 2

export type ReservationRecurrence__Output = typeof ReservationRecurrence[keyof typeof ReservationRecurrence]

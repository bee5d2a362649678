// Original file: proto/billet/v1/reservation.proto

export const ReservationState = {
  RESERVATION_STATE_UNSPECIFIED: 0,
  RESERVATION_STATE_WAITING: 1,
  RESERVATION_STATE_OPEN: 2,
  RESERVATION_STATE_OVER: 3,
} as const;

export type ReservationState =
  | 'RESERVATION_STATE_UNSPECIFIED'
  | 0
  | 'RESERVATION_STATE_WAITING'
  | 1
  | 'RESERVATION_STATE_OPEN'
  | 2
  | 'RESERVATION_STATE_OVER'
  | 3

export type ReservationState__Output = typeof ReservationState[keyof typeof ReservationState]

// Original file: proto/billet/v1/reservation_service.proto

import type { Reservation as _billet_v1_Reservation, Reservation__Output as _billet_v1_Reservation__Output } from '../../billet/v1/Reservation.ts';

export interface GetReservationResponse {
  'reservation'?: (_billet_v1_Reservation | null);
}

export interface GetReservationResponse__Output {
  'reservation': (_billet_v1_Reservation__Output | null);
}

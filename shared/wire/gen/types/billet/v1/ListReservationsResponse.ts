// Original file: proto/billet/v1/reservation_service.proto

import type { Reservation as _billet_v1_Reservation, Reservation__Output as _billet_v1_Reservation__Output } from '../../billet/v1/Reservation.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListReservationsResponse {
  'reservations'?: (_billet_v1_Reservation)[];
  'next_page_token'?: (string);
  'revision'?: (number | string | Long);
}

export interface ListReservationsResponse__Output {
  'reservations': (_billet_v1_Reservation__Output)[];
  'next_page_token': (string);
  'revision': (number);
}

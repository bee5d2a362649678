// Original file: proto/billet/v1/reservation_service.proto

import type { ReservationTiming as _billet_v1_ReservationTiming, ReservationTiming__Output as _billet_v1_ReservationTiming__Output } from '../../billet/v1/ReservationTiming.ts';
import type { ReservationTenants as _billet_v1_ReservationTenants, ReservationTenants__Output as _billet_v1_ReservationTenants__Output } from '../../billet/v1/ReservationTenants.ts';

export interface UpdateReservationRequest {
  'name'?: (string);
  'timing'?: (_billet_v1_ReservationTiming | null);
  'tenants'?: (_billet_v1_ReservationTenants | null);
  'comment'?: (string);
  'request_id'?: (string);
}

export interface UpdateReservationRequest__Output {
  'name': (string);
  'timing': (_billet_v1_ReservationTiming__Output | null);
  'tenants': (_billet_v1_ReservationTenants__Output | null);
  'comment': (string);
  'request_id': (string);
}

// Original file: proto/billet/v1/reservation_service.proto

import type { ReservationTiming as _billet_v1_ReservationTiming, ReservationTiming__Output as _billet_v1_ReservationTiming__Output } from '../../billet/v1/ReservationTiming.ts';

export interface CreateReservationRequest {
  'display_name'?: (string);
  'timing'?: (_billet_v1_ReservationTiming | null);
  'tenants'?: (string)[];
  'machines'?: (string)[];
  'machine_count'?: (number);
  'require'?: (string);
  'evict'?: (boolean);
  'admit_unlimited'?: (boolean);
  'comment'?: (string);
  'request_id'?: (string);
}

export interface CreateReservationRequest__Output {
  'display_name': (string);
  'timing': (_billet_v1_ReservationTiming__Output | null);
  'tenants': (string)[];
  'machines': (string)[];
  'machine_count': (number);
  'require': (string);
  'evict': (boolean);
  'admit_unlimited': (boolean);
  'comment': (string);
  'request_id': (string);
}

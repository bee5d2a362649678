// Original file: proto/billet/v1/reservation.proto

import type { ReservationTiming as _billet_v1_ReservationTiming, ReservationTiming__Output as _billet_v1_ReservationTiming__Output } from '../../billet/v1/ReservationTiming.ts';
import type { ReservationState as _billet_v1_ReservationState, ReservationState__Output as _billet_v1_ReservationState__Output } from '../../billet/v1/ReservationState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Reservation {
  'name'?: (string);
  'display_name'?: (string);
  'timing'?: (_billet_v1_ReservationTiming | null);
  'tenants'?: (string)[];
  'machines'?: (string)[];
  'require'?: (string);
  'found_machines'?: (boolean);
  'evict'?: (boolean);
  'admit_unlimited'?: (boolean);
  'comment'?: (string);
  'state'?: (_billet_v1_ReservationState);
  'window_start_time'?: (_google_protobuf_Timestamp | null);
  'window_end_time'?: (_google_protobuf_Timestamp | null);
  'held_by_others'?: (number);
  'user'?: (string);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'end_time'?: (_google_protobuf_Timestamp | null);
  'revision'?: (number | string | Long);
}

export interface Reservation__Output {
  'name': (string);
  'display_name': (string);
  'timing': (_billet_v1_ReservationTiming__Output | null);
  'tenants': (string)[];
  'machines': (string)[];
  'require': (string);
  'found_machines': (boolean);
  'evict': (boolean);
  'admit_unlimited': (boolean);
  'comment': (string);
  'state': (_billet_v1_ReservationState__Output);
  'window_start_time': (_google_protobuf_Timestamp__Output | null);
  'window_end_time': (_google_protobuf_Timestamp__Output | null);
  'held_by_others': (number);
  'user': (string);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'end_time': (_google_protobuf_Timestamp__Output | null);
  'revision': (number);
}

// Original file: proto/billet/v1/reservation.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { ReservationRecurrence as _billet_v1_ReservationRecurrence, ReservationRecurrence__Output as _billet_v1_ReservationRecurrence__Output } from '../../billet/v1/ReservationRecurrence.ts';

export interface ReservationTiming {
  'start_time'?: (_google_protobuf_Timestamp | null);
  'duration'?: (_google_protobuf_Duration | null);
  'recurrence'?: (_billet_v1_ReservationRecurrence);
  'last_start_time'?: (_google_protobuf_Timestamp | null);
}

export interface ReservationTiming__Output {
  'start_time': (_google_protobuf_Timestamp__Output | null);
  'duration': (_google_protobuf_Duration__Output | null);
  'recurrence': (_billet_v1_ReservationRecurrence__Output);
  'last_start_time': (_google_protobuf_Timestamp__Output | null);
}

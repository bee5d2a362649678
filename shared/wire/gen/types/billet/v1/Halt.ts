// Original file: proto/billet/v1/fleet.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Halt {
  'begin_time'?: (_google_protobuf_Timestamp | null);
  'reason'?: (string);
}

export interface Halt__Output {
  'begin_time': (_google_protobuf_Timestamp__Output | null);
  'reason': (string);
}

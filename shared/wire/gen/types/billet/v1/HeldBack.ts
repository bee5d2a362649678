// Original file: proto/billet/v1/machine.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface HeldBack {
  'since_time'?: (_google_protobuf_Timestamp | null);
  'until_time'?: (_google_protobuf_Timestamp | null);
  'reason'?: (string);
  'times'?: (number);
}

export interface HeldBack__Output {
  'since_time': (_google_protobuf_Timestamp__Output | null);
  'until_time': (_google_protobuf_Timestamp__Output | null);
  'reason': (string);
  'times': (number);
}

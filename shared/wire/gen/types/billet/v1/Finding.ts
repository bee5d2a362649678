// Original file: proto/billet/v1/fleet.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Finding {
  'reason'?: (string);
  'subject'?: (string);
  'evidence'?: (string);
  'command'?: (string);
  'begin_time'?: (_google_protobuf_Timestamp | null);
}

export interface Finding__Output {
  'reason': (string);
  'subject': (string);
  'evidence': (string);
  'command': (string);
  'begin_time': (_google_protobuf_Timestamp__Output | null);
}

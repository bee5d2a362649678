// Original file: proto/billet/v1/machine.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Cordon {
  'reason'?: (string);
  'user'?: (string);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'drain'?: (boolean);
}

export interface Cordon__Output {
  'reason': (string);
  'user': (string);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'drain': (boolean);
}

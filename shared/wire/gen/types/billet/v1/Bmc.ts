// Original file: proto/billet/v1/power.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Bmc {
  'machine'?: (string);
  'url'?: (string);
  'user_name'?: (string);
  'fingerprint'?: (string);
  'ca'?: (string);
  'system'?: (string);
  'user'?: (string);
  'set_time'?: (_google_protobuf_Timestamp | null);
}

export interface Bmc__Output {
  'machine': (string);
  'url': (string);
  'user_name': (string);
  'fingerprint': (string);
  'ca': (string);
  'system': (string);
  'user': (string);
  'set_time': (_google_protobuf_Timestamp__Output | null);
}

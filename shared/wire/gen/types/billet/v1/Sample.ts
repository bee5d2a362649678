// Original file: proto/billet/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Sample {
  'schema_id'?: (number);
  'time'?: (_google_protobuf_Timestamp | null);
  'values'?: (number | string)[];
}

export interface Sample__Output {
  'schema_id': (number);
  'time': (_google_protobuf_Timestamp__Output | null);
  'values': (number)[];
}

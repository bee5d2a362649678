// Original file: proto/billet/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface SampleChanges {
  'schema_id'?: (number);
  'time'?: (_google_protobuf_Timestamp | null);
  'changed'?: (Buffer | Uint8Array | string);
  'values'?: (number | string)[];
}

export interface SampleChanges__Output {
  'schema_id': (number);
  'time': (_google_protobuf_Timestamp__Output | null);
  'changed': (Buffer);
  'values': (number)[];
}

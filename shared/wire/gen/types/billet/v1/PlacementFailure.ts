// Original file: proto/billet/v1/machine.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface PlacementFailure {
  'time'?: (_google_protobuf_Timestamp | null);
  'workload'?: (string);
  'tenant'?: (string);
  'machine_fault'?: (boolean);
  'reason'?: (string);
}

export interface PlacementFailure__Output {
  'time': (_google_protobuf_Timestamp__Output | null);
  'workload': (string);
  'tenant': (string);
  'machine_fault': (boolean);
  'reason': (string);
}

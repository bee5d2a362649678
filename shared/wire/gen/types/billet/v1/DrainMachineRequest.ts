// Original file: proto/billet/v1/machine_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface DrainMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
  'reason'?: (string);
  'by_time'?: (_google_protobuf_Timestamp | null);
}

export interface DrainMachineRequest__Output {
  'name': (string);
  'request_id': (string);
  'reason': (string);
  'by_time': (_google_protobuf_Timestamp__Output | null);
}

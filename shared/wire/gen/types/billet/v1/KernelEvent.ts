// Original file: proto/billet/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface KernelEvent {
  'event'?: (string);
  'subject'?: (string);
  'count'?: (number | string | Long);
  'first_time'?: (_google_protobuf_Timestamp | null);
  'last_time'?: (_google_protobuf_Timestamp | null);
  'message'?: (string);
}

export interface KernelEvent__Output {
  'event': (string);
  'subject': (string);
  'count': (number);
  'first_time': (_google_protobuf_Timestamp__Output | null);
  'last_time': (_google_protobuf_Timestamp__Output | null);
  'message': (string);
}

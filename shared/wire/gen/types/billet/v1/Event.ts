// Original file: proto/billet/v1/event.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Event {
  'name'?: (string);
  'time'?: (_google_protobuf_Timestamp | null);
  'reason'?: (string);
  'message'?: (string);
  'machine'?: (string);
  'workload'?: (string);
  'user'?: (string);
  'revision'?: (number | string | Long);
}

export interface Event__Output {
  'name': (string);
  'time': (_google_protobuf_Timestamp__Output | null);
  'reason': (string);
  'message': (string);
  'machine': (string);
  'workload': (string);
  'user': (string);
  'revision': (number);
}

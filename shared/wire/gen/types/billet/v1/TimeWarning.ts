// Original file: proto/billet/v1/workload.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface TimeWarning {
  'signal'?: (string);
  'before'?: (_google_protobuf_Duration | null);
}

export interface TimeWarning__Output {
  'signal': (string);
  'before': (_google_protobuf_Duration__Output | null);
}

// Original file: proto/billet/v1/workload.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { TimeWarning as _billet_v1_TimeWarning, TimeWarning__Output as _billet_v1_TimeWarning__Output } from '../../billet/v1/TimeWarning.ts';

export interface TimeLimit {
  'limit'?: (_google_protobuf_Duration | null);
  'warning'?: (_billet_v1_TimeWarning | null);
}

export interface TimeLimit__Output {
  'limit': (_google_protobuf_Duration__Output | null);
  'warning': (_billet_v1_TimeWarning__Output | null);
}

// Original file: proto/billet/v1/workload.proto

import type { OnLost as _billet_v1_OnLost, OnLost__Output as _billet_v1_OnLost__Output } from '../../billet/v1/OnLost.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface AbsencePolicy {
  'on_lost'?: (_billet_v1_OnLost);
  'lease'?: (_google_protobuf_Duration | null);
  'margin'?: (_google_protobuf_Duration | null);
}

export interface AbsencePolicy__Output {
  'on_lost': (_billet_v1_OnLost__Output);
  'lease': (_google_protobuf_Duration__Output | null);
  'margin': (_google_protobuf_Duration__Output | null);
}

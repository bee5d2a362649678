// Original file: proto/billet/v1/agent.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { SamplingPlan as _billet_v1_SamplingPlan, SamplingPlan__Output as _billet_v1_SamplingPlan__Output } from '../../billet/v1/SamplingPlan.ts';
import type { DesiredState as _billet_v1_DesiredState, DesiredState__Output as _billet_v1_DesiredState__Output } from '../../billet/v1/DesiredState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Welcome {
  'lease'?: (_google_protobuf_Duration | null);
  'sampling'?: (_billet_v1_SamplingPlan | null);
  'desired'?: (_billet_v1_DesiredState | null);
  'time'?: (_google_protobuf_Timestamp | null);
}

export interface Welcome__Output {
  'lease': (_google_protobuf_Duration__Output | null);
  'sampling': (_billet_v1_SamplingPlan__Output | null);
  'desired': (_billet_v1_DesiredState__Output | null);
  'time': (_google_protobuf_Timestamp__Output | null);
}

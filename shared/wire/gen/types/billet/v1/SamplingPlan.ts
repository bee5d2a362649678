// Original file: proto/billet/v1/agent.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface SamplingPlan {
  'interval'?: (_google_protobuf_Duration | null);
  'changes'?: (boolean);
}

export interface SamplingPlan__Output {
  'interval': (_google_protobuf_Duration__Output | null);
  'changes': (boolean);
}

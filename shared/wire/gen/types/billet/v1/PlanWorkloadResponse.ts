// Original file: proto/billet/v1/workload_service.proto

import type { Refusal as _billet_v1_Refusal, Refusal__Output as _billet_v1_Refusal__Output } from '../../billet/v1/Refusal.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { StoppedFor as _billet_v1_StoppedFor, StoppedFor__Output as _billet_v1_StoppedFor__Output } from '../../billet/v1/StoppedFor.ts';
import type { Long } from '@grpc/proto-loader';

export interface PlanWorkloadResponse {
  'machines'?: (string)[];
  'preempted'?: (string)[];
  'refusals'?: (_billet_v1_Refusal)[];
  'expected_start_time'?: (_google_protobuf_Timestamp | null);
  'suggestions'?: (string)[];
  'revision'?: (number | string | Long);
  'stopped'?: (_billet_v1_StoppedFor)[];
}

export interface PlanWorkloadResponse__Output {
  'machines': (string)[];
  'preempted': (string)[];
  'refusals': (_billet_v1_Refusal__Output)[];
  'expected_start_time': (_google_protobuf_Timestamp__Output | null);
  'suggestions': (string)[];
  'revision': (number);
  'stopped': (_billet_v1_StoppedFor__Output)[];
}

// Original file: proto/billet/v1/workload.proto

import type { WorkloadSpec as _billet_v1_WorkloadSpec, WorkloadSpec__Output as _billet_v1_WorkloadSpec__Output } from '../../billet/v1/WorkloadSpec.ts';
import type { WorkloadState as _billet_v1_WorkloadState, WorkloadState__Output as _billet_v1_WorkloadState__Output } from '../../billet/v1/WorkloadState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Refusal as _billet_v1_Refusal, Refusal__Output as _billet_v1_Refusal__Output } from '../../billet/v1/Refusal.ts';
import type { Placement as _billet_v1_Placement, Placement__Output as _billet_v1_Placement__Output } from '../../billet/v1/Placement.ts';
import type { GroupSize as _billet_v1_GroupSize, GroupSize__Output as _billet_v1_GroupSize__Output } from '../../billet/v1/GroupSize.ts';
import type { Long } from '@grpc/proto-loader';

export interface Workload {
  'name'?: (string);
  'tenant'?: (string);
  'display_name'?: (string);
  'spec'?: (_billet_v1_WorkloadSpec | null);
  'state'?: (_billet_v1_WorkloadState);
  'state_reason'?: (string);
  'state_time'?: (_google_protobuf_Timestamp | null);
  'refusals'?: (_billet_v1_Refusal)[];
  'placements'?: (_billet_v1_Placement)[];
  'exit_code'?: (number);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'start_time'?: (_google_protobuf_Timestamp | null);
  'end_time'?: (_google_protobuf_Timestamp | null);
  'user'?: (string);
  'revision'?: (number | string | Long);
  'attempt'?: (number);
  'not_before_time'?: (_google_protobuf_Timestamp | null);
  'former_placements'?: (string)[];
  'expected_start_time'?: (_google_protobuf_Timestamp | null);
  'suggestions'?: (string)[];
  'array'?: (string);
  'array_index'?: (number);
  'vacant_ranks'?: (number)[];
  'sizes'?: (_billet_v1_GroupSize)[];
  'borrowed'?: (boolean);
}

export interface Workload__Output {
  'name': (string);
  'tenant': (string);
  'display_name': (string);
  'spec': (_billet_v1_WorkloadSpec__Output | null);
  'state': (_billet_v1_WorkloadState__Output);
  'state_reason': (string);
  'state_time': (_google_protobuf_Timestamp__Output | null);
  'refusals': (_billet_v1_Refusal__Output)[];
  'placements': (_billet_v1_Placement__Output)[];
  'exit_code': (number);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'start_time': (_google_protobuf_Timestamp__Output | null);
  'end_time': (_google_protobuf_Timestamp__Output | null);
  'user': (string);
  'revision': (number);
  'attempt': (number);
  'not_before_time': (_google_protobuf_Timestamp__Output | null);
  'former_placements': (string)[];
  'expected_start_time': (_google_protobuf_Timestamp__Output | null);
  'suggestions': (string)[];
  'array': (string);
  'array_index': (number);
  'vacant_ranks': (number)[];
  'sizes': (_billet_v1_GroupSize__Output)[];
  'borrowed': (boolean);
}

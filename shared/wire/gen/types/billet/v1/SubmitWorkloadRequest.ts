// Original file: proto/billet/v1/workload_service.proto

import type { WorkloadSpec as _billet_v1_WorkloadSpec, WorkloadSpec__Output as _billet_v1_WorkloadSpec__Output } from '../../billet/v1/WorkloadSpec.ts';

export interface SubmitWorkloadRequest {
  'tenant'?: (string);
  'display_name'?: (string);
  'spec'?: (_billet_v1_WorkloadSpec | null);
  'request_id'?: (string);
}

export interface SubmitWorkloadRequest__Output {
  'tenant': (string);
  'display_name': (string);
  'spec': (_billet_v1_WorkloadSpec__Output | null);
  'request_id': (string);
}

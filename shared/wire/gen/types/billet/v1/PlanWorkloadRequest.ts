// Original file: proto/billet/v1/workload_service.proto

import type { WorkloadSpec as _billet_v1_WorkloadSpec, WorkloadSpec__Output as _billet_v1_WorkloadSpec__Output } from '../../billet/v1/WorkloadSpec.ts';

export interface PlanWorkloadRequest {
  'tenant'?: (string);
  'spec'?: (_billet_v1_WorkloadSpec | null);
}

export interface PlanWorkloadRequest__Output {
  'tenant': (string);
  'spec': (_billet_v1_WorkloadSpec__Output | null);
}

// Original file: proto/billet/v1/workload_service.proto

import type { WorkloadState as _billet_v1_WorkloadState, WorkloadState__Output as _billet_v1_WorkloadState__Output } from '../../billet/v1/WorkloadState.ts';

export interface WorkloadFilter {
  'tenant'?: (string);
  'states'?: (_billet_v1_WorkloadState)[];
  'name'?: (string);
  'array'?: (string);
  'scheduler'?: (string);
}

export interface WorkloadFilter__Output {
  'tenant': (string);
  'states': (_billet_v1_WorkloadState__Output)[];
  'name': (string);
  'array': (string);
  'scheduler': (string);
}

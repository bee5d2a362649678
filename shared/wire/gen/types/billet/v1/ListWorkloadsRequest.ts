// Original file: proto/billet/v1/workload_service.proto

import type { WorkloadFilter as _billet_v1_WorkloadFilter, WorkloadFilter__Output as _billet_v1_WorkloadFilter__Output } from '../../billet/v1/WorkloadFilter.ts';

export interface ListWorkloadsRequest {
  'page_size'?: (number);
  'page_token'?: (string);
  'filter'?: (_billet_v1_WorkloadFilter | null);
}

export interface ListWorkloadsRequest__Output {
  'page_size': (number);
  'page_token': (string);
  'filter': (_billet_v1_WorkloadFilter__Output | null);
}

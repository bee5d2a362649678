// Original file: proto/billet/v1/workload_service.proto

import type { WorkloadFilter as _billet_v1_WorkloadFilter, WorkloadFilter__Output as _billet_v1_WorkloadFilter__Output } from '../../billet/v1/WorkloadFilter.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchWorkloadsRequest {
  'after_revision'?: (number | string | Long);
  'filter'?: (_billet_v1_WorkloadFilter | null);
}

export interface WatchWorkloadsRequest__Output {
  'after_revision': (number);
  'filter': (_billet_v1_WorkloadFilter__Output | null);
}

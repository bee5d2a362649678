// Original file: proto/billet/v1/workload_service.proto

import type { WorkloadOutcome as _billet_v1_WorkloadOutcome, WorkloadOutcome__Output as _billet_v1_WorkloadOutcome__Output } from '../../billet/v1/WorkloadOutcome.ts';
import type { Long } from '@grpc/proto-loader';

export interface SubmitWorkloadsResponse {
  'outcomes'?: (_billet_v1_WorkloadOutcome)[];
  'revision'?: (number | string | Long);
}

export interface SubmitWorkloadsResponse__Output {
  'outcomes': (_billet_v1_WorkloadOutcome__Output)[];
  'revision': (number);
}

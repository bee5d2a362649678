// Original file: proto/billet/v1/workload_service.proto

import type { SubmitWorkloadRequest as _billet_v1_SubmitWorkloadRequest, SubmitWorkloadRequest__Output as _billet_v1_SubmitWorkloadRequest__Output } from '../../billet/v1/SubmitWorkloadRequest.ts';

export interface SubmitWorkloadsRequest {
  'requests'?: (_billet_v1_SubmitWorkloadRequest)[];
}

export interface SubmitWorkloadsRequest__Output {
  'requests': (_billet_v1_SubmitWorkloadRequest__Output)[];
}

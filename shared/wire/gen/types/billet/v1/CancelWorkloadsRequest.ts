// Original file: proto/billet/v1/workload_service.proto

import type { CancelWorkloadRequest as _billet_v1_CancelWorkloadRequest, CancelWorkloadRequest__Output as _billet_v1_CancelWorkloadRequest__Output } from '../../billet/v1/CancelWorkloadRequest.ts';

export interface CancelWorkloadsRequest {
  'requests'?: (_billet_v1_CancelWorkloadRequest)[];
}

export interface CancelWorkloadsRequest__Output {
  'requests': (_billet_v1_CancelWorkloadRequest__Output)[];
}

// Original file: proto/billet/v1/workload_service.proto

import type { Workload as _billet_v1_Workload, Workload__Output as _billet_v1_Workload__Output } from '../../billet/v1/Workload.ts';

export interface ResizeWorkloadResponse {
  'workload'?: (_billet_v1_Workload | null);
}

export interface ResizeWorkloadResponse__Output {
  'workload': (_billet_v1_Workload__Output | null);
}

// Original file: proto/billet/v1/workload_service.proto

import type { Workload as _billet_v1_Workload, Workload__Output as _billet_v1_Workload__Output } from '../../billet/v1/Workload.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchWorkloadsResponse {
  'workload'?: (_billet_v1_Workload | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision'?: (number | string | Long);
  'event'?: "workload"|"synced"|"progress";
}

export interface WatchWorkloadsResponse__Output {
  'workload'?: (_billet_v1_Workload__Output | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision': (number);
  'event'?: "workload"|"synced"|"progress";
}

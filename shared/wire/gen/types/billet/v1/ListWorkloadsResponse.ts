// Original file: proto/billet/v1/workload_service.proto

import type { Workload as _billet_v1_Workload, Workload__Output as _billet_v1_Workload__Output } from '../../billet/v1/Workload.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListWorkloadsResponse {
  'workloads'?: (_billet_v1_Workload)[];
  'next_page_token'?: (string);
  'revision'?: (number | string | Long);
}

export interface ListWorkloadsResponse__Output {
  'workloads': (_billet_v1_Workload__Output)[];
  'next_page_token': (string);
  'revision': (number);
}

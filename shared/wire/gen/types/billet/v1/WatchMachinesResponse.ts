// Original file: proto/billet/v1/machine_service.proto

import type { Machine as _billet_v1_Machine, Machine__Output as _billet_v1_Machine__Output } from '../../billet/v1/Machine.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchMachinesResponse {
  'machine'?: (_billet_v1_Machine | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision'?: (number | string | Long);
  'event'?: "machine"|"synced"|"progress";
}

export interface WatchMachinesResponse__Output {
  'machine'?: (_billet_v1_Machine__Output | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision': (number);
  'event'?: "machine"|"synced"|"progress";
}

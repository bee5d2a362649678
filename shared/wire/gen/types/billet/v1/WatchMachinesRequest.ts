// Original file: proto/billet/v1/machine_service.proto

import type { MachineFilter as _billet_v1_MachineFilter, MachineFilter__Output as _billet_v1_MachineFilter__Output } from '../../billet/v1/MachineFilter.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchMachinesRequest {
  'after_revision'?: (number | string | Long);
  'filter'?: (_billet_v1_MachineFilter | null);
}

export interface WatchMachinesRequest__Output {
  'after_revision': (number);
  'filter': (_billet_v1_MachineFilter__Output | null);
}

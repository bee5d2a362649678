// Original file: proto/billet/v1/machine_service.proto

import type { MachineFilter as _billet_v1_MachineFilter, MachineFilter__Output as _billet_v1_MachineFilter__Output } from '../../billet/v1/MachineFilter.ts';

export interface ListMachinesRequest {
  'page_size'?: (number);
  'page_token'?: (string);
  'filter'?: (_billet_v1_MachineFilter | null);
}

export interface ListMachinesRequest__Output {
  'page_size': (number);
  'page_token': (string);
  'filter': (_billet_v1_MachineFilter__Output | null);
}

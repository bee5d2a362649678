// Original file: proto/billet/v1/machine_service.proto

import type { Machine as _billet_v1_Machine, Machine__Output as _billet_v1_Machine__Output } from '../../billet/v1/Machine.ts';

export interface CheckMachineResponse {
  'machine'?: (_billet_v1_Machine | null);
}

export interface CheckMachineResponse__Output {
  'machine': (_billet_v1_Machine__Output | null);
}

// Original file: proto/billet/v1/power_service.proto

import type { Bmc as _billet_v1_Bmc, Bmc__Output as _billet_v1_Bmc__Output } from '../../billet/v1/Bmc.ts';

export interface GetBmcResponse {
  'bmc'?: (_billet_v1_Bmc | null);
}

export interface GetBmcResponse__Output {
  'bmc': (_billet_v1_Bmc__Output | null);
}

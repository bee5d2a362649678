// Original file: proto/billet/v1/power_service.proto

import type { PowerStatus as _billet_v1_PowerStatus, PowerStatus__Output as _billet_v1_PowerStatus__Output } from '../../billet/v1/PowerStatus.ts';

export interface GetPowerResponse {
  'status'?: (_billet_v1_PowerStatus | null);
}

export interface GetPowerResponse__Output {
  'status': (_billet_v1_PowerStatus__Output | null);
}

// Original file: proto/billet/v1/power_service.proto

import type { BmcSensor as _billet_v1_BmcSensor, BmcSensor__Output as _billet_v1_BmcSensor__Output } from '../../billet/v1/BmcSensor.ts';

export interface ListBmcSensorsResponse {
  'sensors'?: (_billet_v1_BmcSensor)[];
}

export interface ListBmcSensorsResponse__Output {
  'sensors': (_billet_v1_BmcSensor__Output)[];
}

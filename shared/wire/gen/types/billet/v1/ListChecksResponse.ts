// Original file: proto/billet/v1/fleet_service.proto

import type { Check as _billet_v1_Check, Check__Output as _billet_v1_Check__Output } from '../../billet/v1/Check.ts';

export interface ListChecksResponse {
  'checks'?: (_billet_v1_Check)[];
}

export interface ListChecksResponse__Output {
  'checks': (_billet_v1_Check__Output)[];
}

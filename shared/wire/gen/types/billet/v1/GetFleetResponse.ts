// Original file: proto/billet/v1/fleet_service.proto

import type { Fleet as _billet_v1_Fleet, Fleet__Output as _billet_v1_Fleet__Output } from '../../billet/v1/Fleet.ts';

export interface GetFleetResponse {
  'fleet'?: (_billet_v1_Fleet | null);
}

export interface GetFleetResponse__Output {
  'fleet': (_billet_v1_Fleet__Output | null);
}

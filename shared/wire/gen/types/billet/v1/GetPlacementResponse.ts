// Original file: proto/billet/v1/placement_service.proto

import type { Placement as _billet_v1_Placement, Placement__Output as _billet_v1_Placement__Output } from '../../billet/v1/Placement.ts';

export interface GetPlacementResponse {
  'placement'?: (_billet_v1_Placement | null);
}

export interface GetPlacementResponse__Output {
  'placement': (_billet_v1_Placement__Output | null);
}

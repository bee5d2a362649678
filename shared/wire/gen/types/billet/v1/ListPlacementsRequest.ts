// Original file: proto/billet/v1/placement_service.proto

import type { PlacementFilter as _billet_v1_PlacementFilter, PlacementFilter__Output as _billet_v1_PlacementFilter__Output } from '../../billet/v1/PlacementFilter.ts';

export interface ListPlacementsRequest {
  'page_size'?: (number);
  'page_token'?: (string);
  'filter'?: (_billet_v1_PlacementFilter | null);
}

export interface ListPlacementsRequest__Output {
  'page_size': (number);
  'page_token': (string);
  'filter': (_billet_v1_PlacementFilter__Output | null);
}

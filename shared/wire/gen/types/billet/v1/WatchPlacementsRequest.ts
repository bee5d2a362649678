// Original file: proto/billet/v1/placement_service.proto

import type { PlacementFilter as _billet_v1_PlacementFilter, PlacementFilter__Output as _billet_v1_PlacementFilter__Output } from '../../billet/v1/PlacementFilter.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchPlacementsRequest {
  'after_revision'?: (number | string | Long);
  'filter'?: (_billet_v1_PlacementFilter | null);
}

export interface WatchPlacementsRequest__Output {
  'after_revision': (number);
  'filter': (_billet_v1_PlacementFilter__Output | null);
}

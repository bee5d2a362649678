// Original file: proto/billet/v1/placement_service.proto

import type { Placement as _billet_v1_Placement, Placement__Output as _billet_v1_Placement__Output } from '../../billet/v1/Placement.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchPlacementsResponse {
  'placement'?: (_billet_v1_Placement | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision'?: (number | string | Long);
  'event'?: "placement"|"synced"|"progress";
}

export interface WatchPlacementsResponse__Output {
  'placement'?: (_billet_v1_Placement__Output | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision': (number);
  'event'?: "placement"|"synced"|"progress";
}

// Original file: proto/billet/v1/placement_service.proto

import type { Placement as _billet_v1_Placement, Placement__Output as _billet_v1_Placement__Output } from '../../billet/v1/Placement.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListPlacementsResponse {
  'placements'?: (_billet_v1_Placement)[];
  'next_page_token'?: (string);
  'revision'?: (number | string | Long);
}

export interface ListPlacementsResponse__Output {
  'placements': (_billet_v1_Placement__Output)[];
  'next_page_token': (string);
  'revision': (number);
}

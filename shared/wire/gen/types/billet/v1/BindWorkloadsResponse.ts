// Original file: proto/billet/v1/placement_service.proto

import type { BindingOutcome as _billet_v1_BindingOutcome, BindingOutcome__Output as _billet_v1_BindingOutcome__Output } from '../../billet/v1/BindingOutcome.ts';
import type { Long } from '@grpc/proto-loader';

export interface BindWorkloadsResponse {
  'outcomes'?: (_billet_v1_BindingOutcome)[];
  'revision'?: (number | string | Long);
}

export interface BindWorkloadsResponse__Output {
  'outcomes': (_billet_v1_BindingOutcome__Output)[];
  'revision': (number);
}

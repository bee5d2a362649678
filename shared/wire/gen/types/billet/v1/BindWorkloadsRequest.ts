// Original file: proto/billet/v1/placement_service.proto

import type { Binding as _billet_v1_Binding, Binding__Output as _billet_v1_Binding__Output } from '../../billet/v1/Binding.ts';
import type { Long } from '@grpc/proto-loader';

export interface BindWorkloadsRequest {
  'bindings'?: (_billet_v1_Binding)[];
  'revision'?: (number | string | Long);
}

export interface BindWorkloadsRequest__Output {
  'bindings': (_billet_v1_Binding__Output)[];
  'revision': (number);
}

// Original file: proto/billet/v1/machine_service.proto

import type { Machine as _billet_v1_Machine, Machine__Output as _billet_v1_Machine__Output } from '../../billet/v1/Machine.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListMachinesResponse {
  'machines'?: (_billet_v1_Machine)[];
  'next_page_token'?: (string);
  'revision'?: (number | string | Long);
}

export interface ListMachinesResponse__Output {
  'machines': (_billet_v1_Machine__Output)[];
  'next_page_token': (string);
  'revision': (number);
}

// Original file: proto/billet/v1/fleet_service.proto

import type { PriorityClass as _billet_v1_PriorityClass, PriorityClass__Output as _billet_v1_PriorityClass__Output } from '../../billet/v1/PriorityClass.ts';

export interface ListPriorityClassesResponse {
  'classes'?: (_billet_v1_PriorityClass)[];
}

export interface ListPriorityClassesResponse__Output {
  'classes': (_billet_v1_PriorityClass__Output)[];
}

// Original file: proto/billet/v1/machine_service.proto

import type { KernelEvent as _billet_v1_KernelEvent, KernelEvent__Output as _billet_v1_KernelEvent__Output } from '../../billet/v1/KernelEvent.ts';

export interface ListKernelEventsResponse {
  'kernel_events'?: (_billet_v1_KernelEvent)[];
}

export interface ListKernelEventsResponse__Output {
  'kernel_events': (_billet_v1_KernelEvent__Output)[];
}

// Original file: proto/billet/v1/telemetry.proto

import type { KernelEvent as _billet_v1_KernelEvent, KernelEvent__Output as _billet_v1_KernelEvent__Output } from '../../billet/v1/KernelEvent.ts';

export interface KernelEvents {
  'events'?: (_billet_v1_KernelEvent)[];
}

export interface KernelEvents__Output {
  'events': (_billet_v1_KernelEvent__Output)[];
}

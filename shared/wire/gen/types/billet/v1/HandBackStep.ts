// Original file: proto/billet/v1/machine.proto

import type { Erasure as _billet_v1_Erasure, Erasure__Output as _billet_v1_Erasure__Output } from '../../billet/v1/Erasure.ts';
import type { FencedDevice as _billet_v1_FencedDevice, FencedDevice__Output as _billet_v1_FencedDevice__Output } from '../../billet/v1/FencedDevice.ts';

export interface HandBackStep {
  'id'?: (string);
  'passed'?: (boolean);
  'detail'?: (string);
  'duration_ms'?: (number | string);
  'erased'?: (_billet_v1_Erasure | null);
  'fenced'?: (_billet_v1_FencedDevice | null);
}

export interface HandBackStep__Output {
  'id': (string);
  'passed': (boolean);
  'detail': (string);
  'duration_ms': (number);
  'erased': (_billet_v1_Erasure__Output | null);
  'fenced': (_billet_v1_FencedDevice__Output | null);
}

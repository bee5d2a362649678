// Original file: proto/billet/v1/check.proto

import type { CheckPoint as _billet_v1_CheckPoint, CheckPoint__Output as _billet_v1_CheckPoint__Output } from '../../billet/v1/CheckPoint.ts';
import type { CheckVerdict as _billet_v1_CheckVerdict, CheckVerdict__Output as _billet_v1_CheckVerdict__Output } from '../../billet/v1/CheckVerdict.ts';
import type { CheckRange as _billet_v1_CheckRange, CheckRange__Output as _billet_v1_CheckRange__Output } from '../../billet/v1/CheckRange.ts';

export interface CheckSeries {
  'machine'?: (string);
  'check'?: (string);
  'measure'?: (string);
  'device'?: (string);
  'unit'?: (string);
  'points'?: (_billet_v1_CheckPoint)[];
  'verdict'?: (_billet_v1_CheckVerdict);
  'sentence'?: (string);
  'peers'?: (_billet_v1_CheckRange | null);
  'own'?: (_billet_v1_CheckRange | null);
}

export interface CheckSeries__Output {
  'machine': (string);
  'check': (string);
  'measure': (string);
  'device': (string);
  'unit': (string);
  'points': (_billet_v1_CheckPoint__Output)[];
  'verdict': (_billet_v1_CheckVerdict__Output);
  'sentence': (string);
  'peers': (_billet_v1_CheckRange__Output | null);
  'own': (_billet_v1_CheckRange__Output | null);
}

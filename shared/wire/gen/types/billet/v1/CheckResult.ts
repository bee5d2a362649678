// Original file: proto/billet/v1/check.proto

import type { CheckOutcome as _billet_v1_CheckOutcome, CheckOutcome__Output as _billet_v1_CheckOutcome__Output } from '../../billet/v1/CheckOutcome.ts';

export interface CheckResult {
  'check'?: (string);
  'measure'?: (string);
  'device'?: (string);
  'outcome'?: (_billet_v1_CheckOutcome);
  'value'?: (number | string);
  'unit'?: (string);
  'reason'?: (string);
  'duration_ms'?: (number | string);
}

export interface CheckResult__Output {
  'check': (string);
  'measure': (string);
  'device': (string);
  'outcome': (_billet_v1_CheckOutcome__Output);
  'value': (number);
  'unit': (string);
  'reason': (string);
  'duration_ms': (number);
}

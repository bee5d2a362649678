// Original file: proto/billet/v1/agent.proto

import type { HandBackStep as _billet_v1_HandBackStep, HandBackStep__Output as _billet_v1_HandBackStep__Output } from '../../billet/v1/HandBackStep.ts';
import type { CheckResult as _billet_v1_CheckResult, CheckResult__Output as _billet_v1_CheckResult__Output } from '../../billet/v1/CheckResult.ts';
import type { Long } from '@grpc/proto-loader';

export interface ValidationReport {
  'validation'?: (number | string | Long);
  'passed'?: (boolean);
  'checks'?: (_billet_v1_HandBackStep)[];
  'results'?: (_billet_v1_CheckResult)[];
}

export interface ValidationReport__Output {
  'validation': (number);
  'passed': (boolean);
  'checks': (_billet_v1_HandBackStep__Output)[];
  'results': (_billet_v1_CheckResult__Output)[];
}

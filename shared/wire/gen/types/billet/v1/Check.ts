// Original file: proto/billet/v1/check.proto

import type { CheckOutput as _billet_v1_CheckOutput, CheckOutput__Output as _billet_v1_CheckOutput__Output } from '../../billet/v1/CheckOutput.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Severity as _billet_v1_Severity, Severity__Output as _billet_v1_Severity__Output } from '../../billet/v1/Severity.ts';
import type { HealthAction as _billet_v1_HealthAction, HealthAction__Output as _billet_v1_HealthAction__Output } from '../../billet/v1/HealthAction.ts';
import type { Long } from '@grpc/proto-loader';

export interface Check {
  'id'?: (string);
  'about'?: (string);
  'argv'?: (string)[];
  'output'?: (_billet_v1_CheckOutput);
  'timeout'?: (_google_protobuf_Duration | null);
  'memory_bytes'?: (number | string | Long);
  'high_is_bad'?: (boolean);
  'tolerance'?: (number | string);
  'count'?: (boolean);
  'validating'?: (boolean);
  'severity'?: (_billet_v1_Severity);
  'action'?: (_billet_v1_HealthAction);
  'disabled'?: (boolean);
}

export interface Check__Output {
  'id': (string);
  'about': (string);
  'argv': (string)[];
  'output': (_billet_v1_CheckOutput__Output);
  'timeout': (_google_protobuf_Duration__Output | null);
  'memory_bytes': (number);
  'high_is_bad': (boolean);
  'tolerance': (number);
  'count': (boolean);
  'validating': (boolean);
  'severity': (_billet_v1_Severity__Output);
  'action': (_billet_v1_HealthAction__Output);
  'disabled': (boolean);
}

// Original file: proto/billet/v1/check.proto

import type { CheckOutput as _billet_v1_CheckOutput, CheckOutput__Output as _billet_v1_CheckOutput__Output } from '../../billet/v1/CheckOutput.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface CheckOrder {
  'check'?: (string);
  'argv'?: (string)[];
  'output'?: (_billet_v1_CheckOutput);
  'timeout'?: (_google_protobuf_Duration | null);
  'memory_bytes'?: (number | string | Long);
}

export interface CheckOrder__Output {
  'check': (string);
  'argv': (string)[];
  'output': (_billet_v1_CheckOutput__Output);
  'timeout': (_google_protobuf_Duration__Output | null);
  'memory_bytes': (number);
}

// Original file: proto/billet/v1/check.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { CheckOutcome as _billet_v1_CheckOutcome, CheckOutcome__Output as _billet_v1_CheckOutcome__Output } from '../../billet/v1/CheckOutcome.ts';

export interface CheckPoint {
  'time'?: (_google_protobuf_Timestamp | null);
  'outcome'?: (_billet_v1_CheckOutcome);
  'value'?: (number | string);
  'reason'?: (string);
}

export interface CheckPoint__Output {
  'time': (_google_protobuf_Timestamp__Output | null);
  'outcome': (_billet_v1_CheckOutcome__Output);
  'value': (number);
  'reason': (string);
}

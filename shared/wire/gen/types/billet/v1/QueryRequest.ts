// Original file: proto/billet/v1/telemetry_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { OverTime as _billet_v1_OverTime, OverTime__Output as _billet_v1_OverTime__Output } from '../../billet/v1/OverTime.ts';
import type { Combine as _billet_v1_Combine, Combine__Output as _billet_v1_Combine__Output } from '../../billet/v1/Combine.ts';

export interface QueryRequest {
  'selector'?: (string);
  'machines'?: (string);
  'end_time'?: (_google_protobuf_Timestamp | null);
  'span'?: (_google_protobuf_Duration | null);
  'step'?: (_google_protobuf_Duration | null);
  'over_time'?: (_billet_v1_OverTime);
  'combine'?: (_billet_v1_Combine);
  'quantile'?: (number | string);
  'group_by'?: (string)[];
  'top'?: (number);
  'lowest'?: (boolean);
}

export interface QueryRequest__Output {
  'selector': (string);
  'machines': (string);
  'end_time': (_google_protobuf_Timestamp__Output | null);
  'span': (_google_protobuf_Duration__Output | null);
  'step': (_google_protobuf_Duration__Output | null);
  'over_time': (_billet_v1_OverTime__Output);
  'combine': (_billet_v1_Combine__Output);
  'quantile': (number);
  'group_by': (string)[];
  'top': (number);
  'lowest': (boolean);
}

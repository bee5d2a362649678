// Original file: proto/billet/v1/power_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface ListBmcSensorsRequest {
  'parent'?: (string);
  'timeout'?: (_google_protobuf_Duration | null);
}

export interface ListBmcSensorsRequest__Output {
  'parent': (string);
  'timeout': (_google_protobuf_Duration__Output | null);
}

// Original file: proto/billet/v1/power_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface GetPowerRequest {
  'name'?: (string);
  'timeout'?: (_google_protobuf_Duration | null);
}

export interface GetPowerRequest__Output {
  'name': (string);
  'timeout': (_google_protobuf_Duration__Output | null);
}

// Original file: proto/billet/v1/token_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { HardwareBinding as _billet_v1_HardwareBinding, HardwareBinding__Output as _billet_v1_HardwareBinding__Output } from '../../billet/v1/HardwareBinding.ts';

export interface CreateTokenRequest {
  'description'?: (string);
  'uses'?: (number);
  'ttl'?: (_google_protobuf_Duration | null);
  'auto_approve'?: (boolean);
  'binding'?: (_billet_v1_HardwareBinding | null);
  'request_id'?: (string);
  'registration'?: (string);
}

export interface CreateTokenRequest__Output {
  'description': (string);
  'uses': (number);
  'ttl': (_google_protobuf_Duration__Output | null);
  'auto_approve': (boolean);
  'binding': (_billet_v1_HardwareBinding__Output | null);
  'request_id': (string);
  'registration': (string);
}

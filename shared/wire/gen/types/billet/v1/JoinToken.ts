// Original file: proto/billet/v1/token.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { HardwareBinding as _billet_v1_HardwareBinding, HardwareBinding__Output as _billet_v1_HardwareBinding__Output } from '../../billet/v1/HardwareBinding.ts';

export interface JoinToken {
  'name'?: (string);
  'description'?: (string);
  'uses_left'?: (number);
  'uses_made'?: (number);
  'expire_time'?: (_google_protobuf_Timestamp | null);
  'auto_approve'?: (boolean);
  'binding'?: (_billet_v1_HardwareBinding | null);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'user'?: (string);
  'revoke_time'?: (_google_protobuf_Timestamp | null);
  'registration'?: (string);
  'refuse_time'?: (_google_protobuf_Timestamp | null);
}

export interface JoinToken__Output {
  'name': (string);
  'description': (string);
  'uses_left': (number);
  'uses_made': (number);
  'expire_time': (_google_protobuf_Timestamp__Output | null);
  'auto_approve': (boolean);
  'binding': (_billet_v1_HardwareBinding__Output | null);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'user': (string);
  'revoke_time': (_google_protobuf_Timestamp__Output | null);
  'registration': (string);
  'refuse_time': (_google_protobuf_Timestamp__Output | null);
}

// Original file: proto/billet/v1/power_service.proto

import type { PowerAction as _billet_v1_PowerAction, PowerAction__Output as _billet_v1_PowerAction__Output } from '../../billet/v1/PowerAction.ts';
import type { NextBoot as _billet_v1_NextBoot, NextBoot__Output as _billet_v1_NextBoot__Output } from '../../billet/v1/NextBoot.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface ChangePowerRequest {
  'name'?: (string);
  'request_id'?: (string);
  'action'?: (_billet_v1_PowerAction);
  'next_boot'?: (_billet_v1_NextBoot);
  'reason'?: (string);
  'force'?: (boolean);
  'timeout'?: (_google_protobuf_Duration | null);
}

export interface ChangePowerRequest__Output {
  'name': (string);
  'request_id': (string);
  'action': (_billet_v1_PowerAction__Output);
  'next_boot': (_billet_v1_NextBoot__Output);
  'reason': (string);
  'force': (boolean);
  'timeout': (_google_protobuf_Duration__Output | null);
}

// Original file: proto/billet/v1/rollout.proto

import type { RolloutState as _billet_v1_RolloutState, RolloutState__Output as _billet_v1_RolloutState__Output } from '../../billet/v1/RolloutState.ts';
import type { RolloutFailure as _billet_v1_RolloutFailure, RolloutFailure__Output as _billet_v1_RolloutFailure__Output } from '../../billet/v1/RolloutFailure.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Rollout {
  'name'?: (string);
  'agent_version'?: (string);
  'url'?: (string);
  'at_once'?: (number);
  'pause_after'?: (number);
  'state'?: (_billet_v1_RolloutState);
  'state_reason'?: (string);
  'waiting_count'?: (number);
  'ordered_count'?: (number);
  'done_count'?: (number);
  'failures'?: (_billet_v1_RolloutFailure)[];
  'user'?: (string);
  'create_time'?: (_google_protobuf_Timestamp | null);
}

export interface Rollout__Output {
  'name': (string);
  'agent_version': (string);
  'url': (string);
  'at_once': (number);
  'pause_after': (number);
  'state': (_billet_v1_RolloutState__Output);
  'state_reason': (string);
  'waiting_count': (number);
  'ordered_count': (number);
  'done_count': (number);
  'failures': (_billet_v1_RolloutFailure__Output)[];
  'user': (string);
  'create_time': (_google_protobuf_Timestamp__Output | null);
}

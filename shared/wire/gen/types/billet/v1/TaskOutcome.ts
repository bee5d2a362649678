// Original file: proto/billet/v1/agent.proto

import type { TaskOutcomeKind as _billet_v1_TaskOutcomeKind, TaskOutcomeKind__Output as _billet_v1_TaskOutcomeKind__Output } from '../../billet/v1/TaskOutcomeKind.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { TaskFault as _billet_v1_TaskFault, TaskFault__Output as _billet_v1_TaskFault__Output } from '../../billet/v1/TaskFault.ts';

export interface TaskOutcome {
  'kind'?: (_billet_v1_TaskOutcomeKind);
  'exit_code'?: (number);
  'reason'?: (string);
  'end_time'?: (_google_protobuf_Timestamp | null);
  'fault'?: (_billet_v1_TaskFault);
}

export interface TaskOutcome__Output {
  'kind': (_billet_v1_TaskOutcomeKind__Output);
  'exit_code': (number);
  'reason': (string);
  'end_time': (_google_protobuf_Timestamp__Output | null);
  'fault': (_billet_v1_TaskFault__Output);
}

// Original file: proto/billet/v1/command.proto

import type { CommandState as _billet_v1_CommandState, CommandState__Output as _billet_v1_CommandState__Output } from '../../billet/v1/CommandState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface CommandRun {
  'machine'?: (string);
  'hostname'?: (string);
  'state'?: (_billet_v1_CommandState);
  'reason'?: (string);
  'exit_code'?: (number);
  'stdout_dropped_bytes'?: (number | string | Long);
  'stderr_dropped_bytes'?: (number | string | Long);
  'start_time'?: (_google_protobuf_Timestamp | null);
  'end_time'?: (_google_protobuf_Timestamp | null);
}

export interface CommandRun__Output {
  'machine': (string);
  'hostname': (string);
  'state': (_billet_v1_CommandState__Output);
  'reason': (string);
  'exit_code': (number);
  'stdout_dropped_bytes': (number);
  'stderr_dropped_bytes': (number);
  'start_time': (_google_protobuf_Timestamp__Output | null);
  'end_time': (_google_protobuf_Timestamp__Output | null);
}

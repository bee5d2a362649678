// Original file: proto/billet/v1/command.proto

import type { CommandSpec as _billet_v1_CommandSpec, CommandSpec__Output as _billet_v1_CommandSpec__Output } from '../../billet/v1/CommandSpec.ts';
import type { CommandRun as _billet_v1_CommandRun, CommandRun__Output as _billet_v1_CommandRun__Output } from '../../billet/v1/CommandRun.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Command {
  'name'?: (string);
  'spec'?: (_billet_v1_CommandSpec | null);
  'runs'?: (_billet_v1_CommandRun)[];
  'user'?: (string);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'revision'?: (number | string | Long);
}

export interface Command__Output {
  'name': (string);
  'spec': (_billet_v1_CommandSpec__Output | null);
  'runs': (_billet_v1_CommandRun__Output)[];
  'user': (string);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'revision': (number);
}

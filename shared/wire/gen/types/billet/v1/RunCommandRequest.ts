// Original file: proto/billet/v1/command_service.proto

import type { CommandSpec as _billet_v1_CommandSpec, CommandSpec__Output as _billet_v1_CommandSpec__Output } from '../../billet/v1/CommandSpec.ts';

export interface RunCommandRequest {
  'machines'?: (string)[];
  'spec'?: (_billet_v1_CommandSpec | null);
  'request_id'?: (string);
}

export interface RunCommandRequest__Output {
  'machines': (string)[];
  'spec': (_billet_v1_CommandSpec__Output | null);
  'request_id': (string);
}

// Original file: proto/billet/v1/agent.proto

import type { CommandSpec as _billet_v1_CommandSpec, CommandSpec__Output as _billet_v1_CommandSpec__Output } from '../../billet/v1/CommandSpec.ts';

export interface CommandOrder {
  'command'?: (string);
  'spec'?: (_billet_v1_CommandSpec | null);
}

export interface CommandOrder__Output {
  'command': (string);
  'spec': (_billet_v1_CommandSpec__Output | null);
}

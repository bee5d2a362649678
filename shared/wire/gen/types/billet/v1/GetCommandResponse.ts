// Original file: proto/billet/v1/command_service.proto

import type { Command as _billet_v1_Command, Command__Output as _billet_v1_Command__Output } from '../../billet/v1/Command.ts';

export interface GetCommandResponse {
  'command'?: (_billet_v1_Command | null);
}

export interface GetCommandResponse__Output {
  'command': (_billet_v1_Command__Output | null);
}

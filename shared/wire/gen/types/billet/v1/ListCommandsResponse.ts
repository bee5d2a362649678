// Original file: proto/billet/v1/command_service.proto

import type { Command as _billet_v1_Command, Command__Output as _billet_v1_Command__Output } from '../../billet/v1/Command.ts';

export interface ListCommandsResponse {
  'commands'?: (_billet_v1_Command)[];
  'next_page_token'?: (string);
}

export interface ListCommandsResponse__Output {
  'commands': (_billet_v1_Command__Output)[];
  'next_page_token': (string);
}

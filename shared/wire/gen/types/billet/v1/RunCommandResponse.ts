// Original file: proto/billet/v1/command_service.proto

import type { Command as _billet_v1_Command, Command__Output as _billet_v1_Command__Output } from '../../billet/v1/Command.ts';
import type { CommandOutput as _billet_v1_CommandOutput, CommandOutput__Output as _billet_v1_CommandOutput__Output } from '../../billet/v1/CommandOutput.ts';
import type { CommandRun as _billet_v1_CommandRun, CommandRun__Output as _billet_v1_CommandRun__Output } from '../../billet/v1/CommandRun.ts';

export interface RunCommandResponse {
  'command'?: (_billet_v1_Command | null);
  'output'?: (_billet_v1_CommandOutput | null);
  'run'?: (_billet_v1_CommandRun | null);
  'event'?: "command"|"output"|"run";
}

export interface RunCommandResponse__Output {
  'command'?: (_billet_v1_Command__Output | null);
  'output'?: (_billet_v1_CommandOutput__Output | null);
  'run'?: (_billet_v1_CommandRun__Output | null);
  'event'?: "command"|"output"|"run";
}

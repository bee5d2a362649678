// Original file: proto/billet/v1/agent.proto

import type { CommandRun as _billet_v1_CommandRun, CommandRun__Output as _billet_v1_CommandRun__Output } from '../../billet/v1/CommandRun.ts';

export interface CommandReport {
  'command'?: (string);
  'run'?: (_billet_v1_CommandRun | null);
}

export interface CommandReport__Output {
  'command': (string);
  'run': (_billet_v1_CommandRun__Output | null);
}

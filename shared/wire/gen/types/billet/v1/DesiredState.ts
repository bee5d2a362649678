// Original file: proto/billet/v1/agent.proto

import type { RunGoal as _billet_v1_RunGoal, RunGoal__Output as _billet_v1_RunGoal__Output } from '../../billet/v1/RunGoal.ts';
import type { Assignment as _billet_v1_Assignment, Assignment__Output as _billet_v1_Assignment__Output } from '../../billet/v1/Assignment.ts';
import type { UpgradeOrder as _billet_v1_UpgradeOrder, UpgradeOrder__Output as _billet_v1_UpgradeOrder__Output } from '../../billet/v1/UpgradeOrder.ts';
import type { CheckOrder as _billet_v1_CheckOrder, CheckOrder__Output as _billet_v1_CheckOrder__Output } from '../../billet/v1/CheckOrder.ts';
import type { Long } from '@grpc/proto-loader';

export interface DesiredState {
  'machine'?: (string);
  'term'?: (number | string | Long);
  'epoch'?: (number | string | Long);
  'goal'?: (_billet_v1_RunGoal);
  'assignment'?: (_billet_v1_Assignment | null);
  'validation'?: (number | string | Long);
  'upgrade'?: (_billet_v1_UpgradeOrder | null);
  'checks'?: (_billet_v1_CheckOrder)[];
}

export interface DesiredState__Output {
  'machine': (string);
  'term': (number);
  'epoch': (number);
  'goal': (_billet_v1_RunGoal__Output);
  'assignment': (_billet_v1_Assignment__Output | null);
  'validation': (number);
  'upgrade': (_billet_v1_UpgradeOrder__Output | null);
  'checks': (_billet_v1_CheckOrder__Output)[];
}

// Original file: proto/billet/v1/agent.proto

import type { RunState as _billet_v1_RunState, RunState__Output as _billet_v1_RunState__Output } from '../../billet/v1/RunState.ts';
import type { TaskOutcome as _billet_v1_TaskOutcome, TaskOutcome__Output as _billet_v1_TaskOutcome__Output } from '../../billet/v1/TaskOutcome.ts';
import type { HandBackReport as _billet_v1_HandBackReport, HandBackReport__Output as _billet_v1_HandBackReport__Output } from '../../billet/v1/HandBackReport.ts';
import type { ValidationReport as _billet_v1_ValidationReport, ValidationReport__Output as _billet_v1_ValidationReport__Output } from '../../billet/v1/ValidationReport.ts';
import type { Condition as _billet_v1_Condition, Condition__Output as _billet_v1_Condition__Output } from '../../billet/v1/Condition.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface MachineReport {
  'epoch'?: (number | string | Long);
  'term'?: (number | string | Long);
  'state'?: (_billet_v1_RunState);
  'placement'?: (string);
  'outcome'?: (_billet_v1_TaskOutcome | null);
  'hand_back'?: (_billet_v1_HandBackReport | null);
  'validation'?: (_billet_v1_ValidationReport | null);
  'conditions'?: (_billet_v1_Condition)[];
  'commands'?: (string)[];
  'start_time'?: (_google_protobuf_Timestamp | null);
  'seen_epoch'?: (number | string | Long);
}

export interface MachineReport__Output {
  'epoch': (number);
  'term': (number);
  'state': (_billet_v1_RunState__Output);
  'placement': (string);
  'outcome': (_billet_v1_TaskOutcome__Output | null);
  'hand_back': (_billet_v1_HandBackReport__Output | null);
  'validation': (_billet_v1_ValidationReport__Output | null);
  'conditions': (_billet_v1_Condition__Output)[];
  'commands': (string)[];
  'start_time': (_google_protobuf_Timestamp__Output | null);
  'seen_epoch': (number);
}

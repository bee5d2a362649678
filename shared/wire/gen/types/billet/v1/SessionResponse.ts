// Original file: proto/billet/v1/agent_service.proto

import type { Welcome as _billet_v1_Welcome, Welcome__Output as _billet_v1_Welcome__Output } from '../../billet/v1/Welcome.ts';
import type { DesiredState as _billet_v1_DesiredState, DesiredState__Output as _billet_v1_DesiredState__Output } from '../../billet/v1/DesiredState.ts';
import type { SamplingPlan as _billet_v1_SamplingPlan, SamplingPlan__Output as _billet_v1_SamplingPlan__Output } from '../../billet/v1/SamplingPlan.ts';
import type { CommandOrder as _billet_v1_CommandOrder, CommandOrder__Output as _billet_v1_CommandOrder__Output } from '../../billet/v1/CommandOrder.ts';
import type { LogOrder as _billet_v1_LogOrder, LogOrder__Output as _billet_v1_LogOrder__Output } from '../../billet/v1/LogOrder.ts';
import type { LogGrant as _billet_v1_LogGrant, LogGrant__Output as _billet_v1_LogGrant__Output } from '../../billet/v1/LogGrant.ts';
import type { HealthPlan as _billet_v1_HealthPlan, HealthPlan__Output as _billet_v1_HealthPlan__Output } from '../../billet/v1/HealthPlan.ts';
import type { Long } from '@grpc/proto-loader';

export interface SessionResponse {
  'welcome'?: (_billet_v1_Welcome | null);
  'desired'?: (_billet_v1_DesiredState | null);
  'sampling'?: (_billet_v1_SamplingPlan | null);
  'command'?: (_billet_v1_CommandOrder | null);
  'cancel_command'?: (string);
  'acknowledge_command'?: (string);
  'log'?: (_billet_v1_LogOrder | null);
  'log_grant'?: (_billet_v1_LogGrant | null);
  'log_cancel'?: (number | string | Long);
  'heartbeat'?: (number | string | Long);
  'health'?: (_billet_v1_HealthPlan | null);
  'message'?: "welcome"|"desired"|"sampling"|"command"|"cancel_command"|"acknowledge_command"|"log"|"log_grant"|"log_cancel"|"heartbeat"|"health";
}

export interface SessionResponse__Output {
  'welcome'?: (_billet_v1_Welcome__Output | null);
  'desired'?: (_billet_v1_DesiredState__Output | null);
  'sampling'?: (_billet_v1_SamplingPlan__Output | null);
  'command'?: (_billet_v1_CommandOrder__Output | null);
  'cancel_command'?: (string);
  'acknowledge_command'?: (string);
  'log'?: (_billet_v1_LogOrder__Output | null);
  'log_grant'?: (_billet_v1_LogGrant__Output | null);
  'log_cancel'?: (number);
  'heartbeat'?: (number);
  'health'?: (_billet_v1_HealthPlan__Output | null);
  'message'?: "welcome"|"desired"|"sampling"|"command"|"cancel_command"|"acknowledge_command"|"log"|"log_grant"|"log_cancel"|"heartbeat"|"health";
}

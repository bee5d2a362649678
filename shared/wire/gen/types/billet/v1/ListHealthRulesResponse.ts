// Original file: proto/billet/v1/fleet_service.proto

import type { HealthRule as _billet_v1_HealthRule, HealthRule__Output as _billet_v1_HealthRule__Output } from '../../billet/v1/HealthRule.ts';

export interface ListHealthRulesResponse {
  'rules'?: (_billet_v1_HealthRule)[];
}

export interface ListHealthRulesResponse__Output {
  'rules': (_billet_v1_HealthRule__Output)[];
}

// Original file: proto/billet/v1/health.proto

import type { HealthRule as _billet_v1_HealthRule, HealthRule__Output as _billet_v1_HealthRule__Output } from '../../billet/v1/HealthRule.ts';

export interface HealthPlan {
  'site_rules'?: (_billet_v1_HealthRule)[];
  'gpus_expected'?: (number);
  'gpus_counted'?: (boolean);
}

export interface HealthPlan__Output {
  'site_rules': (_billet_v1_HealthRule__Output)[];
  'gpus_expected': (number);
  'gpus_counted': (boolean);
}

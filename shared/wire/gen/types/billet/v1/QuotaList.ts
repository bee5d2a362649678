// Original file: proto/billet/v1/tenant_service.proto

import type { Quota as _billet_v1_Quota, Quota__Output as _billet_v1_Quota__Output } from '../../billet/v1/Quota.ts';

export interface QuotaList {
  'quotas'?: (_billet_v1_Quota)[];
}

export interface QuotaList__Output {
  'quotas': (_billet_v1_Quota__Output)[];
}

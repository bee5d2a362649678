// Original file: proto/billet/v1/tenant_service.proto

import type { QuotaList as _billet_v1_QuotaList, QuotaList__Output as _billet_v1_QuotaList__Output } from '../../billet/v1/QuotaList.ts';
import type { MaxPriority as _billet_v1_MaxPriority, MaxPriority__Output as _billet_v1_MaxPriority__Output } from '../../billet/v1/MaxPriority.ts';

export interface UpdateTenantRequest {
  'name'?: (string);
  'share'?: (number | string);
  'quotas'?: (_billet_v1_QuotaList | null);
  'request_id'?: (string);
  'max_priority'?: (_billet_v1_MaxPriority | null);
}

export interface UpdateTenantRequest__Output {
  'name': (string);
  'share': (number);
  'quotas': (_billet_v1_QuotaList__Output | null);
  'request_id': (string);
  'max_priority': (_billet_v1_MaxPriority__Output | null);
}

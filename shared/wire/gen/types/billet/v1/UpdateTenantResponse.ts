// Original file: proto/billet/v1/tenant_service.proto

import type { Tenant as _billet_v1_Tenant, Tenant__Output as _billet_v1_Tenant__Output } from '../../billet/v1/Tenant.ts';

export interface UpdateTenantResponse {
  'tenant'?: (_billet_v1_Tenant | null);
}

export interface UpdateTenantResponse__Output {
  'tenant': (_billet_v1_Tenant__Output | null);
}

// Original file: proto/billet/v1/tenant_service.proto

import type { Tenant as _billet_v1_Tenant, Tenant__Output as _billet_v1_Tenant__Output } from '../../billet/v1/Tenant.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListTenantsResponse {
  'tenants'?: (_billet_v1_Tenant)[];
  'next_page_token'?: (string);
  'revision'?: (number | string | Long);
}

export interface ListTenantsResponse__Output {
  'tenants': (_billet_v1_Tenant__Output)[];
  'next_page_token': (string);
  'revision': (number);
}

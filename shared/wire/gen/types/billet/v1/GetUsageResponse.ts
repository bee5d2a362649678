// Original file: proto/billet/v1/usage_service.proto

import type { UsageEntry as _billet_v1_UsageEntry, UsageEntry__Output as _billet_v1_UsageEntry__Output } from '../../billet/v1/UsageEntry.ts';

export interface GetUsageResponse {
  'usage'?: (_billet_v1_UsageEntry)[];
}

export interface GetUsageResponse__Output {
  'usage': (_billet_v1_UsageEntry__Output)[];
}

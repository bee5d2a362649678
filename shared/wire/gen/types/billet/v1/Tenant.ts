// Original file: proto/billet/v1/tenant.proto

import type { Quota as _billet_v1_Quota, Quota__Output as _billet_v1_Quota__Output } from '../../billet/v1/Quota.ts';
import type { MaxPriority as _billet_v1_MaxPriority, MaxPriority__Output as _billet_v1_MaxPriority__Output } from '../../billet/v1/MaxPriority.ts';
import type { Long } from '@grpc/proto-loader';

export interface Tenant {
  'name'?: (string);
  'share'?: (number | string);
  'quotas'?: (_billet_v1_Quota)[];
  'used_machine_hours'?: (number | string);
  'held_machines'?: ({[key: string]: number});
  'waiting_workloads'?: (number);
  'revision'?: (number | string | Long);
  'borrowed_machines'?: (number);
  'warnings'?: (string)[];
  'max_priority'?: (_billet_v1_MaxPriority | null);
}

export interface Tenant__Output {
  'name': (string);
  'share': (number);
  'quotas': (_billet_v1_Quota__Output)[];
  'used_machine_hours': (number);
  'held_machines': ({[key: string]: number});
  'waiting_workloads': (number);
  'revision': (number);
  'borrowed_machines': (number);
  'warnings': (string)[];
  'max_priority': (_billet_v1_MaxPriority__Output | null);
}

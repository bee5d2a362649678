// Original file: proto/billet/v1/rollout_service.proto

import type { Rollout as _billet_v1_Rollout, Rollout__Output as _billet_v1_Rollout__Output } from '../../billet/v1/Rollout.ts';

export interface ListRolloutsResponse {
  'rollouts'?: (_billet_v1_Rollout)[];
}

export interface ListRolloutsResponse__Output {
  'rollouts': (_billet_v1_Rollout__Output)[];
}

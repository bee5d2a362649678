// Original file: proto/billet/v1/rollout_service.proto

import type { Rollout as _billet_v1_Rollout, Rollout__Output as _billet_v1_Rollout__Output } from '../../billet/v1/Rollout.ts';

export interface CancelRolloutResponse {
  'rollout'?: (_billet_v1_Rollout | null);
}

export interface CancelRolloutResponse__Output {
  'rollout': (_billet_v1_Rollout__Output | null);
}

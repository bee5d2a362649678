// Original file: proto/billet/v1/rollout.proto

export const RolloutState = {
  ROLLOUT_STATE_UNSPECIFIED: 0,
  ROLLOUT_STATE_RUNNING: 1,
  ROLLOUT_STATE_PAUSED: 2,
  ROLLOUT_STATE_DONE: 3,
  ROLLOUT_STATE_CANCELLED: 4,
} as const;

export type RolloutState =
  | 'ROLLOUT_STATE_UNSPECIFIED'
  | 0
  | 'ROLLOUT_STATE_RUNNING'
  | 1
  | 'ROLLOUT_STATE_PAUSED'
  | 2
  | 'ROLLOUT_STATE_DONE'
  | 3
  | 'ROLLOUT_STATE_CANCELLED'
  | 4

export type RolloutState__Output = typeof RolloutState[keyof typeof RolloutState]

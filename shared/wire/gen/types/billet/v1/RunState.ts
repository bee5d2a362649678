// Original file: proto/billet/v1/agent.proto

export const RunState = {
  RUN_STATE_UNSPECIFIED: 0,
  RUN_STATE_IDLE: 1,
  RUN_STATE_PREPARING: 2,
  RUN_STATE_PREPARED: 3,
  RUN_STATE_RUNNING: 4,
  RUN_STATE_STOPPING: 5,
  RUN_STATE_SANITISING: 6,
  RUN_STATE_CLEAN: 7,
  RUN_STATE_DIRTY: 8,
} as const;

export type RunState =
  | 'RUN_STATE_UNSPECIFIED'
  | 0
  | 'RUN_STATE_IDLE'
  | 1
  | 'RUN_STATE_PREPARING'
  | 2
  | 'RUN_STATE_PREPARED'
  | 3
  | 'RUN_STATE_RUNNING'
  | 4
  | 'RUN_STATE_STOPPING'
  | 5
  | 'RUN_STATE_SANITISING'
  | 6
  | 'RUN_STATE_CLEAN'
  | 7
  | 'RUN_STATE_DIRTY'
  | 8

export type RunState__Output = typeof RunState[keyof typeof RunState]

// Original file: proto/billet/v1/agent.proto

export const RunGoal = {
  RUN_GOAL_UNSPECIFIED: 0,
  RUN_GOAL_IDLE: 1,
  RUN_GOAL_PREPARE: 2,
  RUN_GOAL_RUN: 3,
} as const;

export type RunGoal =
  | 'RUN_GOAL_UNSPECIFIED'
  | 0
  | 'RUN_GOAL_IDLE'
  | 1
  | 'RUN_GOAL_PREPARE'
  | 2
  | 'RUN_GOAL_RUN'
  | 3

export type RunGoal__Output = typeof RunGoal[keyof typeof RunGoal]

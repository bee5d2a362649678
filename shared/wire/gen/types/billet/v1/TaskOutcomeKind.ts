// Original file: proto/billet/v1/agent.proto

export const TaskOutcomeKind = {
  TASK_OUTCOME_KIND_UNSPECIFIED: 0,
  TASK_OUTCOME_KIND_EXITED: 1,
  TASK_OUTCOME_KIND_FAILED_TO_START: 2,
  TASK_OUTCOME_KIND_NOT_STARTED: 3,
  TASK_OUTCOME_KIND_LOST: 4,
  TASK_OUTCOME_KIND_TIMED_OUT: 5,
} as const;

export type TaskOutcomeKind =
  | 'TASK_OUTCOME_KIND_UNSPECIFIED'
  | 0
  | 'TASK_OUTCOME_KIND_EXITED'
  | 1
  | 'TASK_OUTCOME_KIND_FAILED_TO_START'
  | 2
  | 'TASK_OUTCOME_KIND_NOT_STARTED'
  | 3
  | 'TASK_OUTCOME_KIND_LOST'
  | 4
  | 'TASK_OUTCOME_KIND_TIMED_OUT'
  | 5

export type TaskOutcomeKind__Output = typeof TaskOutcomeKind[keyof typeof TaskOutcomeKind]

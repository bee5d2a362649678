// Original file: proto/billet/v1/workload.proto

export const DependencyCondition = {
  DEPENDENCY_CONDITION_UNSPECIFIED: 0,
  DEPENDENCY_CONDITION_SUCCEEDED: 1,
  DEPENDENCY_CONDITION_ENDED: 2,
  DEPENDENCY_CONDITION_FAILED: 3,
} as const;

export type DependencyCondition =
  | 'DEPENDENCY_CONDITION_UNSPECIFIED'
  | 0
  | 'DEPENDENCY_CONDITION_SUCCEEDED'
  | 1
  | 'DEPENDENCY_CONDITION_ENDED'
  | 2
  | 'DEPENDENCY_CONDITION_FAILED'
  | 3

export type DependencyCondition__Output = typeof DependencyCondition[keyof typeof DependencyCondition]

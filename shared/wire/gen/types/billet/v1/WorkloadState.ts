// Original file: proto/billet/v1/workload.proto

export const WorkloadState = {
  WORKLOAD_STATE_UNSPECIFIED: 0,
  WORKLOAD_STATE_QUEUED: 1,
  WORKLOAD_STATE_STARTING: 2,
  WORKLOAD_STATE_RUNNING: 3,
  WORKLOAD_STATE_STOPPING: 4,
  WORKLOAD_STATE_SUCCEEDED: 5,
  WORKLOAD_STATE_FAILED: 6,
  WORKLOAD_STATE_CANCELLED: 7,
} as const;

export type WorkloadState =
  | 'WORKLOAD_STATE_UNSPECIFIED'
  | 0
  | 'WORKLOAD_STATE_QUEUED'
  | 1
  | 'WORKLOAD_STATE_STARTING'
  | 2
  | 'WORKLOAD_STATE_RUNNING'
  | 3
  | 'WORKLOAD_STATE_STOPPING'
  | 4
  | 'WORKLOAD_STATE_SUCCEEDED'
  | 5
  | 'WORKLOAD_STATE_FAILED'
  | 6
  | 'WORKLOAD_STATE_CANCELLED'
  | 7

export type WorkloadState__Output = typeof WorkloadState[keyof typeof WorkloadState]

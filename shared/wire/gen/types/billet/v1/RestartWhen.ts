// Original file: proto/billet/v1/workload.proto

export const RestartWhen = {
  RESTART_WHEN_UNSPECIFIED: 0,
  RESTART_WHEN_NEVER: 1,
  RESTART_WHEN_ON_FAILURE: 2,
  RESTART_WHEN_ALWAYS: 3,
} as const;

export type RestartWhen =
  | 'RESTART_WHEN_UNSPECIFIED'
  | 0
  | 'RESTART_WHEN_NEVER'
  | 1
  | 'RESTART_WHEN_ON_FAILURE'
  | 2
  | 'RESTART_WHEN_ALWAYS'
  | 3

export type RestartWhen__Output = typeof RestartWhen[keyof typeof RestartWhen]

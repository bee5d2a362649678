// Original file: proto/billet/v1/workload.proto

export const OnLost = {
  ON_LOST_UNSPECIFIED: 0,
  ON_LOST_WAIT: 1,
  ON_LOST_REPLACE: 2,
  ON_LOST_FAIL: 3,
} as const;

export type OnLost =
  | 'ON_LOST_UNSPECIFIED'
  | 0
  | 'ON_LOST_WAIT'
  | 1
  | 'ON_LOST_REPLACE'
  | 2
  | 'ON_LOST_FAIL'
  | 3

export type OnLost__Output = typeof OnLost[keyof typeof OnLost]

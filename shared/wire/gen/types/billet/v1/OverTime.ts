// Original file: proto/billet/v1/telemetry_service.proto

export const OverTime = {
  OVER_TIME_UNSPECIFIED: 0,
  OVER_TIME_LAST: 1,
  OVER_TIME_MIN: 2,
  OVER_TIME_MAX: 3,
  OVER_TIME_MEAN: 4,
  OVER_TIME_RATE: 5,
} as const;

export type OverTime =
  | 'OVER_TIME_UNSPECIFIED'
  | 0
  | 'OVER_TIME_LAST'
  | 1
  | 'OVER_TIME_MIN'
  | 2
  | 'OVER_TIME_MAX'
  | 3
  | 'OVER_TIME_MEAN'
  | 4
  | 'OVER_TIME_RATE'
  | 5

export type OverTime__Output = typeof OverTime[keyof typeof OverTime]

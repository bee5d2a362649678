// Original file: proto/billet/v1/telemetry_service.proto

export const Combine = {
  COMBINE_UNSPECIFIED: 0,
  COMBINE_SUM: 1,
  COMBINE_MEAN: 2,
  COMBINE_MIN: 3,
  COMBINE_MAX: 4,
  COMBINE_COUNT: 5,
  COMBINE_QUANTILE: 6,
} as const;

export type Combine =
  | 'COMBINE_UNSPECIFIED'
  | 0
  | 'COMBINE_SUM'
  | 1
  | 'COMBINE_MEAN'
  | 2
  | 'COMBINE_MIN'
  | 3
  | 'COMBINE_MAX'
  | 4
  | 'COMBINE_COUNT'
  | 5
  | 'COMBINE_QUANTILE'
  | 6

export type Combine__Output = typeof Combine[keyof typeof Combine]

// Original file: proto/billet/v1/health.proto

export const HealthMeasure = {
  HEALTH_MEASURE_UNSPECIFIED: 0,
  HEALTH_MEASURE_VALUE: 1,
  HEALTH_MEASURE_INCREASE: 2,
  HEALTH_MEASURE_CHANGES: 3,
} as const;

export type HealthMeasure =
  | 'HEALTH_MEASURE_UNSPECIFIED'
  | 0
  | 'HEALTH_MEASURE_VALUE'
  | 1
  | 'HEALTH_MEASURE_INCREASE'
  | 2
  | 'HEALTH_MEASURE_CHANGES'
  | 3

export type HealthMeasure__Output = typeof HealthMeasure[keyof typeof HealthMeasure]

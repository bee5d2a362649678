// Original file: proto/billet/v1/telemetry.proto

export const MetricKind = {
  METRIC_KIND_UNSPECIFIED: 0,
  METRIC_KIND_GAUGE: 1,
  METRIC_KIND_COUNTER: 2,
} as const;

export type MetricKind =
  | 'METRIC_KIND_UNSPECIFIED'
  | 0
  | 'METRIC_KIND_GAUGE'
  | 1
  | 'METRIC_KIND_COUNTER'
  | 2

export type MetricKind__Output = typeof MetricKind[keyof typeof MetricKind]

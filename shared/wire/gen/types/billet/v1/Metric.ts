// Original file: proto/billet/v1/telemetry.proto

import type { MetricKind as _billet_v1_MetricKind, MetricKind__Output as _billet_v1_MetricKind__Output } from '../../billet/v1/MetricKind.ts';

export interface Metric {
  'name'?: (string);
  'unit'?: (string);
  'labels'?: ({[key: string]: string});
  'kind'?: (_billet_v1_MetricKind);
}

export interface Metric__Output {
  'name': (string);
  'unit': (string);
  'labels': ({[key: string]: string});
  'kind': (_billet_v1_MetricKind__Output);
}

// Original file: proto/billet/v1/telemetry.proto

import type { Metric as _billet_v1_Metric, Metric__Output as _billet_v1_Metric__Output } from '../../billet/v1/Metric.ts';

export interface SampleSchema {
  'id'?: (number);
  'metrics'?: (_billet_v1_Metric)[];
}

export interface SampleSchema__Output {
  'id': (number);
  'metrics': (_billet_v1_Metric__Output)[];
}

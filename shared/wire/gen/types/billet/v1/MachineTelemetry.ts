// Original file: proto/billet/v1/telemetry_service.proto

import type { SampleSchema as _billet_v1_SampleSchema, SampleSchema__Output as _billet_v1_SampleSchema__Output } from '../../billet/v1/SampleSchema.ts';
import type { Sample as _billet_v1_Sample, Sample__Output as _billet_v1_Sample__Output } from '../../billet/v1/Sample.ts';

export interface MachineTelemetry {
  'machine'?: (string);
  'schema'?: (_billet_v1_SampleSchema | null);
  'samples'?: (_billet_v1_Sample)[];
}

export interface MachineTelemetry__Output {
  'machine': (string);
  'schema': (_billet_v1_SampleSchema__Output | null);
  'samples': (_billet_v1_Sample__Output)[];
}

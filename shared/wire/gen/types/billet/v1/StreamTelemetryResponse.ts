// Original file: proto/billet/v1/telemetry_service.proto

import type { SampleSchema as _billet_v1_SampleSchema, SampleSchema__Output as _billet_v1_SampleSchema__Output } from '../../billet/v1/SampleSchema.ts';
import type { Sample as _billet_v1_Sample, Sample__Output as _billet_v1_Sample__Output } from '../../billet/v1/Sample.ts';
import type { Long } from '@grpc/proto-loader';

export interface StreamTelemetryResponse {
  'machine'?: (string);
  'schema'?: (_billet_v1_SampleSchema | null);
  'sample'?: (_billet_v1_Sample | null);
  'missed_count'?: (number | string | Long);
  'event'?: "schema"|"sample";
}

export interface StreamTelemetryResponse__Output {
  'machine': (string);
  'schema'?: (_billet_v1_SampleSchema__Output | null);
  'sample'?: (_billet_v1_Sample__Output | null);
  'missed_count': (number);
  'event'?: "schema"|"sample";
}

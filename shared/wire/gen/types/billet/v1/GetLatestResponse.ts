// Original file: proto/billet/v1/telemetry_service.proto

import type { MachineTelemetry as _billet_v1_MachineTelemetry, MachineTelemetry__Output as _billet_v1_MachineTelemetry__Output } from '../../billet/v1/MachineTelemetry.ts';

export interface GetLatestResponse {
  'telemetry'?: (_billet_v1_MachineTelemetry)[];
}

export interface GetLatestResponse__Output {
  'telemetry': (_billet_v1_MachineTelemetry__Output)[];
}

// Original file: proto/billet/v1/telemetry_service.proto


export interface StreamTelemetryRequest {
  'machines'?: (string)[];
}

export interface StreamTelemetryRequest__Output {
  'machines': (string)[];
}

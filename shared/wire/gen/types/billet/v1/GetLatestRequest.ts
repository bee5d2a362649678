// Original file: proto/billet/v1/telemetry_service.proto


export interface GetLatestRequest {
  'machines'?: (string)[];
}

export interface GetLatestRequest__Output {
  'machines': (string)[];
}

// Original file: proto/billet/v1/power_service.proto


export interface GetBmcRequest {
  'name'?: (string);
}

export interface GetBmcRequest__Output {
  'name': (string);
}

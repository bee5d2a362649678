// Original file: proto/billet/v1/power_service.proto


export interface DeleteBmcRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface DeleteBmcRequest__Output {
  'name': (string);
  'request_id': (string);
}

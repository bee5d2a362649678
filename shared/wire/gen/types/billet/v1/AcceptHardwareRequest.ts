// Original file: proto/billet/v1/machine_service.proto


export interface AcceptHardwareRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface AcceptHardwareRequest__Output {
  'name': (string);
  'request_id': (string);
}

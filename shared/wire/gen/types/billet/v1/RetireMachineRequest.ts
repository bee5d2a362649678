// Original file: proto/billet/v1/machine_service.proto


export interface RetireMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
  'force'?: (boolean);
}

export interface RetireMachineRequest__Output {
  'name': (string);
  'request_id': (string);
  'force': (boolean);
}

// Original file: proto/billet/v1/machine_service.proto


export interface QuarantineMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
  'reason'?: (string);
}

export interface QuarantineMachineRequest__Output {
  'name': (string);
  'request_id': (string);
  'reason': (string);
}

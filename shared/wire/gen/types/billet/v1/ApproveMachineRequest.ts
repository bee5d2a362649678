// Original file: proto/billet/v1/machine_service.proto


export interface ApproveMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface ApproveMachineRequest__Output {
  'name': (string);
  'request_id': (string);
}

// Original file: proto/billet/v1/machine_service.proto


export interface CordonMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
  'reason'?: (string);
}

export interface CordonMachineRequest__Output {
  'name': (string);
  'request_id': (string);
  'reason': (string);
}

// Original file: proto/billet/v1/machine_service.proto


export interface DrainMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
  'reason'?: (string);
}

export interface DrainMachineRequest__Output {
  'name': (string);
  'request_id': (string);
  'reason': (string);
}

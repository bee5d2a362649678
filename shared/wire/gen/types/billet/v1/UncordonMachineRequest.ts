// Original file: proto/billet/v1/machine_service.proto


export interface UncordonMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface UncordonMachineRequest__Output {
  'name': (string);
  'request_id': (string);
}
